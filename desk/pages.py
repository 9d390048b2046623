"""``/desk``: the pages of agents and supervisors. Server-rendered forms, live by a stream."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Depends, Form, Header, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from pydantic import ValidationError

from bot import cases
from bot.cases import State, UnknownCase
from bot.channels.contract import Problem
from bot.conversation import Event, MoveRefused
from bot.hours import CHINA, Hours, in_words
from bot.log import UnknownConversation
from bot.queueing import LANGUAGES, SKILLS, Language, Skill
from bot.routing import LONGEST_MESSAGE
from desk import canned
from desk import staff as accounts
from desk.board import REASONS, Board, latest
from desk.canned import TitleTaken, UnknownCanned
from desk.overview import overview
from desk.staff import SignInRefused, Staff
from desk.stream import Looks
from desk.work import NothingToPropose, NoVideo, Room, UnknownColleague, Work, supervises
from store.database import Database

TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
COOKIE = "shuiwen_staff"
AUTHORS = {"customer": "来访者", "assistant": "助手", "agent": "人工", "notice": "通知"}
OWNERS = {"assistant": "助手接待", "waiting": "排队中", "agent": "人工接待", "closed": "已结束"}
PRESENCES = {"ready": "在线", "away": "暂离", "gone": "不在"}
CASE_STATES = {"open": "待联系", "contacted": "已联系", "not_reached": "未联系上", "done": "已办结"}
RESULTS = ("已解决", "部分解决", "需线下办理", "无人应答", "其他")
NOTICES = {
    "NotWaiting": "这个会话已被别人接走，或对方已离开。",
    "NotYours": "这个会话不在您手上。",
    "MoveRefused": "这个会话刚刚改变，请再看一眼。",
    "UnknownConversation": "没有这个会话。请从左侧的列表里选择。",
    "UnknownColleague": "没有这位同事。",
    "UnknownCase": "没有这条留言。",
    "UnknownCanned": "没有这条常用语。",
    "TitleTaken": "已有同名的常用语，请换个标题。",
    "NothingToPropose": "只能把坐席对问题的答复提为知识。",
    "NoVideo": "没有设置视频服务。",
    "hours": "时间没有看懂。请写成“09:00-12:00 13:30-17:30”。",
    "empty": "没有填写内容。",
    "return": "已交还智能助手。",
    "close": "会话已结束。",
    "transfer": "已转出。",
    "proposed": "已提交给知识库维护人员。",
    "saved": "已保存。",
}
REFUSALS = (
    MoveRefused, UnknownConversation, UnknownColleague, UnknownCase, UnknownCanned, TitleTaken, NothingToPropose,
    NoVideo,
)  # fmt: skip

SeeOther = HTTPStatus.SEE_OTHER

TEMPLATES.env.globals.update(
    authors=AUTHORS, owners=OWNERS, presences=PRESENCES, reasons=REASONS, skills=SKILLS, languages=LANGUAGES,
    case_states=CASE_STATES, results=RESULTS,
)  # fmt: skip
TEMPLATES.env.filters["clock"] = lambda at: at.astimezone(CHINA).strftime("%H:%M")
TEMPLATES.env.filters["day_and_clock"] = lambda at: at.astimezone(CHINA).strftime("%m-%d %H:%M")


def browser_of(database: Database, now: Callable[[], datetime]) -> Callable[..., Staff]:
    """Who uses the browser that sent the request. The dependency raises `SignInRefused`."""

    def signed_in(shuiwen_staff: Annotated[str, Cookie()] = "") -> Staff:
        with database.reading() as session:
            return accounts.signed_in(session, shuiwen_staff, now())

    return signed_in


def script_of(database: Database, now: Callable[[], datetime]) -> Callable[..., Staff]:
    """Like `browser_of`, for requests of our own pages' script, which sends the form token as a header."""
    signed_in = browser_of(database, now)

    def acting(
        staff: Annotated[Staff, Depends(signed_in)], x_form_token: Annotated[str, Header()] = ""
    ) -> Staff:
        return _ours(staff, x_form_token)

    return acting


