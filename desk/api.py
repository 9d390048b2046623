"""Work on conversations as JSON. Documented in ``/openapi.json`` under ``/api/desk``."""

from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from bot.queueing import Skill
from bot.routing import LONGEST_MESSAGE
from desk.deeds import require
from desk.rights import Right
from desk.room import Room, line
from desk.staff import Staff
from desk.stream import STREAM_HEADERS, Looks
from desk.work import Work

Who = Callable[..., Staff]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE, pattern=r"\S")]
Short = Annotated[str, Field(max_length=200)]
Known = Annotated[str, Path(max_length=64)]

LOOKS = Looks(board=asdict, lines=lambda events: [line(event) for event in events])
NO_CONTENT = HTTPStatus.NO_CONTENT
CREATED = HTTPStatus.CREATED


class Message(BaseModel):
    """``client_txn_id`` makes a second sending the same message."""

    text: Text
    client_txn_id: str | None = Field(default=None, min_length=1, max_length=64)


class Note(BaseModel):
    text: Text


class Destination(BaseModel):
    """A group, a colleague (who is rung first), or both."""

    skill: Skill | None = None
    colleague: Short | None = None


class Closing(BaseModel):
    topic: Short = ""
    result: Short = ""


class Mark(BaseModel):
    seq: int = Field(ge=0)


class Life(BaseModel):
    """A sign of life, to be given every 15 seconds; ``ready`` to begin or stop taking conversations."""

    ready: bool | None = None


class Proposal(BaseModel):
    """The agent's line ``seq``; question and answer are taken from the log where they are not given."""

    seq: int = Field(ge=1)
    question: Annotated[str, Field(max_length=500)] = ""
    answer: Annotated[str, Field(max_length=4_000)] = ""


def allowed(who: Who, right: Right) -> Who:
    """Like ``who``, for members of staff with ``right``. The dependency raises `NotAllowed`."""

    def asked(staff: Annotated[Staff, Depends(who)]) -> Staff:
        require(staff, right)
        return staff

    return asked


