"""The desk as JSON: all that its pages do. Documented in ``/openapi.json`` under ``/api/desk``."""

from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, HttpUrl

from bot.cases import CaseRow, State
from bot.hours import Hours
from bot.outbox import Happening, WebhookRow
from bot.queueing import Language, Skill
from bot.routing import LONGEST_MESSAGE
from desk.canned import CannedRow
from desk.staff import Staff
from desk.stream import Looks
from desk.work import Room, Work, line

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


class Reading(BaseModel):
    seq: int = Field(ge=0)


class Life(BaseModel):
    """A sign of life, to be given every 15 seconds; ``ready`` to begin or stop taking conversations."""

    ready: bool | None = None


class Proposal(BaseModel):
    """The agent's line ``seq``; question and answer are taken from the log where they are not given."""

    seq: int = Field(ge=1)
    question: Annotated[str, Field(max_length=500)] = ""
    answer: Annotated[str, Field(max_length=4_000)] = ""


class Canned(BaseModel):
    title: Annotated[str, Field(min_length=1, max_length=60)]
    text: Text


class Step(BaseModel):
    state: State
    remark: Annotated[str, Field(max_length=500)] = ""


class Equipment(BaseModel):
    """No skills at all means every skill."""

    skills: list[Skill] = []
    languages: list[Language] = ["zh", "en"]
    capacity: int = Field(default=5, ge=1, le=50)


class Hook(BaseModel):
    """``events`` empty: all of them."""

    url: HttpUrl
    events: list[Happening] = []


