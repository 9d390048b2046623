from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from app import retention
from app.settings import Settings
from bot import cases, forgetting, log, outbox, ratings
from bot.attachments import Folder, receive
from bot.cases import CaseRow
from bot.log import ConversationRow, EventRow, UnknownConversation
from bot.originals import OriginalRow, keep
from bot.ratings import RatingRow
from bot.vault import Vault, new_key
from desk import audit, lockout, sessions, staff
from desk.audit import AuditRow
from desk.lockout import SignInFailuresRow
from desk.sessions import Browser, StaffSessionRow
from knowledge import proposals
from store.database import Base, Database
from tests.fakes import FakeClock

SETTINGS = Settings()
NOTHING = {
    "originals": 0,
    "evidence": 0,
    "conversations": 0,
    "files": 0,
    "drafts": 0,
    "deliveries": 0,
    "sessions": 0,
    "audit": 0,
}


def days_ago(clock: FakeClock, days: float) -> datetime:
    return clock.at - timedelta(days=days)


def said(database: Database, *at: datetime) -> str:
    """A conversation with a message and an evident reply at each moment, and sealed originals."""
    vault = Vault(new_key())
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", at[0])
        for moment in at:
            event = log.append(session, chat.id, "customer", "小规模免税吗", moment)
            log.append(session, chat.id, "assistant", "免税", moment, evidence={"release": 1})
            keep(session, event, "小规模免税吗", vault)
    return chat.id


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_on_fresh_data_nothing_is_deleted(database: Database, clock: FakeClock) -> None:
    said(database, clock())
    assert retention.run(database, SETTINGS, clock()) == NOTHING
    assert count(database, EventRow) == 2


def test_each_kind_goes_after_its_own_days(database: Database, clock: FakeClock) -> None:
    said(database, days_ago(clock, 31), days_ago(clock, 29))
    said(database, days_ago(clock, 181))
    gone = said(database, days_ago(clock, 731))
    deleted = retention.run(database, SETTINGS, clock())
    assert deleted == NOTHING | {"originals": 3, "evidence": 2, "conversations": 1}
    with database.reading() as session, pytest.raises(UnknownConversation):
        log.load(session, gone)
    assert count(database, EventRow) == 6
    assert retention.run(database, SETTINGS, clock()) == NOTHING


def test_a_conversation_goes_as_a_whole_once_its_last_word_is_old(
    database: Database, clock: FakeClock
) -> None:
    chat = said(database, days_ago(clock, 3_000), days_ago(clock, 1))
    assert retention.run(database, SETTINGS, clock())["conversations"] == 0
    with database.reading() as session:
        assert [event.seq for event in log.events_after(session, chat)] == [1, 2, 3, 4]


def test_a_deleted_conversation_leaves_no_row_that_refers_to_it(database: Database, clock: FakeClock) -> None:
    chat = said(database, days_ago(clock, 731))
    with database.writing() as session:
        assert forgetting.conversations(session, days_ago(clock, 730)) == 1
    for table in (ConversationRow, EventRow, OriginalRow):
        assert count(database, table) == 0, chat


def test_a_file_goes_with_its_conversation(database: Database, clock: FakeClock, tmp_path: Path) -> None:
    settings, old = Settings(data=tmp_path), days_ago(clock, 731)
    kept = []
    with database.writing() as session:
        for last_word in (old, clock.at):
            chat, _ = log.open_conversation(session, "web", "", old)
            sent = receive(session, Folder(settings.files), chat.id, "f1", "a.png", b"\x89PNG\r\n\x1a\n", old)
            log.append(session, chat.id, "customer", "收到了吗", last_word)
            kept.append(Folder(settings.files).path(sent.data["file"]["id"]))
    for path in kept:
        os.utime(path, (old.timestamp(), old.timestamp()))
    assert retention.run(database, settings, clock())["files"] == 1
    assert [path.exists() for path in kept] == [False, True]


def test_evidence_of_ratings_and_contacts_of_messages_left_go_after_their_days(
    database: Database, clock: FakeClock
) -> None:
    old = days_ago(clock, 181)
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", old)
        seen = log.append(
            session, chat.id, "assistant", "免税", old, data={"outcome": "answered"}, evidence={"release": 1}
        )
        ratings.rate_answer(session, chat.id, seen.seq, True, None, old)
        cases.open_case(session, chat.id, "征管", "请回电 13800138000", old, Vault(new_key()))
    retention.run(database, SETTINGS, clock())
    with database.reading() as session:
        assert session.scalars(select(RatingRow.evidence)).all() == [None]
        assert session.scalars(select(CaseRow.sealed)).all() == [None]


