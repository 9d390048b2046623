"""What people thought: of an answer, with the evidence that it was given on, and of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import JSON, ForeignKey, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import log
from bot.privacy import mask
from store.database import Base, Moment

Reason = Literal["wrong_topic", "unclear", "outdated", "incomplete", "other"]
RATEABLE = frozenset({"answered", "calculated"})
WHOLE = 0
LONGEST_SUGGESTION = 1_000
MOST_LINES = 5_000
LOOKED_BACK = 10


class RatingRow(Base):
    """``seq`` is the answer's line in the log, `WHOLE` for the conversation."""

    __tablename__ = "ratings"

    conversation: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    useful: Mapped[bool | None]
    reason: Mapped[Reason | None]
    stars: Mapped[int | None]
    suggestion: Mapped[str | None]
    entry: Mapped[str | None] = mapped_column(index=True)
    release: Mapped[int | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    at: Mapped[datetime] = mapped_column(Moment)


_RATINGS = cast(Table, RatingRow.__table__)


class NotRateable(Exception):
    """Only answers and calculations are rated. The text is for the person."""


@dataclass(frozen=True)
class EntryRatings:
    """How often an entry's answer was useful or not, with the reasons given; None is a calculation."""

    entry: str | None
    useful: int
    useless: int
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    """All ratings: of answers by entry, worst first; of conversations by stars; the newest suggestions."""

    entries: tuple[EntryRatings, ...]
    stars: Mapping[int, int]
    suggestions: tuple[str, ...]


def rate_answer(
    session: Session, conversation: str, seq: int, useful: bool, reason: Reason | None, now: datetime
) -> None:
    """Keep a rating of the answer in line ``seq``, in place of an earlier one. Raises `NotRateable`."""
    events = log.events_after(session, conversation, seq - 1, 1)
    event = events[0] if events and events[0].seq == seq else None
    if event is None or event.data.get("outcome") not in RATEABLE:
        raise NotRateable("这条消息不能评价。")
    _put(
        session, conversation, seq, now, useful=useful, reason=None if useful else reason,
        entry=event.data.get("entry"), release=event.data.get("release"), evidence=event.evidence,
    )  # fmt: skip


def rate_last_answer(session: Session, conversation: str, before: int, useful: bool, now: datetime) -> None:
    """Keep what was said in words about the last answer before line ``before``; what was pressed counts more."""
    recent = log.events_after(session, conversation, max(0, before - LOOKED_BACK), LOOKED_BACK)
    answers = [e.seq for e in recent if e.seq < before and e.data.get("outcome") in RATEABLE]
    if answers and answers[-1] not in rated(session, conversation):
        rate_answer(session, conversation, answers[-1], useful, None, now)


def rate_conversation(
    session: Session, conversation: str, stars: int, suggestion: str, now: datetime
) -> None:
    """Keep 1 to 5 stars and a suggestion, its identifiers masked, in place of earlier ones.

    The evidence is what was answered by then and who of the staff took part.
    """
    events = log.events_after(session, conversation, limit=MOST_LINES)
    answers = [event for event in events if event.data.get("outcome") in RATEABLE]
    release = next((event.data["release"] for event in reversed(answers) if "release" in event.data), None)
    evidence = {
        "lines": len(events),
        "answers": [{"seq": event.seq, "entry": event.data.get("entry")} for event in answers],
        "staff": sorted({event.staff for event in events if event.author == "agent" and event.staff}),
    }
    _put(
        session, conversation, WHOLE, now, stars=stars, suggestion=mask(suggestion.strip()).text or None,
        release=release, evidence=evidence,
    )  # fmt: skip


def rated(session: Session, conversation: str) -> set[int]:
    """The lines of the answers that its person has rated; `WHOLE` where the conversation is."""
    return set(session.scalars(select(_RATINGS.c.seq).where(_RATINGS.c.conversation == conversation)))


def summary(session: Session, suggestions: int = 20) -> Summary:
    counted = session.execute(
        select(_RATINGS.c.entry, _RATINGS.c.useful, _RATINGS.c.reason, func.count())
        .where(_RATINGS.c.seq != WHOLE)
        .group_by(_RATINGS.c.entry, _RATINGS.c.useful, _RATINGS.c.reason)
    ).all()
    stars = session.execute(
        select(_RATINGS.c.stars, func.count()).where(_RATINGS.c.seq == WHOLE).group_by(_RATINGS.c.stars)
    )
    said = session.scalars(
        select(_RATINGS.c.suggestion)
        .where(_RATINGS.c.suggestion.is_not(None))
        .order_by(_RATINGS.c.at.desc())
        .limit(suggestions)
    )
    by_entry = [_of_entry(entry, counted) for entry in {row.entry for row in counted}]
    return Summary(
        tuple(sorted(by_entry, key=lambda one: (-one.useless, one.useful, one.entry or ""))),
        {row[0]: row[1] for row in stars},
        tuple(said),
    )


def _of_entry(entry: str | None, counted: Sequence[Any]) -> EntryRatings:
    mine = [(row.useful, row.reason, row[3]) for row in counted if row.entry == entry]
    return EntryRatings(
        entry,
        sum(count for useful, _, count in mine if useful),
        sum(count for useful, _, count in mine if not useful),
        {reason: count for _, reason, count in mine if reason},
    )


def _put(session: Session, conversation: str, seq: int, now: datetime, **values: Any) -> None:
    session.execute(delete(_RATINGS).where(_RATINGS.c.conversation == conversation, _RATINGS.c.seq == seq))
    session.execute(insert(_RATINGS).values(conversation=conversation, seq=seq, at=now, **values))
