"""The desk itself as JSON: cases, canned replies, what colleagues take, hours, webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, HttpUrl

from bot.cases import CaseRow, State
from bot.hours import Hours
from bot.outbox import Happening, WebhookRow
from bot.queueing import Language, Skill
from desk.api import CREATED, NO_CONTENT, Known, Text, Who, allowed
from desk.canned import CannedRow
from desk.office import Office
from desk.staff import Staff


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


def routes(office: Office, who: Who, prefix: str, *, documented: bool) -> APIRouter:  # noqa: C901 - a short one each
    """``who`` says which member of staff sent the request, or refuses it."""
    router = APIRouter(prefix=prefix, tags=["desk"], include_in_schema=documented)
    Me = Annotated[Staff, Depends(who)]  # noqa: N806 - a type
    Reading = Annotated[Staff, Depends(allowed(who, "read_conversations"))]  # noqa: N806 - a type
    Taking = Annotated[Staff, Depends(allowed(who, "take_conversations"))]  # noqa: N806 - a type

    @router.get("/conversations")
    async def latest(staff: Me) -> list[dict[str, Any]]:
        """Supervisors only: the newest conversations, whoever has them."""
        return [
            {"id": c.id, "channel": c.channel, "owner": c.owner, "agent": c.agent, "opened_at": c.opened_at}
            for c in await office.latest(staff)
        ]

    @router.get("/canned")
    async def canned(
        staff: Reading,
        q: Annotated[str, Query(max_length=60)] = "",
        conversation: Annotated[str, Query(max_length=64)] = "",
        skill: Annotated[str, Query(max_length=20)] = "",
    ) -> list[dict[str, Any]]:
        """Canned replies that hold ``q``, with their variables filled where a conversation is named."""
        found = await office.canned(q)
        filled = [office.filled(row.text, staff, conversation, skill) for row in found]
        return [
            _canned(row, text if conversation else row.text) for row, text in zip(found, filled, strict=True)
        ]

    @router.post("/canned", status_code=CREATED)
    async def add_canned(canned: Canned, staff: Taking) -> dict[str, Any]:
        row = await office.save_canned(staff, canned.title, canned.text, None)
        return _canned(row, row.text)

    @router.put("/canned/{identity}")
    async def change_canned(identity: int, canned: Canned, staff: Taking) -> dict[str, Any]:
        row = await office.save_canned(staff, canned.title, canned.text, identity)
        return _canned(row, row.text)

    @router.delete("/canned/{identity}", status_code=NO_CONTENT)
    async def remove_canned(identity: int, staff: Taking) -> None:  # noqa: ARG001
        await office.remove_canned(identity)

    @router.get("/cases")
    async def cases(staff: Reading) -> dict[str, Any]:  # noqa: ARG001
        undone, done = await office.cases()
        return {"undone": [_case(row) for row in undone], "done": [_case(row) for row in done]}

    @router.post("/cases/{case}/steps", status_code=CREATED)
    async def step(case: int, step: Step, staff: Taking) -> dict[str, Any]:
        return _case(await office.case_step(staff, case, step.state, step.remark))

    @router.post("/cases/{case}/contact")
    async def contact(case: int, staff: Me) -> dict[str, str]:
        """How to reach the person, where there is a key for it; each look is audited."""
        return {"contact": await office.contact(staff, case)}

    @router.post("/conversations/{conversation}/originals/{seq}")
    async def original(conversation: Known, seq: int, staff: Me) -> dict[str, str]:
        """A masked message of one's own conversation as it was received; each look is audited."""
        return {"text": await office.original(staff, conversation, seq)}

    @router.put("/team/{colleague}", status_code=NO_CONTENT)
    async def equip(colleague: Known, equipment: Equipment, staff: Me) -> None:
        """Supervisors only."""
        await office.equip(staff, colleague, equipment.skills, equipment.languages, equipment.capacity)

    @router.get("/groups/{skill}/hours")
    async def hours(skill: Skill, staff: Reading) -> Hours:  # noqa: ARG001
        return await office.hours(skill)

    @router.put("/groups/{skill}/hours", status_code=NO_CONTENT)
    async def set_hours(skill: Skill, hours: Hours, staff: Me) -> None:
        """Supervisors only."""
        await office.set_hours(staff, skill, hours)

    @router.get("/webhooks")
    async def webhooks(staff: Me) -> list[dict[str, Any]]:
        """Supervisors only; without the secrets."""
        return [_hook(row) for row in await office.webhooks(staff)]

    @router.post("/webhooks", status_code=CREATED)
    async def subscribe(hook: Hook, staff: Me) -> dict[str, Any]:
        """Supervisors only. The secret that signs each body is shown this once."""
        row = await office.subscribe(staff, str(hook.url), hook.events)
        return {**_hook(row), "secret": row.secret}

    @router.delete("/webhooks/{webhook}", status_code=NO_CONTENT)
    async def unsubscribe(webhook: Known, staff: Me) -> None:
        """Supervisors only."""
        await office.unsubscribe(staff, webhook)

    return router


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
