from __future__ import annotations

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from app.assembly import Parts
from bot import log, roster
from bot.attachments import LARGEST_FILE
from bot.channels.contract import LIMITS
from bot.routing import LONGEST_MESSAGE
from tests.fakes import FakeClock
from tests.signing import signed_in
from widget import notices
from widget.notices import WrongNotice

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


def answered(parts: Parts, entry: str, times: int) -> None:
    with parts.database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", parts.now())
        for _ in range(times):
            log.append(session, chat.id, "assistant", "……", parts.now(), data={"entry": entry})


def test_hot_questions_are_what_the_release_answered_most(client: TestClient, parts: Parts) -> None:
    assert parts.shelf.release
    often, sometimes = parts.shelf.release.knowledge.entries[7:9]
    answered(parts, sometimes.id, 1)
    answered(parts, often.id, 3)
    answered(parts, "no-longer-there", 9)
    hot = client.get("/api/opening").json()["hot"]
    assert hot[:2] == [often.question, sometimes.question]
    assert len(hot) == len(set(hot)) == 6


def test_hot_questions_are_counted_anew_after_a_while(
    client: TestClient, parts: Parts, clock: FakeClock
) -> None:
    assert parts.shelf.release
    entry = parts.shelf.release.knowledge.entries[9]
    before = client.get("/api/opening").json()["hot"]
    answered(parts, entry.id, 2)
    assert client.get("/api/opening").json()["hot"] == before
    clock.at += timedelta(minutes=11)
    assert client.get("/api/opening").json()["hot"][0] == entry.question


def test_a_notice_is_shown_on_its_days_alone(client: TestClient, parts: Parts) -> None:
    with parts.database.writing() as session:
        notices.add(session, "今天维护", TODAY, TODAY)
        notices.add(session, "昨天的", TODAY - DAY, TODAY - DAY)
        notices.add(session, "明天的", TODAY + DAY, TODAY + DAY)
    assert client.get("/api/opening").json()["notices"] == [{"text": "今天维护"}]
    assert client.get("/api/opening?lang=zh-Hant").json()["notices"] == [{"text": "今天維護"}]


def test_a_notice_that_could_never_be_shown_is_refused(parts: Parts) -> None:
    with parts.database.writing() as session:
        for text, last in (("", TODAY), ("晚了", TODAY - DAY)):
            with pytest.raises(WrongNotice):
                notices.add(session, text, TODAY, last)
        with pytest.raises(WrongNotice):
            notices.remove(session, 5)


def test_people_are_on_duty_while_somebody_takes_conversations(client: TestClient, parts: Parts) -> None:
    signed_in(parts, "小周")
    before = client.get("/api/opening").json()
    assert (before["on_duty"], before["opens"]) == (False, "2026-11-23T09:00:00+08:00")  # after a Saturday
    with parts.database.writing() as session:
        roster.seen(session, "a1", parts.now(), ready=True)
    assert client.get("/api/opening").json()["on_duty"] is True
    with parts.database.writing() as session:
        roster.left(session, "a1")
    assert client.get("/api/opening").json()["on_duty"] is False


def test_within_the_hours_no_later_opening_is_told(client: TestClient, clock: FakeClock) -> None:
    clock.at += timedelta(days=2) - timedelta(hours=5)  # a Monday, 11 o'clock in China
    assert client.get("/api/opening").json()["opens"] is None


def test_limits_are_told_from_where_they_are_kept(client: TestClient) -> None:
    limits = client.get("/api/opening").json()["limits"]
    assert limits == LIMITS
    assert (limits["message"], limits["upload"]) == (LONGEST_MESSAGE, LARGEST_FILE)
    assert f'maxlength="{LONGEST_MESSAGE}"' in client.get("/chat").text


def test_suggestions_come_in_the_script_asked_for(client: TestClient) -> None:
    plain = client.get("/api/suggestions", params={"q": "小規模納稅人"}).json()["suggestions"]
    hant = client.get("/api/suggestions", params={"q": "小規模納稅人", "lang": "zh-Hant"}).json()[
        "suggestions"
    ]
    assert "纳税人" in plain[0]
    assert "納稅人" in hant[0]
    assert client.get("/api/suggestions", params={"q": "x" * 101}).status_code == 422


def test_who_reads_english_is_offered_what_has_an_english_answer(client: TestClient) -> None:
    hot = client.get("/api/opening?lang=en").json()["hot"]
    assert hot[0] == "Up to what sales are small-scale taxpayers exempt from VAT?"

    def suggested(typed: str) -> list[str]:
        found: list[str] = client.get("/api/suggestions", params={"q": typed, "lang": "en"}).json()[
            "suggestions"
        ]
        return found

    assert suggested("small VAT") == [hot[0]]
    assert suggested("bitcoin") == []
    assert "纳税人" in suggested("小规模纳税人")[0]