def routes(  # noqa: C901 - one short function a route
    database: Database, now: Callable[[], datetime], work: Work
) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False)
    signed_in = browser_of(database, now)
    SignedIn = Annotated[Staff, Depends(signed_in)]  # noqa: N806 - a type

    def acting(staff: SignedIn, form_token: Annotated[str, Form()] = "") -> Staff:
        """A signed-in member of staff whose form came from our own page."""
        return _ours(staff, form_token)

    Acting = Annotated[Staff, Depends(acting)]  # noqa: N806 - a type

    def supervising(staff: SignedIn) -> Staff:
        if not supervises(staff):
            raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "这需要督导或管理员的权限。")
        return staff

    Supervising = Annotated[Staff, Depends(supervising)]  # noqa: N806 - a type

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

    def page(
        request: Request, name: str, staff: Staff, said: str, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HTMLResponse:
        board = work.boards.read()
        seat = next((one for one in board.colleagues if one.staff == staff.id), None)
        shared = {
            "staff": staff,
            "said": NOTICES.get(said, ""),
            "board": board,
            "supervises": supervises(staff),
            "presence": seat.presence if seat else "gone",
        }
        return TEMPLATES.TemplateResponse(request, name, shared | more, status)

    @router.get("")
    def desk(request: Request, staff: SignedIn, said: str = "") -> HTMLResponse:
        return page(request, "desk.html", staff, said)

    @router.get("/conversations/{conversation}")
    def conversation_page(
        request: Request, staff: SignedIn, conversation: str, said: str = ""
    ) -> HTMLResponse:
        try:
            with database.reading() as session:
                room = work.look(session, conversation)
        except UnknownConversation:
            return page(request, "desk.html", staff, "UnknownConversation", HTTPStatus.NOT_FOUND)
        return page(request, "conversation.html", staff, said, **_of_room(room, staff, work))

    @router.get("/all")
    def everything(request: Request, staff: Supervising, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            return page(request, "all.html", staff, said, latest=latest(session))

    @router.get("/supervise")
    def supervise(request: Request, staff: Supervising, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            groups = overview(session, work.boards.read(), now())
        return page(request, "supervise.html", staff, said, groups=groups, in_words=in_words)

    @router.get("/cases")
    def case_page(request: Request, staff: SignedIn, said: str = "") -> HTMLResponse:
        with database.reading() as session:
            undone, done = cases.undone(session), cases.done(session)
        return page(request, "cases.html", staff, said, undone=undone, done=done, states=cases.STATES)

    @router.get("/canned")
    def canned_page(request: Request, staff: SignedIn, said: str = "", q: str = "") -> HTMLResponse:
        with database.reading() as session:
            return page(request, "canned.html", staff, said, canned=canned.search(session, q), q=q)

    @router.post("/presence")
    async def presence(staff: Acting, ready: Annotated[bool, Form()]) -> RedirectResponse:
        await work.present(staff, ready)
        return RedirectResponse("/desk", SeeOther)

    @router.post("/conversations/{conversation}/claim")
    async def claim(staff: Acting, conversation: str) -> RedirectResponse:
        return await _told(room_of(conversation), work.claim(staff, conversation))

    @router.post("/conversations/{conversation}/take-over")
    async def take_over(staff: Acting, conversation: str) -> RedirectResponse:
        return await _told(room_of(conversation), work.take_over(staff, conversation))

    @router.post("/conversations/{conversation}/reply")
    async def reply(
        staff: Acting,
        conversation: str,
        text: Annotated[str, Form(max_length=LONGEST_MESSAGE)] = "",
        txn: Annotated[str, Form(max_length=64)] = "",
    ) -> RedirectResponse:
        if not text.strip():
            return RedirectResponse(f"{room_of(conversation)}?said=empty", SeeOther)
        return await _told(room_of(conversation), work.reply(staff, conversation, text, txn or None))

    @router.post("/conversations/{conversation}/note")
    async def note(
        staff: Acting, conversation: str, text: Annotated[str, Form(max_length=LONGEST_MESSAGE)] = ""
    ) -> RedirectResponse:
        if not text.strip():
            return RedirectResponse(f"{room_of(conversation)}?said=empty", SeeOther)
        return await _told(room_of(conversation), work.note(staff, conversation, text))

    @router.post("/conversations/{conversation}/video")
    async def video(staff: Acting, conversation: str) -> RedirectResponse:
        return await _told(room_of(conversation), work.video(staff, conversation))

    @router.post("/conversations/{conversation}/propose")
    async def propose(staff: Acting, conversation: str, seq: Annotated[int, Form(ge=1)]) -> RedirectResponse:
        room = room_of(conversation)
        return await _told(room, work.propose(staff, conversation, seq), f"{room}?said=proposed")

    @router.post("/conversations/{conversation}/transfer")
    async def transfer(
        staff: Acting,
        conversation: str,
        skill: Annotated[Skill | None, Form()] = None,
        colleague: Annotated[str, Form(max_length=64)] = "",
    ) -> RedirectResponse:
        moved = work.transfer(staff, conversation, skill, colleague or None)
        return await _told(room_of(conversation), moved, "/desk?said=transfer")

    @router.post("/conversations/{conversation}/return")
    async def give_back(staff: Acting, conversation: str) -> RedirectResponse:
        returned = work.give_back(staff, conversation)
        return await _told(room_of(conversation), returned, "/desk?said=return")

    @router.post("/conversations/{conversation}/close")
    async def close(
        staff: Acting,
        conversation: str,
        topic: Annotated[str, Form(max_length=200)] = "",
        result: Annotated[str, Form(max_length=200)] = "",
    ) -> RedirectResponse:
        closed = work.close(staff, conversation, topic, result)
        return await _told(room_of(conversation), closed, "/desk?said=close")

    @router.post("/cases/{case}")
    async def step(
        staff: Acting,
        case: int,
        state: Annotated[State, Form()],
        remark: Annotated[str, Form(max_length=500)] = "",
    ) -> RedirectResponse:
        return await _told("/desk/cases", work.case_step(staff, case, state, remark))

    @router.post("/canned")
    async def save_canned(
        staff: Acting,
        title: Annotated[str, Form(min_length=1, max_length=60)],
        text: Annotated[str, Form(min_length=1, max_length=LONGEST_MESSAGE)],
        identity: Annotated[int | None, Form()] = None,
    ) -> RedirectResponse:
        return await _told("/desk/canned", work.save_canned(staff, title, text, identity))

    @router.post("/canned/{identity}/remove")
    async def remove_canned(staff: Acting, identity: int) -> RedirectResponse:  # noqa: ARG001
        return await _told("/desk/canned", work.remove_canned(identity))

    @router.post("/team/{colleague}")
    async def equip(
        staff: Acting,
        _: Supervising,
        colleague: str,
        capacity: Annotated[int, Form(ge=1, le=50)],
        skill: Annotated[list[Skill] | None, Form()] = None,
        language: Annotated[list[Language] | None, Form()] = None,
    ) -> RedirectResponse:
        equipped = work.equip(staff, colleague, skill or [], language or ["zh"], capacity)
        return await _told("/desk/supervise", equipped, "/desk/supervise?said=saved")

    @router.post("/groups/{skill}")
    async def set_hours(
        staff: Acting,
        _: Supervising,
        skill: Skill,
        spans: Annotated[str, Form(max_length=200)] = "",
        rest_days: Annotated[bool, Form()] = False,
    ) -> RedirectResponse:
        try:
            hours = Hours.model_validate({"spans": _spans(spans), "rest_days": rest_days})
        except (ValueError, ValidationError):
            return RedirectResponse("/desk/supervise?said=hours", SeeOther)
        kept = await work.hours(skill)
        saved = work.set_hours(staff, skill, hours.model_copy(update={"special": kept.special}))
        return await _told("/desk/supervise", saved, "/desk/supervise?said=saved")

    @router.get("/events")
    async def events(
        request: Request,
        staff: SignedIn,
        conversation: str = "",
        last_event_id: Annotated[int, Header(ge=0)] = 0,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """What changes on the board and in the open conversation, as parts of the page."""
        looks = Looks(board=lambda board: _board_part(board, staff), lines=_lines_part)
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


def room_of(conversation: str) -> str:
    return f"/desk/conversations/{conversation}"


def _ours(staff: Staff, form_token: str) -> Staff:
    if not hmac.compare_digest(form_token.encode(), staff.form_token.encode()):
        raise Problem(HTTPStatus.FORBIDDEN, "wrong-form", "页面已过期，请刷新后再操作。")
    return staff


async def _told(page: str, deed: Awaitable[Any], then: str = "") -> RedirectResponse:
    """Await ``deed`` and go on to ``then``, or back to ``page`` where it was refused, which says why."""
    try:
        await deed
    except REFUSALS as refusal:
        return RedirectResponse(f"{page}?said={type(refusal).__name__}", SeeOther)
    return RedirectResponse(then or f"{page}#end", SeeOther)


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


def _board_part(board: Board, staff: Staff) -> dict[str, str]:
    """The list of the left side, rendered as on the page."""
    return {"html": TEMPLATES.get_template("board.html").render(board=board, staff=staff)}


def _lines_part(news: list[Event]) -> dict[str, Any]:
    template = TEMPLATES.get_template("lines.html")
    authors = [event.author for event in news]
    return {"html": template.render(events=news), "seq": news[-1].seq, "authors": authors}


def _spans(text: str) -> list[dict[str, str]]:
    """``09:00-12:00 13:30-17:30``. Raises `ValueError`."""
    spans = [part.replace("–", "-").split("-") for part in text.replace("、", " ").split()]
    return [{"opens": opens, "closes": closes} for opens, closes in spans]
