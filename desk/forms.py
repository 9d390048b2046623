"""What the forms of the desk's pages do; each ends on a page that says what became of it."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from bot.cases import State, UnknownCase
from bot.conversation import MoveRefused
from bot.hours import Hours
from bot.log import UnknownConversation
from bot.queueing import Language, Skill
from bot.routing import LONGEST_MESSAGE
from desk.canned import TitleTaken, UnknownCanned
from desk.deeds import UnknownColleague
from desk.door import Door, same_site
from desk.office import Office
from desk.staff import Staff
from desk.work import NothingToPropose, NoVideo, Work

REFUSALS = (
    MoveRefused, UnknownConversation, UnknownColleague, UnknownCase, UnknownCanned, TitleTaken, NothingToPropose,
    NoVideo,
)  # fmt: skip

SeeOther = HTTPStatus.SEE_OTHER
CLOSED = "休"


def routes(door: Door, work: Work, office: Office) -> APIRouter:  # noqa: C901 - one short function a route
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])
    Acting = Annotated[Staff, Depends(door.acting("take_conversations"))]  # noqa: N806 - a type
    Supervising = Annotated[Staff, Depends(door.acting("supervise"))]  # noqa: N806 - a type

    @router.post("/presence")
    async def presence(staff: Acting, ready: Annotated[bool, Form()]) -> RedirectResponse:
        await work.present(staff, ready)
        return RedirectResponse("/desk", SeeOther)

    @router.post("/conversations/{conversation}/claim")
    async def claim(staff: Acting, conversation: str) -> RedirectResponse:
        return await _told(room_of(conversation), work.claim(staff, conversation))

    @router.post("/conversations/{conversation}/take-over")
    async def take_over(staff: Supervising, conversation: str) -> RedirectResponse:
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
        return await _told("/desk/cases", office.case_step(staff, case, state, remark))

    @router.post("/canned")
    async def save_canned(
        staff: Acting,
        title: Annotated[str, Form(min_length=1, max_length=60)],
        text: Annotated[str, Form(min_length=1, max_length=LONGEST_MESSAGE)],
        identity: Annotated[int | None, Form()] = None,
    ) -> RedirectResponse:
        return await _told("/desk/canned", office.save_canned(staff, title, text, identity))

    @router.post("/canned/{identity}/remove")
    async def remove_canned(staff: Acting, identity: int) -> RedirectResponse:  # noqa: ARG001
        return await _told("/desk/canned", office.remove_canned(identity))

    @router.post("/team/{colleague}")
    async def equip(
        staff: Supervising,
        colleague: str,
        capacity: Annotated[int, Form(ge=1, le=50)],
        skill: Annotated[list[Skill] | None, Form()] = None,
        language: Annotated[list[Language] | None, Form()] = None,
    ) -> RedirectResponse:
        equipped = office.equip(staff, colleague, skill or [], language or ["zh"], capacity)
        return await _told("/desk/supervise", equipped, "/desk/supervise?said=saved")

    @router.post("/groups/{skill}")
    async def set_hours(
        staff: Supervising,
        skill: Skill,
        spans: Annotated[str, Form(max_length=200)] = "",
        rest_days: Annotated[bool, Form()] = False,
        special: Annotated[str, Form(max_length=4_000)] = "",
    ) -> RedirectResponse:
        try:
            given = {"spans": _spans(spans), "rest_days": rest_days, "special": _days(special)}
            hours = Hours.model_validate(given)
        except (ValueError, ValidationError):
            return RedirectResponse("/desk/supervise?said=hours", SeeOther)
        saved = office.set_hours(staff, skill, hours)
        return await _told("/desk/supervise", saved, "/desk/supervise?said=saved")

    return router


def _days(text: str) -> dict[str, list[dict[str, str]]]:
    """A day a line: ``2026-12-31 休`` or ``2027-01-04 09:00-12:00``. Raises `ValueError`."""
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    if any(len(line) == 1 for line in lines):
        raise ValueError("a day without its hours")
    return {day: _spans(hours) for day, hours in lines}


def room_of(conversation: str) -> str:
    return f"/desk/conversations/{conversation}"


async def _told(page: str, deed: Awaitable[Any], then: str = "") -> RedirectResponse:
    """Await ``deed`` and go on to ``then``, or back to ``page`` where it was refused, which says why."""
    try:
        await deed
    except REFUSALS as refusal:
        return RedirectResponse(f"{page}?said={type(refusal).__name__}", SeeOther)
    return RedirectResponse(then or f"{page}#end", SeeOther)


def _spans(text: str) -> list[dict[str, str]]:
    """``09:00-12:00 13:30-17:30``. Raises `ValueError`."""
    text = text.strip().removesuffix(CLOSED)
    spans = [part.replace("–", "-").split("-") for part in text.replace("、", " ").split()]
    return [{"opens": opens, "closes": closes} for opens, closes in spans]
