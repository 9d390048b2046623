"""The stream of the desk's pages: it beats, and it ends with the right to see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.assembly import Parts
from desk import sessions, staff, tokens
from desk.board import Boards, Targets
from desk.sessions import Browser
from desk.staff import Staff, StaffRow
from desk.stream import BEAT, Looks, changes
from tests.fakes import FakeClock

LOOKS = Looks(board=lambda _: {}, lines=lambda _: [])
BROWSER = Browser("Firefox", "127.0.0.1")


async def never() -> bool:
    return False


@pytest.fixture
def row(parts: Parts) -> StaffRow:
    with parts.database.writing() as session:
        staff.invite(session, "小王", parts.now())
        return session.scalars(select(StaffRow)).one()


@pytest.fixture
def signed_in(parts: Parts, row: StaffRow) -> Staff:
    with parts.database.writing() as session:
        token = sessions.begin(session, session.get_one(StaffRow, row.id), "password", BROWSER, parts.now())
    with parts.database.reading() as session:
        return sessions.signed_in(session, token, parts.now())


def stream_of(parts: Parts, who: Staff) -> AsyncIterator[str]:
    boards = Boards(parts.database, parts.now, Targets())
    return changes(parts.database, parts.feed, boards, parts.now, who, "", 0, LOOKS, never)


async def until_beat(stream: AsyncIterator[str]) -> None:
    async for text in stream:
        if text.startswith("event: beat"):
            return
    raise AssertionError("the stream ended without a beat")


async def over(stream: AsyncIterator[str]) -> bool:
    """Whether the stream ends before its next beat."""
    async for text in stream:
        if text.startswith("event: beat"):
            return False
    return True


async def test_a_stream_beats_at_once_and_again_and_again(
    parts: Parts, signed_in: Staff, clock: FakeClock
) -> None:
    stream = stream_of(parts, signed_in)
    for _ in range(3):
        await until_beat(stream)
        clock.at += BEAT


async def test_a_stream_ends_with_the_session_of_its_browser(
    parts: Parts, signed_in: Staff, clock: FakeClock
) -> None:
    stream = stream_of(parts, signed_in)
    await until_beat(stream)
    with parts.database.writing() as session:
        sessions.end_all(session, signed_in.id, clock())
    clock.at += BEAT
    assert await over(stream)


async def test_a_stream_ends_when_the_role_changes(parts: Parts, signed_in: Staff, clock: FakeClock) -> None:
    stream = stream_of(parts, signed_in)
    await until_beat(stream)
    with parts.database.writing() as session:
        session.get_one(StaffRow, signed_in.id).role = "curator"
    clock.at += BEAT
    assert await over(stream)


async def test_a_programs_stream_ends_when_its_token_is_revoked(
    parts: Parts, row: StaffRow, clock: FakeClock
) -> None:
    with parts.database.writing() as session:
        token = tokens.issue(session, row.id, "test", clock())
    with parts.database.reading() as session:
        stream = stream_of(parts, tokens.owner(session, token))
    await until_beat(stream)
    with parts.database.writing() as session:
        tokens.revoke(session, row.id, "test")
    clock.at += BEAT
    assert await over(stream)


async def test_a_session_that_runs_out_ends_its_stream(
    parts: Parts, signed_in: Staff, clock: FakeClock
) -> None:
    stream = stream_of(parts, signed_in)
    await until_beat(stream)
    clock.at += sessions.SESSION_LIFE + timedelta(seconds=1)
    assert await over(stream)
