"""``/desk/drafts``: what agents proposed as knowledge, for curators."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk.door import TEMPLATES, Door, same_site
from desk.drafts import Drafts
from desk.showing import AUTHORS
from desk.staff import Staff
from knowledge.proposals import Decision, DraftDecided, UnknownDraft

SAID = {
    "saved": "已保存。",
    "decided": "已处理。",
    "empty": "问题和答复都要填写。",
    "UnknownDraft": "没有这份草稿，或已过保留期。",
    "DraftDecided": "这份草稿已经处理过。",
}
DECISIONS = {"taken": "已采用", "refused": "不采用"}
PAGE = "/desk/drafts"


def routes(door: Door, drafts: Drafts) -> APIRouter:
    router = APIRouter(prefix=PAGE, include_in_schema=False, dependencies=[Depends(same_site)])
    Reading = Annotated[Staff, Depends(door.with_right("write_knowledge"))]  # noqa: N806 - a type
    Acting = Annotated[Staff, Depends(door.acting("write_knowledge"))]  # noqa: N806 - a type

    @router.get("")
    async def page(request: Request, staff: Reading, said: str = "") -> HTMLResponse:
        shown = {
            "staff": staff,
            "said": SAID.get(said, ""),
            "proposed": await drafts.proposed(staff),
            "decided": await drafts.decided(staff),
            "authors": AUTHORS,
            "decisions": DECISIONS,
        }
        return TEMPLATES.TemplateResponse(request, "drafts.html", shown)

    @router.post("/{draft}")
    async def reword(
        staff: Acting,
        draft: int,
        question: Annotated[str, Form(max_length=500)] = "",
        answer: Annotated[str, Form(max_length=4_000)] = "",
    ) -> RedirectResponse:
        if not question.strip() or not answer.strip():
            return _to("empty")
        return await _told(drafts.reword(staff, draft, question, answer), "saved")

    @router.post("/{draft}/decision")
    async def decide(
        staff: Acting,
        draft: int,
        decision: Annotated[Decision, Form()],
        why: Annotated[str, Form(max_length=500)] = "",
    ) -> RedirectResponse:
        return await _told(drafts.decide(staff, draft, decision, why), "decided")

    @router.get("/{draft}/entry")
    async def entry(staff: Reading, draft: int) -> Response:
        """The draft as a content file to go on with."""
        try:
            content = await drafts.content_file(staff, draft)
        except UnknownDraft as refusal:
            return _to(type(refusal).__name__)
        name = f'attachment; filename="draft-{draft}.yml"'
        return Response(content, media_type="application/yaml", headers={"Content-Disposition": name})

    return router


async def _told(deed: Awaitable[Any], done: str) -> RedirectResponse:
    try:
        await deed
    except (UnknownDraft, DraftDecided) as refusal:
        return _to(type(refusal).__name__)
    return _to(done)


def _to(said: str) -> RedirectResponse:
    return RedirectResponse(f"{PAGE}?said={said}", HTTPStatus.SEE_OTHER)
