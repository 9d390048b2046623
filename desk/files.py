"""Files that people sent, for staff who may read conversations: to be saved, never shown."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from bot.attachments import Folder
from bot.channels.web.files import as_download, found
from desk.door import Door
from store.database import Database


def routes(database: Database, folder: Folder, now: Callable[[], datetime]) -> APIRouter:
    reading = Depends(Door(database, now).with_right("read_conversations"))
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[reading])

    @router.get("/conversations/{conversation}/files/{file}")
    def download(conversation: str, file: str) -> FileResponse:
        return as_download(folder, found(database, conversation, file))

    return router
