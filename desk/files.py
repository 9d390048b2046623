"""Files that people sent, for staff who may read conversations: to be saved, never shown."""

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from bot.attachments import Folder
from bot.channels.web.files import as_download, found
from desk.api import Known, Who, allowed
from store.database import Database


def routes(database: Database, folder: Folder, who: Who, prefix: str, *, documented: bool) -> APIRouter:
    """``who`` says which member of staff sent the request, or refuses it."""
    reading = Depends(allowed(who, "read_conversations"))
    router = APIRouter(prefix=prefix, tags=["desk"], include_in_schema=documented, dependencies=[reading])

    @router.get("/conversations/{conversation}/files/{file}")
    def download(conversation: Known, file: Known) -> FileResponse:
        return as_download(folder, found(database, conversation, file))

    return router
