"""The original of a masked message, for the agent who owns the conversation, and the contact of a case.

Each look is audited.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from bot.cases import UnknownCase
from bot.conversation import NotYours
from bot.originals import NoOriginal
from bot.vault import WrongKey
from desk.door import TEMPLATES, Door, same_site
from desk.office import Office
from desk.staff import Staff


def routes(door: Door, office: Office) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])
    Unmasking = Annotated[Staff, Depends(door.acting("unmask"))]  # noqa: N806 - a type

    @router.post("/conversations/{conversation}/originals/{seq}")
    async def original(request: Request, staff: Unmasking, conversation: str, seq: int) -> HTMLResponse:
        page = {"staff": staff, "back": f"/desk/conversations/{conversation}"}
        try:
            text = await office.original(staff, conversation, seq)
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