def routes(work: Work, who: Who, prefix: str, *, documented: bool) -> APIRouter:  # noqa: C901 - a short one each
    """``who`` says which member of staff sent the request, or refuses it."""
    router = APIRouter(prefix=prefix, tags=["desk"], include_in_schema=documented)
    Me = Annotated[Staff, Depends(who)]  # noqa: N806 - a type
    Reading = Annotated[Staff, Depends(allowed(who, "read_conversations"))]  # noqa: N806 - a type
    Taking = Annotated[Staff, Depends(allowed(who, "take_conversations"))]  # noqa: N806 - a type

    @router.get("/me")
    async def me(staff: Me) -> dict[str, Any]:
        board = await work.boards.present()
        mine = next((one for one in board.colleagues if one.staff == staff.id), None)
        return {"staff": staff.id, "name": staff.name, "role": staff.role, "seat": mine and asdict(mine)}

    @router.post("/presence")
    async def presence(life: Life, staff: Taking) -> dict[str, str]:
        return {"presence": await work.present(staff, life.ready)}

    @router.delete("/presence", status_code=NO_CONTENT)
    async def leave(staff: Taking) -> None:
        await work.left(staff)

    @router.get("/board")
    async def board(staff: Reading) -> dict[str, Any]:  # noqa: ARG001
        """Who waits, who is served and who is present, up to a second old."""
        present = await work.boards.present()
        return {**asdict(present), "waiting": len(present.queue), "longest_wait_seconds": present.longest_s}

    @router.get("/groups")
    async def groups(staff: Me) -> list[dict[str, Any]]:
        """Supervisors only: who waits in each group, how long, and how its service levels were kept today."""
        return [
            {**asdict(group), "hours": group.hours.model_dump(mode="json")}
            for group in await work.groups(staff)
        ]

    @router.get("/events")
    async def events(
        request: Request,
        staff: Reading,
        conversation: Annotated[str, Query(max_length=64)] = "",
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """Server-sent events without end: ``board`` at each change, ``lines`` of ``conversation`` after line
        ``after``, ``room`` where something else about it changed, ``typing`` and ``seen`` of its person, and ``beat``
        every 14 seconds, which is the time for a sign of life. Ends when the token is revoked.
        """
        stream = work.changes(staff, conversation, after, LOOKS, request.is_disconnected)
        return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM_HEADERS)

    @router.get("/conversations/{conversation}")
    async def room(conversation: Known, staff: Reading) -> dict[str, Any]:  # noqa: ARG001
        return _room(await work.room(conversation))

    @router.post("/conversations/{conversation}/claim", status_code=CREATED)
    async def claim(conversation: Known, staff: Taking) -> dict[str, Any]:
        return line(await work.claim(staff, conversation))

    @router.post("/conversations/{conversation}/messages", status_code=CREATED)
    async def reply(conversation: Known, message: Message, staff: Taking) -> dict[str, Any]:
        return line(await work.reply(staff, conversation, message.text, message.client_txn_id))

    @router.post("/conversations/{conversation}/notes", status_code=CREATED)
    async def note(conversation: Known, note: Note, staff: Taking) -> dict[str, Any]:
        return {"id": (await work.note(staff, conversation, note.text)).id}

    @router.post("/conversations/{conversation}/transfer", status_code=CREATED)
    async def transfer(conversation: Known, to: Destination, staff: Taking) -> dict[str, Any]:
        return line(await work.transfer(staff, conversation, to.skill, to.colleague))

    @router.post("/conversations/{conversation}/return", status_code=CREATED)
    async def give_back(conversation: Known, staff: Taking) -> dict[str, Any]:
        return line(await work.give_back(staff, conversation))

    @router.post("/conversations/{conversation}/close", status_code=CREATED)
    async def close(conversation: Known, closing: Closing, staff: Taking) -> dict[str, Any]:
        return line(await work.close(staff, conversation, closing.topic, closing.result))

    @router.post("/conversations/{conversation}/take-over", status_code=NO_CONTENT)
    async def take_over(conversation: Known, staff: Taking) -> None:
        """Supervisors only; the person is told nothing."""
        await work.take_over(staff, conversation)

    @router.post("/conversations/{conversation}/video", status_code=CREATED)
    async def video(conversation: Known, staff: Taking) -> dict[str, Any]:
        return line(await work.video(staff, conversation))

    @router.post("/conversations/{conversation}/typing", status_code=NO_CONTENT)
    async def typing(conversation: Known, staff: Taking) -> None:
        await work.typing(staff, conversation)

    @router.post("/conversations/{conversation}/seen", status_code=NO_CONTENT)
    async def seen(conversation: Known, mark: Mark, staff: Taking) -> None:
        await work.seen(staff, conversation, mark.seq)

    @router.post("/conversations/{conversation}/proposals", status_code=CREATED)
    async def propose(conversation: Known, proposal: Proposal, staff: Taking) -> dict[str, Any]:
        row = await work.propose(staff, conversation, proposal.seq, proposal.question, proposal.answer)
        return {"id": row.id, "question": row.question, "answer": row.answer, "state": row.state}

    return router


def _room(room: Room) -> dict[str, Any]:
    chat = room.conversation
    return {
        "conversation": chat.id,
        "channel": chat.channel,
        "owner": chat.owner,
        "agent": chat.agent,
        "reason": chat.reason,
        "ticket": room.ticket and asdict(room.ticket),
        "events": [line(event) for event in room.events],
        "notes": [{"id": n.id, "seq": n.seq, "name": n.name, "text": n.text, "at": n.at} for n in room.notes],
        "seen": room.marks,
        "summary": asdict(room.summary),
        "suggestions": [asdict(one) for one in room.suggestions],
    }
