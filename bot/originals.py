"""The originals of masked messages, sealed beside the log; kept only where there is a key."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.conversation import Event
from bot.vault import Vault, WrongKey
from store.database import Base, Moment


class OriginalRow(Base):
    __tablename__ = "originals"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)


class NoOriginal(Exception):
    """The message has no original here: nothing was masked, no key was set, or its time has passed."""


def keep(session: Session, event: Event, original: str, vault: Vault) -> None:
    """Seal ``original`` together with the event's place, so that it opens nowhere else."""
    sealed = vault.seal(json.dumps([event.conversation, event.seq, original]))
    session.add(OriginalRow(conversation=event.conversation, seq=event.seq, sealed=sealed, at=event.at))


def reveal(session: Session, conversation: str, seq: int, vault: Vault | None) -> str:
    """What the person wrote. Raises `NoOriginal` and `bot.vault.WrongKey`."""
    row = session.get(OriginalRow, (conversation, seq))
    if row is None or vault is None:
        raise NoOriginal("这条消息没有保留原文，或原文已过保留期。")
    *place, original = json.loads(vault.open(row.sealed))
    if place != [conversation, seq]:
        raise WrongKey("这份原文不属于这条消息。")
    return str(original)
