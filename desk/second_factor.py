"""The second factor: time-based codes (TOTP, RFC 6238), its QR code, and recovery codes for a lost phone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup
from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.staff import StaffRow
from store.database import Base

ISSUER = "税问"
STEP_S = 30
DRIFT = (-1, 0, 1)
RECOVERY_CODES = 10


class RecoveryCodeRow(Base):
    __tablename__ = "recovery_codes"

    hash: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))


class WrongCode(Exception):
    """The code is wrong, too old or used before."""


def propose(staff: StaffRow) -> None:
    """Give ``staff`` a secret, which counts only once it is confirmed with a code."""
    staff.factor_secret, staff.factor_on, staff.factor_step = pyotp.random_base32(), False, 0


def confirm(session: Session, staff: StaffRow, code: str, now: datetime) -> list[str]:
    """Turn the second factor on; the recovery codes, to be shown once. Raises `WrongCode`."""
    _use_code(staff, code, now)
    staff.factor_on = True
    codes = [_readable(secrets.token_hex(8)) for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff == staff.id))
    session.add_all(RecoveryCodeRow(hash=_hash(staff, code), staff=staff.id) for code in codes)
    return codes


def check_code(session: Session, staff: StaffRow, code: str, now: datetime) -> bool:
    """Use up a code or a recovery code; whether it was a recovery code. Raises `WrongCode`."""
    if used := session.get(RecoveryCodeRow, _hash(staff, code)):
        session.delete(used)
        return True
    _use_code(staff, code, now)
    return False


def remove(session: Session, staff: StaffRow) -> None:
    staff.factor_secret, staff.factor_on, staff.factor_step = None, False, 0
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff == staff.id))


def picture(staff: StaffRow) -> Markup:
    """The secret as a QR code, an SVG to stand in a page; it holds nothing of what people typed as markup."""
    assert staff.factor_secret
    address = pyotp.TOTP(staff.factor_secret).provisioning_uri(name=staff.name, issuer_name=ISSUER)
    return Markup(segno.make(address).svg_inline(scale=5, light="#fff", omitsize=False))  # noqa: S704 - see above


def _use_code(staff: StaffRow, code: str, now: datetime) -> None:
    """A code is good for its step and its neighbours, and never twice."""
    code = code.replace(" ", "")
    totp = pyotp.TOTP(staff.factor_secret or pyotp.random_base32())
    present = int(now.timestamp()) // STEP_S
    for step in (present + drift for drift in DRIFT):
        if step > staff.factor_step and hmac.compare_digest(totp.at(step * STEP_S).encode(), code.encode()):
            staff.factor_step = step
            return
    raise WrongCode("动态码不对或已用过，请等下一个动态码再试。")


def _readable(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _hash(staff: StaffRow, code: str) -> str:
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(f"{staff.id}:{plain}".encode()).hexdigest()
