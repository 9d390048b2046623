"""The original of a masked message, for the agent who owns the conversation, and the contact of a case.

Each look is audited.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from bot import log, originals
from bot.cases import UnknownCase
from bot.conversation import NotYours
from bot.originals import NoOriginal
from bot.vault import Vault, WrongKey
from desk import audit
from desk.door import TEMPLATES, Door, same_site
from desk.office import Office
from desk.staff import Staff
from store.database import Database


def routes(database: Database, vault: Vault | None, now: Callable[[], datetime], office: Office) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])
    Unmasking = Annotated[Staff, Depends(Door(database, now).acting("unmask"))]  # noqa: N806 - a type

    @router.post("/conversations/{conversation}/originals/{seq}")
    def original(request: Request, staff: Unmasking, conversation: str, seq: int) -> HTMLResponse:
        page = {"staff": staff, "back": f"/desk/conversations/{conversation}"}
        try:
            with database.writing() as session:
                owned = log.load(session, conversation, lock=True)
                if owned.owner != "agent" or owned.agent != staff.id:
                    raise NotYours("这个会话不在您手上，不能查看原文。")
                text = originals.reveal(session, conversation, seq, vault)
                audit.record(session, now(), staff.name, "unmasked", f"{conversation}/{seq}")
        except (NoOriginal, NotYours, WrongKey) as refused:
            page["refused"] = str(refused)
            return TEMPLATES.TemplateResponse(request, "original.html", page, HTTPStatus.CONFLICT)
        return TEMPLATES.TemplateResponse(request, "original.html", page | {"text": text})

    @router.post("/cases/{case}/contact")
    async def contact(request: Request, staff: Unmasking, case: int) -> HTMLResponse:
        page = {"staff": staff, "back": "/desk/cases"}
        try:
            text = await office.contact(staff, case)
        except (NoOriginal, UnknownCase, WrongKey) as refused:
            page["refused"] = str(refused)
            return TEMPLATES.TemplateResponse(request, "original.html", page, HTTPStatus.CONFLICT)
        return TEMPLATES.TemplateResponse(request, "original.html", page | {"text": text})

    return router
