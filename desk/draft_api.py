"""Drafts as JSON: what agents proposed as knowledge. Curators and above."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from desk.api import CREATED, Who
from desk.drafts import Drafts
from desk.staff import Staff
from knowledge.proposals import Decision, ProposalRow


class Wording(BaseModel):
    question: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    answer: Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"\S")]


class Deciding(BaseModel):
    """``taken`` over into an entry, or ``refused``, and why; the reason stands in the audit log."""

    decision: Decision
    why: Annotated[str, Field(max_length=500)] = ""


def routes(drafts: Drafts, who: Who, prefix: str, *, documented: bool) -> APIRouter:
    """``who`` says which member of staff sent the request, or refuses it."""
    router = APIRouter(prefix=prefix, tags=["desk"], include_in_schema=documented)
    Me = Annotated[Staff, Depends(who)]  # noqa: N806 - a type

    @router.get("/proposals")
    async def proposals(staff: Me) -> list[dict[str, Any]]:
        """What agents proposed as knowledge and nobody has decided on, with its evidence."""
        return [_draft(row) for row in await drafts.proposed(staff)]

    @router.put("/proposals/{draft}")
    async def reword(draft: int, wording: Wording, staff: Me) -> dict[str, Any]:
        return _draft(await drafts.reword(staff, draft, wording.question, wording.answer))

    @router.post("/proposals/{draft}/decision", status_code=CREATED)
    async def decide(draft: int, deciding: Deciding, staff: Me) -> dict[str, Any]:
        return _draft(await drafts.decide(staff, draft, deciding.decision, deciding.why))

    @router.get("/proposals/{draft}/entry")
    async def entry(draft: int, staff: Me) -> PlainTextResponse:
        """The draft as the YAML of an entry, with what is still to be added left open."""
        return PlainTextResponse(await drafts.content_file(staff, draft), media_type="application/yaml")

    return router


def _draft(row: ProposalRow) -> dict[str, Any]:
    return {
        "id": row.id, "conversation": row.conversation, "question": row.question, "answer": row.answer,
        "evidence": row.evidence, "state": row.state, "proposed_by": row.proposed_by,
        "proposed_at": row.proposed_at,
    }  # fmt: skip
