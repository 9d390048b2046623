"""Files that people send: checked by their content, kept outside the web root under random names."""

from __future__ import annotations

import io
import re
import secrets
import zipfile
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import ForeignKey, Table, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import handoff, log
from bot.conversation import Event, Reply
from bot.privacy import mask
from store.database import Base, Moment

LARGEST_FILE = 10 * 1024 * 1024
LONGEST_NAME = 80
MOST_FILES = 30
OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "pdf": "application/pdf", "ofd": "application/ofd", "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}  # fmt: skip
_BEGINNINGS = (
    (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"%PDF-", "pdf"),
)  # fmt: skip
_MEMBERS = (("OFD.xml", "ofd"), ("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"))
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e]+')
RECEIVED = Reply(
    "文件已收到。我看不了文件的内容；回复“人工”转接后，工作人员可以查看。",
    "smalltalk",
    reason="file_received",
)


class FileRow(Base):
    __tablename__ = "files"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)


_FILES = cast(Table, FileRow.__table__)


class FileRefused(Exception):
    """The file is too large, empty or of a kind that is not taken. The text is for the person."""


class UnknownFile(Exception):
    """The conversation has no such file."""


@dataclass(frozen=True)
class Attachment:
    """A file as the log and the clients know it; ``size`` in bytes, ``id`` names it in its folder."""

    id: str
    name: str
    type: str
    size: int


class Folder:
    """Where the files lie: two levels of random names, no name or type of the person's."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, identity: str, content: bytes) -> None:
        path = self.path(identity)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)

    def remove(self, before: datetime, kept: Container[str]) -> int:
        """Delete the files from ``before`` that are not to be ``kept``; how many."""
        old = [path for path in self._root.glob("*/*") if path.stat().st_mtime < before.timestamp()]
        gone = [path for path in old if path.name not in kept]
        for path in gone:
            path.unlink()
        return len(gone)

    def path(self, identity: str) -> Path:
        return self._root / identity[:2] / identity


def checked(name: str, content: bytes) -> tuple[str, str]:
    """A safe name and the type that the content really has. Raises `FileRefused`."""
    if not content:
        raise FileRefused("这个文件是空的。请重新选择。")
    if len(content) > LARGEST_FILE:
        raise FileRefused(f"文件太大，最多{LARGEST_FILE >> 20} MB。")
    kind = _kind(content)
    if kind is None:
        raise FileRefused("不能上传这种文件。可以上传图片、PDF、OFD、Word和Excel。")
    return f"{_stem(name)}.{kind}", TYPES[kind]


def receive(
    session: Session, folder: Folder, conversation: str, txn: str, name: str, content: bytes, now: datetime
) -> Event:
    """Log a file that the person sent, once; the assistant says that it cannot read it. Raises `FileRefused`."""
    safe, kind = checked(name, content)
    chat = log.load(session, conversation, lock=True)
    if sent := log.sent_as(session, conversation, txn):
        return sent
    if _count(session, conversation) >= MOST_FILES:
        raise FileRefused(f"一个会话最多上传{MOST_FILES}个文件。")
    if chat.owner == "closed":
        chat = handoff.reopen(session, chat)
    file = Attachment(secrets.token_hex(16), safe, kind, len(content))
    session.execute(insert(_FILES).values(**vars(file), conversation=conversation, at=now))
    event = log.append(
        session, conversation, "customer", f"[文件] {safe}", now, data={"file": vars(file)}, client_txn_id=txn
    )
    if chat.owner == "assistant":
        log.append_reply(session, conversation, RECEIVED, event.seq, now)
    folder.put(file.id, content)
    return event


def _count(session: Session, conversation: str) -> int:
    query = select(func.count()).select_from(_FILES).where(_FILES.c.conversation == conversation)
    return session.execute(query).scalar_one()


def find(session: Session, conversation: str, identity: str) -> Attachment:
    """The file of that conversation. Raises `UnknownFile`."""
    row = session.execute(
        select(_FILES).where(_FILES.c.id == identity, _FILES.c.conversation == conversation)
    ).one_or_none()
    if row is None:
        raise UnknownFile("没有这个文件。")
    return Attachment(row.id, row.name, row.type, row.size)


def _stem(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1]
    stem = _NOT_IN_NAMES.sub("_", mask(base.rpartition(".")[0] or base).text).strip(". ")
    return stem[:LONGEST_NAME] or "文件"


def _kind(content: bytes) -> str | None:
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return _office_kind(content) if content.startswith(b"PK\x03\x04") else None


def _office_kind(content: bytes) -> str | None:
    """OFD, Word or Excel by what the archive holds; none with macros."""
    try:
        members = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return None
    if any(member.endswith("vbaProject.bin") for member in members):
        return None
    return next((kind for member, kind in _MEMBERS if member in members), None)
