"""Files of a conversation: up by its person, down to its person, never shown by a browser."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, File, Form, UploadFile, status
from fastapi.responses import FileResponse

from bot import attachments
from bot.attachments import LARGEST_FILE, Attachment, FileRefused, Folder, UnknownFile
from bot.channels.contract import Problem, public_event
from bot.channels.web.token import opened_by
from bot.conversation import Conversation, Event
from bot.feed import QUEUE, Feed
from store.database import Database


def routes(database: Database, folder: Folder, feed: Feed, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["files"])
    Owned = Annotated[Conversation, Depends(opened_by(database))]  # noqa: N806 - a type

    def receive(conversation: str, txn: str, name: str, content: bytes) -> Event:
        with database.writing() as session:
            return attachments.receive(session, folder, conversation, txn, name, content, now())

    @router.post("/{conversation}/files", status_code=status.HTTP_201_CREATED)
    async def upload(
        owned: Owned,
        file: Annotated[UploadFile, File()],
        client_txn_id: Annotated[str, Form(min_length=1, max_length=200)],
    ) -> dict[str, Any]:
        """Pictures, PDF, OFD, Word and Excel; what the content says counts, not the name."""
        content = await file.read(LARGEST_FILE + 1)
        try:
            event = await to_thread.run_sync(receive, owned.id, client_txn_id, file.filename or "", content)
        except FileRefused as refused:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "file-refused", str(refused)) from refused
        feed.ring(owned.id, QUEUE)
        return public_event(event)

    @router.get("/{conversation}/files/{file}")
    def download(owned: Owned, file: str) -> FileResponse:
        return as_download(folder, found(database, owned.id, file))

    return router


def found(database: Database, conversation: str, file: str) -> Attachment:
    """Raises `Problem`."""
    try:
        with database.reading() as session:
            return attachments.find(session, conversation, file)
    except UnknownFile as unknown:
        raise Problem(HTTPStatus.NOT_FOUND, "unknown-file", str(unknown)) from unknown


def as_download(folder: Folder, file: Attachment) -> FileResponse:
    """A file to be saved, never run or shown: an attachment, not to be sniffed or cached."""
    return FileResponse(
        folder.path(file.id),
        media_type=file.type,
        filename=file.name,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )
