"""Policies, entries, golden questions and releases in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.entries import Entry, Knowledge, Policy, Term
from knowledge.golden import Golden
from store.database import Base, Moment

State = Literal["draft", "review", "published", "retired"]


class PolicyRow(Base):
    __tablename__ = "policies"

    id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class EntryRow(Base):
    __tablename__ = "entries"

    id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    state: Mapped[State]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class TermRow(Base):
    __tablename__ = "glossary_terms"

    term: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
    say: Mapped[list[str]] = mapped_column(JSON)


class GoldenRow(Base):
    __tablename__ = "golden_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReleaseRow(Base):
    __tablename__ = "releases"

    number: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    current: Mapped[bool]
    published_at: Mapped[datetime] = mapped_column(Moment)


class UnknownRelease(Exception):
    """There is no release of that number."""


def replace_all(session: Session, knowledge: Knowledge, golden: Golden, now: datetime) -> None:
    """Put shipped content in place of what is there; every entry counts as published."""
    for table in (PolicyRow, EntryRow, TermRow, GoldenRow):
        session.execute(delete(table))
    session.add_all(
        PolicyRow(id=policy.id, place=place, content=policy.model_dump(mode="json", by_alias=True))
        for place, policy in enumerate(knowledge.policies)
    )
    session.add_all(
        EntryRow(
            id=entry.id,
            place=place,
            state="published",
            content=entry.model_dump(mode="json", by_alias=True),
            changed_at=now,
        )
        for place, entry in enumerate(knowledge.entries)
    )
    session.add_all(
        TermRow(term=term.term, place=place, say=list(term.say)) for place, term in enumerate(knowledge.terms)
    )
    session.add(GoldenRow(content=golden.model_dump(mode="json", by_alias=True)))


def published(session: Session) -> Knowledge:
    """All policies, the published entries and the glossary."""
    policies = session.scalars(select(PolicyRow).order_by(PolicyRow.place))
    entries = session.scalars(select(EntryRow).where(EntryRow.state == "published").order_by(EntryRow.place))
    terms = session.scalars(select(TermRow).order_by(TermRow.place))
    return Knowledge(
        policies=tuple(Policy.model_validate(row.content) for row in policies),
        entries=tuple(Entry.model_validate(row.content) for row in entries),
        terms=tuple(Term(term=row.term, say=tuple(row.say)) for row in terms),
    )


def golden(session: Session) -> Golden:
    row = session.scalars(select(GoldenRow)).one_or_none()
    return Golden.model_validate(row.content) if row else Golden()


def is_empty(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(EntryRow)) == 0


def next_number(session: Session) -> int:
    return (session.scalar(select(func.max(ReleaseRow.number))) or 0) + 1


def releases(session: Session) -> Sequence[ReleaseRow]:
    return session.scalars(select(ReleaseRow).order_by(ReleaseRow.number)).all()


def current(session: Session) -> ReleaseRow | None:
    return session.scalars(select(ReleaseRow).where(ReleaseRow.current)).one_or_none()


def make_current(session: Session, number: int) -> None:
    """Point everybody at a release. Raises `UnknownRelease`."""
    rows = releases(session)
    if all(row.number != number for row in rows):
        raise UnknownRelease(f"there is no release {number}; `shuiwen releases` lists them")
    for row in rows:
        row.current = row.number == number
