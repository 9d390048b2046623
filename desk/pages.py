"""``/desk``: the pages of agents and supervisors. Server-rendered, live by a stream."""

import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Depends, Header, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from bot import cases
from bot.hours import in_words
from bot.log import UnknownConversation
from desk import canned
from desk import staff as accounts
from desk.board import REASONS, latest
from desk.browser import browser_of, form_of, supervisor_of
from desk.overview import overview
from desk.room import Room
from desk.showing import TEMPLATES, board_part, lines_part, page
from desk.staff import SignInRefused, Staff
from desk.stream import Looks
from desk.work import Work
from store.database import Database

COOKIE = "shuiwen_staff"

SeeOther = HTTPStatus.SEE_OTHER


def routes(  # noqa: C901 - one short function a route
    database: Database, now: Callable[[], datetime], work: Work
) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False)
    signed_in = browser_of(database, now)
    SignedIn = Annotated[Staff, Depends(signed_in)]  # noqa: N806 - a type
    Acting = Annotated[Staff, Depends(form_of(signed_in))]  # noqa: N806 - a type
    Supervising = Annotated[Staff, Depends(supervisor_of(signed_in))]  # noqa: N806 - a type

    @router.get("/sign-in/{token}")
    def sign_in_page(request: Request, token: str) -> HTMLResponse:
        """A page with a button, so that a link preview does not use the link up."""
        return TEMPLATES.TemplateResponse(request, "sign_in.html", {"token": token})

    @router.post("/sign-in/{token}")
    def sign_in(request: Request, token: str) -> RedirectResponse:
        with database.writing() as session:
            browser = accounts.sign_in(session, token, now())
        response = RedirectResponse("/desk", SeeOther)
        response.set_cookie(
            COOKIE,
            browser,
            int(accounts.SESSION_LIFE.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/desk",
        )
        return response

    @router.post("/sign-out")
    async def sign_out(staff: Acting, shuiwen_staff: Annotated[str, Cookie()] = "") -> RedirectResponse:
        await work.left(staff)
        with database.writing() as session:
            accounts.sign_out(session, shuiwen_staff, now())
        return RedirectResponse("/desk", SeeOther)

    @router.get("")
    def desk(request: Request, staff: SignedIn, said: str = "") -> HTMLResponse:
        return page(work.boards, request, "desk.html", staff, said)

    @router.get("/conversations/{conversation}")
    def conversation_page(
        request: Request, staff: SignedIn, conversation: str, said: str = ""
    ) -> HTMLResponse:
        try:
            with database.reading() as session:
                room = work.look(session, conversation)
        except UnknownConversation:
            return page(work.boards, request, "desk.html", staff, "UnknownConversation", HTTPStatus.NOT_FOUND)
        return page(work.boards, request, "conversation.html", staff, said, **_of_room(room, staff, work))

    @router.get("/all")
    def everything(request: Request, staff: Supervising, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            return page(work.boards, request, "all.html", staff, said, latest=latest(session))

    @router.get("/supervise")
    def supervise(request: Request, staff: Supervising, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            groups = overview(session, work.boards.read(), now())
        return page(work.boards, request, "supervise.html", staff, said, groups=groups, in_words=in_words)

    @router.get("/cases")
    def case_page(request: Request, staff: SignedIn, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            undone, done = cases.undone(session), cases.done(session)
        return page(
            work.boards, request, "cases.html", staff, said, undone=undone, done=done, states=cases.STATES
        )

    @router.get("/canned")
    def canned_page(request: Request, staff: SignedIn, said: str = "", q: str = "") -> HTMLResponse:
        with database.reading() as session:
            return page(
                work.boards, request, "canned.html", staff, said, canned=canned.search(session, q), q=q
            )

    @router.get("/events")
    async def events(
        request: Request,
        staff: SignedIn,
        conversation: str = "",
        last_event_id: Annotated[int, Header(ge=0)] = 0,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """What changes on the board and in the open conversation, as parts of the page."""
        looks = Looks(board=lambda board: board_part(board, staff), lines=lines_part)
        start = max(after, last_event_id)
        stream = work.changes(staff, conversation, start, looks, request.is_disconnected)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return router


def sign_in_needed(request: Request, refused: SignInRefused) -> HTMLResponse:
    """What staff see who are not signed in."""
    return TEMPLATES.TemplateResponse(
        request, "refused.html", {"refused": str(refused)}, HTTPStatus.UNAUTHORIZED
    )


def _of_room(room: Room, staff: Staff, work: Work) -> dict[str, Any]:
    shown = room.conversation
    return {
        "room": room,
        "shown": shown,
        "mine": shown.owner == "agent" and shown.agent == staff.id,
        "events": room.events,
        "txn": secrets.token_hex(8),
        "reason": REASONS.get(shown.reason or "", ""),
        "video": bool(work.video_url),
        "skill": room.ticket.skill if room.ticket else "",
    }
