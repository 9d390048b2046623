"""How pages and their parts are rendered."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.conversation import Event
from bot.hours import CHINA
from bot.queueing import LANGUAGES, SKILLS
from desk.board import REASONS, Board, Boards
from desk.door import TEMPLATES
from desk.staff import Staff

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
    "hours": "时间没有看懂。请写成“09:00-12:00 13:30-17:30”；特别日子一行一天，如“2026-12-31 休”。",
    "empty": "没有填写内容。",
    "return": "已交还智能助手。",
    "close": "会话已结束。",
    "transfer": "已转出。",
    "proposed": "已提交给知识库维护人员。",
    "saved": "已保存。",
}


def _clock(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%H:%M")


def _day_and_clock(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%m-%d %H:%M")


TEMPLATES.env.globals.update(
    authors=AUTHORS, owners=OWNERS, presences=PRESENCES, reasons=REASONS, skills=SKILLS, languages=LANGUAGES,
    case_states=CASE_STATES, results=RESULTS,
)  # fmt: skip
TEMPLATES.env.filters.update(clock=_clock, day_and_clock=_day_and_clock)


def page(
    boards: Boards,
    request: Request,
    name: str,
    staff: Staff,
    said: str,
    status: HTTPStatus = HTTPStatus.OK,
    **more: Any,
) -> HTMLResponse:
    """A page of the desk with the present board on its left; ``said`` names a notice."""
    board = boards.read()
    seat = next((one for one in board.colleagues if one.staff == staff.id), None)
    shared = {
        "staff": staff,
        "said": NOTICES.get(said, ""),
        "board": board,
        "supervises": staff.may("supervise"),
        "presence": seat.presence if seat else "gone",
    }
    return TEMPLATES.TemplateResponse(request, name, shared | more, status)


def board_part(board: Board, staff: Staff) -> dict[str, str]:
    """The list of the left side, rendered as on the page."""
    return {"html": TEMPLATES.get_template("board.html").render(board=board, staff=staff)}


def lines_part(news: list[Event], staff: Staff, *, mine: bool, originals: bool) -> dict[str, Any]:
    """New lines, rendered as on the page; ``mine`` where ``staff`` has the conversation."""
    template = TEMPLATES.get_template("lines.html")
    authors = [event.author for event in news]
    return {
        "html": template.render(events=news, staff=staff, mine=mine, originals=originals),
        "seq": news[-1].seq,
        "authors": authors,
    }
