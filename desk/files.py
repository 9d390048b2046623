"""Files that people sent, for signed-in staff: to be saved, never shown."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Cookie
from fastapi.responses import FileResponse

from bot.attachments import Folder
from bot.channels.web.files import as_download, found
from desk import staff as accounts
from store.database import Database


def routes(database: Database, folder: Folder, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False)

    @router.get("/conversations/{conversation}/files/{file}")
    def download(conversation: str, file: str, shuiwen_staff: Annotated[str, Cookie()] = "") -> FileResponse:
        with database.reading() as session:
            accounts.signed_in(session, shuiwen_staff, now())
        return as_download(folder, found(database, conversation, file))

    return router
