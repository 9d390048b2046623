"""``/desk``: the pages of agents and supervisors. Server-rendered, live by a stream."""

import secrets
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from bot import cases
from bot.conversation import Event
from bot.hours import in_words
from bot.log import UnknownConversation
from desk import canned
from desk.board import REASONS, latest
from desk.door import Door, same_site
from desk.overview import overview
from desk.room import Room
from desk.showing import board_part, lines_part, page
from desk.staff import Staff
from desk.stream import STREAM_HEADERS, Looks
from desk.work import Work
from store.database import Database


def routes(database: Database, now: Callable[[], datetime], work: Work, *, originals: bool) -> APIRouter:
    """``originals`` where there is a key to the originals of masked messages."""
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])
    door = Door(database, now)
    Reading = Annotated[Staff, Depends(door.with_right("read_conversations"))]  # noqa: N806 - a type
    Supervising = Annotated[Staff, Depends(door.with_right("supervise"))]  # noqa: N806 - a type

    @router.get("")
    def desk(request: Request, staff: Reading, said: str = "") -> HTMLResponse:
        return page(work.boards, request, "desk.html", staff, said)

    @router.get("/conversations/{conversation}")
    def conversation_page(
        request: Request, staff: Reading, conversation: str, said: str = ""
    ) -> HTMLResponse:
        try:
            with database.reading() as session:
                room = work.look(session, conversation)
        except UnknownConversation:
            return page(work.boards, request, "desk.html", staff, "UnknownConversation", HTTPStatus.NOT_FOUND)
        return page(
            work.boards,
            request,
            "conversation.html",
            staff,
            said,
            originals=originals,
            **_of_room(room, staff, work),
        )

    @router.get("/all")
    def everything(request: Request, staff: Supervising, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            return page(work.boards, request, "all.html", staff, said, latest=latest(session))

    @router.get("/supervise")
    def supervise(request: Request, staff: Supervising, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            groups = overview(session, work.boards.read(), now(), work.boards.targets)
        return page(work.boards, request, "supervise.html", staff, said, groups=groups, in_words=in_words)

    @router.get("/cases")
    def case_page(request: Request, staff: Reading, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            undone, done = cases.undone(session), cases.done(session)
        return page(
            work.boards, request, "cases.html", staff, said, undone=undone, done=done, states=cases.STATES
        )

    @router.get("/canned")
    def canned_page(request: Request, staff: Reading, said: str = "", q: str = "") -> HTMLResponse:
        with database.reading() as session:
            return page(
                work.boards, request, "canned.html", staff, said, canned=canned.search(session, q), q=q
            )

    @router.get("/events")
    async def events(
        request: Request,
        staff: Reading,
        conversation: str = "",
        last_event_id: Annotated[int, Header(ge=0)] = 0,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """What changes on the board and in the open conversation, as parts of the page."""

        def lines(news: list[Event]) -> dict[str, Any]:
            mine = any(talk.id == conversation for talk in work.boards.known.mine(staff.id))
            return lines_part(news, staff, mine=mine, originals=originals)

        looks = Looks(board=lambda board: board_part(board, staff), lines=lines)
        start = max(after, last_event_id)
        stream = work.changes(staff, conversation, start, looks, request.is_disconnected)
        return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM_HEADERS)

    return router


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