def routes(work: Work, who: Who, prefix: str, *, documented: bool) -> APIRouter:  # noqa: C901 - a short one each
    """``who`` says which member of staff sent the request, or refuses it."""
    router = APIRouter(prefix=prefix, tags=["desk"], include_in_schema=documented)
    Me = Annotated[Staff, Depends(who)]  # noqa: N806 - a type

    @router.get("/me")
    async def me(staff: Me) -> dict[str, Any]:
        board = await work.boards.present()
        mine = next((one for one in board.colleagues if one.staff == staff.id), None)
        return {"staff": staff.id, "name": staff.name, "role": staff.role, "seat": mine and asdict(mine)}

    @router.post("/presence")
    async def presence(life: Life, staff: Me) -> dict[str, str]:
        return {"presence": await work.present(staff, life.ready)}

    @router.delete("/presence", status_code=NO_CONTENT)
    async def leave(staff: Me) -> None:
        await work.left(staff)

    @router.get("/board")
    async def board(staff: Me) -> dict[str, Any]:  # noqa: ARG001
        """Who waits, who is served and who is present, up to a second old."""
        present = await work.boards.present()
        return {**asdict(present), "waiting": len(present.queue), "longest_wait_seconds": present.longest_s}

    @router.get("/events")
    async def events(
        request: Request,
        staff: Me,
        conversation: Annotated[str, Query(max_length=64)] = "",
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> StreamingResponse:
        """Server-sent events without end: ``board`` at each change, ``lines`` of ``conversation`` after line
        ``after``, ``room`` where something else about it changed, ``typing`` and ``seen`` of its person.
        """
        stream = work.changes(staff, conversation, after, LOOKS, request.is_disconnected)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @router.get("/conversations")
    async def latest(staff: Me) -> list[dict[str, Any]]:
        """Supervisors only: the newest conversations, whoever has them."""
        return [
            {"id": c.id, "channel": c.channel, "owner": c.owner, "agent": c.agent, "opened_at": c.opened_at}
            for c in await work.latest(staff)
        ]

    @router.get("/proposals")
    async def proposals(staff: Me) -> list[dict[str, Any]]:
        """Curators and above: what agents proposed as knowledge, with its evidence."""
        return [
            {
                "id": row.id, "conversation": row.conversation, "question": row.question,
                "answer": row.answer, "evidence": row.evidence, "proposed_by": row.proposed_by,
                "proposed_at": row.proposed_at,
            }
            for row in await work.proposals(staff)
        ]  # fmt: skip

    @router.get("/conversations/{conversation}")
    async def room(conversation: Known, staff: Me) -> dict[str, Any]:  # noqa: ARG001
        return _room(await work.room(conversation))

    @router.post("/conversations/{conversation}/claim", status_code=CREATED)
    async def claim(conversation: Known, staff: Me) -> dict[str, Any]:
        return line(await work.claim(staff, conversation))

    @router.post("/conversations/{conversation}/messages", status_code=CREATED)
    async def reply(conversation: Known, message: Message, staff: Me) -> dict[str, Any]:
        return line(await work.reply(staff, conversation, message.text, message.client_txn_id))

    @router.post("/conversations/{conversation}/notes", status_code=CREATED)
    async def note(conversation: Known, note: Note, staff: Me) -> dict[str, Any]:
        return {"id": (await work.note(staff, conversation, note.text)).id}

    @router.post("/conversations/{conversation}/transfer", status_code=CREATED)
    async def transfer(conversation: Known, to: Destination, staff: Me) -> dict[str, Any]:
        return line(await work.transfer(staff, conversation, to.skill, to.colleague))

    @router.post("/conversations/{conversation}/return", status_code=CREATED)
    async def give_back(conversation: Known, staff: Me) -> dict[str, Any]:
        return line(await work.give_back(staff, conversation))

    @router.post("/conversations/{conversation}/close", status_code=CREATED)
    async def close(conversation: Known, closing: Closing, staff: Me) -> dict[str, Any]:
        return line(await work.close(staff, conversation, closing.topic, closing.result))

    @router.post("/conversations/{conversation}/take-over", status_code=NO_CONTENT)
    async def take_over(conversation: Known, staff: Me) -> None:
        """Supervisors only; the person is told nothing."""
        await work.take_over(staff, conversation)

    @router.post("/conversations/{conversation}/video", status_code=CREATED)
    async def video(conversation: Known, staff: Me) -> dict[str, Any]:
        return line(await work.video(staff, conversation))

    @router.post("/conversations/{conversation}/typing", status_code=NO_CONTENT)
    async def typing(conversation: Known, staff: Me) -> None:
        await work.typing(staff, conversation)

    @router.post("/conversations/{conversation}/seen", status_code=NO_CONTENT)
    async def seen(conversation: Known, reading: Reading, staff: Me) -> None:
        await work.seen(staff, conversation, reading.seq)

    @router.post("/conversations/{conversation}/proposals", status_code=CREATED)
    async def propose(conversation: Known, proposal: Proposal, staff: Me) -> dict[str, Any]:
        row = await work.propose(staff, conversation, proposal.seq, proposal.question, proposal.answer)
        return {"id": row.id, "question": row.question, "answer": row.answer, "state": row.state}

    @router.get("/canned")
    async def canned(
        staff: Me,
        q: Annotated[str, Query(max_length=60)] = "",
        conversation: Annotated[str, Query(max_length=64)] = "",
        skill: Annotated[str, Query(max_length=20)] = "",
    ) -> list[dict[str, Any]]:
        """Canned replies that hold ``q``, with their variables filled where a conversation is named."""
        found = await work.canned(q)
        filled = [work.filled(row.text, staff, conversation, skill) for row in found]
        return [
            _canned(row, text if conversation else row.text) for row, text in zip(found, filled, strict=True)
        ]

    @router.post("/canned", status_code=CREATED)
    async def add_canned(canned: Canned, staff: Me) -> dict[str, Any]:
        row = await work.save_canned(staff, canned.title, canned.text, None)
        return _canned(row, row.text)

    @router.put("/canned/{identity}")
    async def change_canned(identity: int, canned: Canned, staff: Me) -> dict[str, Any]:
        row = await work.save_canned(staff, canned.title, canned.text, identity)
        return _canned(row, row.text)

    @router.delete("/canned/{identity}", status_code=NO_CONTENT)
    async def remove_canned(identity: int, staff: Me) -> None:  # noqa: ARG001
        await work.remove_canned(identity)

    @router.get("/cases")
    async def cases(staff: Me) -> dict[str, Any]:  # noqa: ARG001
        undone, done = await work.cases()
        return {"undone": [_case(row) for row in undone], "done": [_case(row) for row in done]}

    @router.post("/cases/{case}/steps", status_code=CREATED)
    async def step(case: int, step: Step, staff: Me) -> dict[str, Any]:
        return _case(await work.case_step(staff, case, step.state, step.remark))

    @router.put("/team/{colleague}", status_code=NO_CONTENT)
    async def equip(colleague: Known, equipment: Equipment, staff: Me) -> None:
        """Supervisors only."""
        await work.equip(staff, colleague, equipment.skills, equipment.languages, equipment.capacity)

    @router.get("/groups/{skill}/hours")
    async def hours(skill: Skill, staff: Me) -> Hours:  # noqa: ARG001
        return await work.hours(skill)

    @router.put("/groups/{skill}/hours", status_code=NO_CONTENT)
    async def set_hours(skill: Skill, hours: Hours, staff: Me) -> None:
        """Supervisors only."""
        await work.set_hours(staff, skill, hours)

    @router.get("/webhooks")
    async def webhooks(staff: Me) -> list[dict[str, Any]]:
        """Supervisors only; without the secrets."""
        return [_hook(row) for row in await work.webhooks(staff)]

    @router.post("/webhooks", status_code=CREATED)
    async def subscribe(hook: Hook, staff: Me) -> dict[str, Any]:
        """Supervisors only. The secret that signs each body is shown this once."""
        row = await work.subscribe(staff, str(hook.url), hook.events)
        return {**_hook(row), "secret": row.secret}

    @router.delete("/webhooks/{webhook}", status_code=NO_CONTENT)
    async def unsubscribe(webhook: Known, staff: Me) -> None:
        """Supervisors only."""
        await work.unsubscribe(staff, webhook)

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


def _canned(row: CannedRow, text: str) -> dict[str, Any]:
    return {"id": row.id, "title": row.title, "text": text}


def _case(row: CaseRow) -> dict[str, Any]:
    return {
        "id": row.id, "conversation": row.conversation, "skill": row.skill, "text": row.text,
        "contact": row.contact, "state": row.state, "agent": row.agent, "steps": row.steps,
        "opened_at": row.opened_at, "changed_at": row.changed_at,
    }  # fmt: skip


def _hook(row: WebhookRow) -> dict[str, Any]:
    return {"id": row.id, "url": row.url, "events": row.events}
