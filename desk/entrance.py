"""Signing in: the attempt with name, password and code, each step of it counted and audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from desk import audit, lockout, second_factor, sessions
from desk import staff as accounts
from desk.passwords import Passwords
from desk.second_factor import WrongCode
from desk.sessions import Browser
from desk.staff import SignInRefused, StaffRow
from store.database import Database

WRONG = "姓名、密码或动态码不对，或账号已停用。"


class Entrance:
    """Lets staff in. The password is checked outside any transaction, as that takes its time."""

    def __init__(self, database: Database, passwords: Passwords, now: Callable[[], datetime]) -> None:
        self._database = database
        self._passwords = passwords
        self._now = now

    def by_password(self, name: str, password: str, code: str, browser: Browser) -> str:
        """The token of a new session. Raises `SignInRefused` and `desk.lockout.SignInLocked`."""
        name = name.strip()
        locking = self._charge(name, browser)
        with self._database.reading() as session:
            found = accounts.named(session, name)
        right = self._passwords.right(found.password_hash if found else None, password)
        with self._database.writing() as session:
            staff = accounts.named(session, name, lock=True)
            if staff and right and self._admitted(session, staff, code):
                lockout.forgive(session, name, browser.address)
                audit.record(session, self._now(), staff.name, "signed_in", staff.name)
                return sessions.begin(session, staff, "password", browser, self._now())
            if staff and locking:
                audit.record(session, self._now(), staff.name, "locked", staff.name, address=browser.address)
        raise SignInRefused(WRONG)

    def by_link(self, token: str, browser: Browser) -> str:
        """The token of a new session, in which a password may be chosen. Raises `SignInRefused`."""
        with self._database.writing() as session:
            staff = accounts.use_link(session, token, self._now())
            lockout.forgive(session, staff.name, browser.address)
            audit.record(session, self._now(), staff.name, "link_used", staff.name)
            return sessions.begin(session, staff, "link", browser, self._now())

    def prove(self, name: str, password: str, hashed: str | None, browser: Browser) -> None:
        """Ask a signed-in person for their password again. Raises `SignInRefused` and `SignInLocked`."""
        self._charge(name, browser)
        if not self._passwords.right(hashed, password):
            raise SignInRefused("现在的密码不对。")
        with self._database.writing() as session:
            lockout.forgive(session, name, browser.address)

    def prove_code(self, staff: str, code: str, browser: Browser) -> None:
        """Ask a signed-in person for a code. Raises `SignInRefused` and `SignInLocked`."""
        with self._database.reading() as session:
            name = accounts.load(session, staff).name
        self._charge(name, browser)
        with self._database.writing() as session:
            if not self._admitted(session, accounts.load(session, staff, lock=True), code):
                raise SignInRefused("动态码不对或已用过，请等下一个动态码再试。")
            lockout.forgive(session, name, browser.address)

    def by_identity(self, identity: str, browser: Browser) -> str:
        """The token of a new session for who has linked ``identity``. Raises `SignInRefused`."""
        with self._database.writing() as session:
            staff = accounts.identified(session, identity)
            if staff is None or staff.disabled_at:
                raise SignInRefused(
                    "这个统一身份账号没有关联可用的账号。请先用密码或登录链接登录，在“我的账号”里关联。"
                )
            audit.record(session, self._now(), staff.name, "signed_in", staff.name, way="identity")
            return sessions.begin(session, staff, "identity", browser, self._now())

    def _charge(self, name: str, browser: Browser) -> bool:
        with self._database.writing() as session:
            return lockout.charge(session, name, browser.address, self._now())

    def _admitted(self, session: Session, staff: StaffRow, code: str) -> bool:
        if staff.disabled_at:
            return False
        if not staff.factor_on:
            return True
        try:
            if second_factor.check_code(session, staff, code, self._now()):
                audit.record(session, self._now(), staff.name, "recovery_used", staff.name)
        except WrongCode:
            return False
        return True