def test_drafts_go_after_their_days_and_with_the_conversation_that_they_came_from(
    database: Database, clock: FakeClock
) -> None:
    forgotten, kept = said(database, days_ago(clock, 731)), said(database, clock())
    with database.writing() as session:
        for seq, (chat, at) in enumerate(
            ((forgotten, clock()), (kept, days_ago(clock, 731)), (kept, days_ago(clock, 729)))
        ):
            proposals.propose(session, chat, seq, "何时申报", "月底前", [], "s1", at)
    assert retention.run(database, SETTINGS, clock())["drafts"] == 1
    with database.reading() as session:
        assert [(row.conversation, row.seq) for row in proposals.proposed(session)] == [(kept, 2)]


def test_what_webhooks_were_told_goes_after_its_days_and_what_is_still_to_be_told_stays(
    either_database: Database, clock: FakeClock
) -> None:
    old, new = days_ago(clock, 31), days_ago(clock, 29)
    with either_database.writing() as session:
        outbox.subscribe(session, "https://example.cn/hook", [], old)
        for at in (old, new, old, old):
            outbox.put(session, "handoff.requested", "c1", at)
        told = outbox.due(session, clock(), limit=4)
        by_age = sorted(told, key=lambda one: str(one.body["at"]))
        outbox.delivered(session, by_age[0].id, clock())
        outbox.failed(session, replace(by_age[1], attempts=outbox.ATTEMPTS), "503", clock())
        outbox.delivered(session, by_age[3].id, clock())
    assert retention.run(either_database, SETTINGS, clock())["deliveries"] == 2
    with either_database.reading() as session:
        kept = {row.id for row in session.scalars(select(outbox.DeliveryRow))}
    assert kept == {by_age[2].id, by_age[3].id}


def test_more_than_a_batch_is_deleted_too(database: Database, clock: FakeClock) -> None:
    with database.writing() as session:
        for _ in range(forgetting.AT_ONCE + 1):
            log.open_conversation(session, "web", "", days_ago(clock, 731))
    assert retention.run(database, SETTINGS, clock())["conversations"] == forgetting.AT_ONCE + 1


def test_ended_sessions_old_links_and_failures_go_and_open_sessions_stay(
    database: Database, clock: FakeClock
) -> None:
    old, new = days_ago(clock, 91), clock.at
    with database.writing() as session:
        for moment in (old, new):
            link = staff.invite(session, "小王", moment)
            sessions.begin(session, staff.use_link(session, link, moment), "link", Browser("", ""), moment)
            staff.invite(session, "小王", moment)
            lockout.charge(session, f"{moment}", f"{moment}", moment)
    assert retention.run(database, SETTINGS, clock())["sessions"] == 4
    assert (count(database, StaffSessionRow), count(database, SignInFailuresRow)) == (1, 2)


def test_a_forgotten_session_does_not_make_the_first_sign_in_come_again(
    database: Database, clock: FakeClock
) -> None:
    old = days_ago(clock, 91)
    with database.writing() as session:
        link = staff.invite(session, "小王", old)
        sessions.begin(session, staff.use_link(session, link, old), "link", Browser("", ""), old)
    retention.run(database, SETTINGS, clock())
    with database.reading() as session:
        assert staff.ever_signed_in(session)


def test_old_audit_lines_go_and_the_run_itself_is_audited_in_counts(
    database: Database, clock: FakeClock
) -> None:
    with database.writing() as session:
        audit.record(session, days_ago(clock, 1_096), "老周", "disabled", "小王")
        audit.record(session, days_ago(clock, 1_094), "老周", "enabled", "小王")
    deleted = retention.run(database, SETTINGS, clock(), "命令行")
    assert deleted == NOTHING | {"audit": 1}
    with database.reading() as session:
        newest, kept = audit.lines(session)
    assert (newest.actor, newest.act, newest.detail) == ("命令行", "forgotten", deleted)
    assert kept.act == "enabled"


@pytest.mark.parametrize(
    "days", [{"keep_audit_days": 182}, {"keep_events_days": 0}, {"keep_originals_days": -1}]
)
def test_days_that_the_law_or_sense_forbids_are_refused(days: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Settings(**days)  # type: ignore[arg-type]


async def test_the_application_runs_it_once_a_day(database: Database, clock: FakeClock) -> None:
    async def for_a_moment() -> None:
        task = asyncio.create_task(retention.keep_running(database, SETTINGS, clock))
        while not count(database, AuditRow):  # noqa: ASYNC110 - another thread's deed
            await asyncio.sleep(0.01)
        task.cancel()

    await for_a_moment()
    assert not retention.due(database, clock())
    assert not retention.due(database, clock.at + timedelta(hours=23))
    assert retention.due(database, clock.at + timedelta(hours=25))
