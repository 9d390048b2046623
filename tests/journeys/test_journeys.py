from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.conftest import Town

pytestmark = pytest.mark.journey

THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"


def only(replies: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(replies) == 1, replies
    return replies[0]


def outcome(replies: list[dict[str, Any]]) -> str:
    return str(replies[-1]["custom"]["outcome"])


def test_a_question_gets_the_version_in_force_with_its_documents(town: Town) -> None:
    custom = only(town.say("ask", THRESHOLD))["custom"]
    assert (custom["outcome"], custom["entry"]) == ("answered", "vat-small-threshold")
    assert custom["as_of"] == "2026-11-21"
    [citation] = [c for c in custom["citations"] if "2026年第10号" in c["document_no"]]
    assert citation["effective_from"] == "2026-01-01"


@pytest.mark.parametrize(
    ("when", "document", "as_of"),
    [
        ("2022年三季度", "2022年第15号", "2022-09-30"),
        ("去年", "2023年第19号", "2025-12-31"),
        ("2024年一季度", "2023年第19号", "2024-03-31"),
        ("2020年", "财税〔2019〕13号", "2020-12-31"),
    ],
)
def test_the_same_question_about_a_period_gets_the_version_of_that_period(
    town: Town, when: str, document: str, as_of: str
) -> None:
    custom = only(town.say(f"as-of-{when}", when + THRESHOLD))["custom"]
    assert (custom["outcome"], custom["as_of"]) == ("answered", as_of)
    assert any(document in citation["document_no"] for citation in custom["citations"])


def test_a_follow_up_changes_the_period_and_keeps_the_question(town: Town) -> None:
    town.say("follow", THRESHOLD)
    custom = only(town.say("follow", "那2024年呢？"))["custom"]
    assert (custom["entry"], custom["as_of"]) == ("vat-small-threshold", "2024-12-31")


def test_an_ambiguous_word_is_asked_back_and_a_button_answers(town: Town) -> None:
    asked = only(town.say("ambiguous", "起征点是多少"))
    assert asked["custom"]["outcome"] == "clarifying"
    assert 2 <= len(asked["buttons"]) <= 6
    chosen = only(town.say("ambiguous", asked["buttons"][0]["payload"]))
    assert chosen["custom"]["outcome"] in {"answered", "clarifying"}


def test_the_form_collects_a_salary_is_interrupted_and_calculates(town: Town) -> None:
    assert outcome(town.say("form", "帮我算一下工资个税")) == "collecting"
    assert outcome(town.say("form", "2万")) == "collecting"
    interrupted = town.say("form", THRESHOLD)
    assert [reply["custom"]["outcome"] for reply in interrupted] == ["answered", "collecting"]
    assert outcome(town.say("form", "3000")) == "collecting"
    assert outcome(town.say("form", "没有")) == "collecting"
    result = only(town.say("form", "3月"))
    assert result["custom"]["outcome"] == "calculated"
    # 累计 (20,000−5,000−3,000)×3＝36,000，3%＝1,080；上两个月720；本月360。
    assert result["custom"]["figures"]["withheld_now"] == "360.00"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("转人工", "asked_for_agent"),
        ("我要投诉你们大厅的工作人员态度太差", "complaint"),
        ("帮我查一下我的退税到哪一步了", "needs_account_data"),
    ],
)
def test_what_needs_a_person_is_handed_over_with_its_reason(town: Town, message: str, reason: str) -> None:
    custom = only(town.say(f"handoff-{reason}", message))["custom"]
    assert (custom["outcome"], custom["reason"]) == ("handed_off", reason)
    assert custom["place"] >= 1


def test_unsure_then_a_person_takes_over_and_gives_back(town: Town) -> None:
    first = only(town.say("unsure", "我家那个事情税务上怎么弄比较好一点"))
    assert first["custom"]["outcome"] == "clarifying"
    second = only(town.say("unsure", "就是那个东西的税到底怎么弄嘛"))
    assert (second["custom"]["outcome"], second["custom"]["reason"]) == ("handed_off", "low_confidence")
    conversation = second["custom"]["conversation"]
    with town.agent("小王") as wang, town.agent("小李") as li:
        assert "助手没有把握" in wang.desk()
        assert "助手的考虑" in wang.act(conversation, "claim")
        assert "已被别人接走" in li.act(conversation, "claim")
        assert "请问具体是什么业务" in wang.act(conversation, "reply", text="请问具体是什么业务？")
        assert town.say("unsure", "是房子的事") == []
        wang.act(conversation, "return")
    assert outcome(town.say("unsure", THRESHOLD)) == "answered"


def test_the_stream_resumes_after_the_last_event_seen_and_shows_an_agents_reply(town: Town) -> None:
    with town.browser() as api, town.agent("小赵") as agent:
        opened = api.post("/api/conversations").json()
        address = f"/api/conversations/{opened['conversation']}"
        token = {"Authorization": f"Bearer {opened['token']}"}
        for number in (1, 2, 2):
            api.post(
                f"{address}/messages", headers=token, json={"client_txn_id": f"t{number}", "text": "转人工"}
            )
        seen: list[dict[str, Any]] = []
        with api.stream("GET", f"{address}/events", headers=token | {"Last-Event-ID": "1"}) as stream:
            named = False
            for line in stream.iter_lines():
                named = bool(line) and (named or line.startswith("event: "))
                if line.startswith("data: ") and not named:
                    seen.append(json.loads(line.removeprefix("data: ")))
                    if len(seen) == 3:
                        agent.act(opened["conversation"], "claim")
                        agent.act(opened["conversation"], "reply", text="您好")
                if len(seen) == 5:
                    break
    assert [event["seq"] for event in seen] == [2, 3, 4, 5, 6]
    assert [event["author"] for event in seen] == ["assistant", "customer", "assistant", "notice", "agent"]


def test_a_slash_obeys_nobody(town: Town) -> None:
    for number, command in enumerate(("/restart", '/choose{"entry": "no-such-entry"}', "/session_start")):
        assert town.say(f"slash-{number}", command)[-1]["text"]


def test_the_name_of_an_intent_after_a_slash_is_only_words(town: Town) -> None:
    assert outcome(town.say("slash-intent", "/account_data")) != "handed_off"


def test_markup_comes_back_as_text(town: Town) -> None:
    with town.browser() as browser:
        page = browser.post("/chat", data={"text": "<img src=x onerror=alert(1)>", "client_txn_id": "x"}).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_rasa_killed_in_the_middle_of_a_form_is_restarted_and_the_form_goes_on(town: Town) -> None:
    town.say("killed", "帮我算一下工资个税")
    assert "社保" in only(town.say("killed", "2万"))["text"]
    [pid] = town.rasa_pids()
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    town.wait_until_ready()
    assert "专项附加扣除" in only(town.say("killed", "3000"))["text"]
    assert town.rasa_pids() != [pid]


def test_what_is_published_is_live_within_seconds_and_can_be_rolled_back(town: Town) -> None:
    def live() -> int:
        return int(httpx.get(f"{town.address}/readyz", trust_env=False).json()["release"])

    def becomes(number: int) -> bool:
        for _ in range(40):
            if live() == number:
                return True
            time.sleep(0.25)
        return False

    before = live()
    assert town.command("publish").returncode == 0
    assert becomes(before + 1)
    assert outcome(town.say("republished", THRESHOLD)) == "answered"
    assert town.command("rollback", str(before)).returncode == 0
    assert becomes(before)
    refused = town.command("rollback", "999")
    assert refused.returncode == 1
    assert "there is no release 999" in refused.stderr


def test_a_release_that_fails_to_load_leaves_the_present_one_in_use(town: Town) -> None:
    with sqlite3.connect(town.data / "shuiwen.sqlite3") as database:
        rows = database.execute("SELECT number, folder, current FROM releases ORDER BY number").fetchall()
        present = next(number for number, _, current in rows if current)
        broken = Path(town.data) / "releases" / "broken"
        broken.mkdir()
        (broken / "knowledge.json").write_text("{")
        database.execute("UPDATE releases SET current = 0")
        database.execute(
            "INSERT INTO releases (number, folder, report, current, published_at) VALUES (900, ?, '{}', 1, ?)",
            (str(broken), "2026-11-21 00:00:00"),
        )
    try:
        time.sleep(4)
        ready = httpx.get(f"{town.address}/readyz", trust_env=False).json()
        assert ready["release"] == present
        assert "problem" in ready
        assert outcome(town.say("broken", THRESHOLD)) == "answered"
    finally:
        with sqlite3.connect(town.data / "shuiwen.sqlite3") as database:
            database.execute("DELETE FROM releases WHERE number = 900")
            database.execute("UPDATE releases SET current = 1 WHERE number = ?", (present,))


def test_a_taken_port_ends_with_one_sentence(town: Town) -> None:
    refused = town.command("run")
    assert refused.returncode == 1
    assert "is taken" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_log_holds_each_message_exactly_once(town: Town) -> None:
    town.say("counted", "第一句")
    conversation = town.say("counted", "a" * 100_000)[0]["custom"]["conversation"]
    with sqlite3.connect(town.data / "shuiwen.sqlite3") as database:
        rows = database.execute(
            "SELECT seq, author, length(text) FROM events WHERE conversation = ? ORDER BY seq",
            (conversation,),
        ).fetchall()
    assert [seq for seq, _, _ in rows] == list(range(1, len(rows) + 1))
    assert [length for _, author, length in rows if author == "customer"] == [3, 2_000]


def test_ctrl_c_stops_rasa_too_and_the_second_start_redoes_nothing(town: Town) -> None:
    town.stop()
    assert town.rasa_pids() == []
    releases = sorted((town.data / "releases").iterdir())
    began = time.time()
    town.start()
    assert sorted((town.data / "releases").iterdir()) == releases
    assert all(path.stat().st_mtime < began for path in releases)
    assert outcome(town.say("restarted", THRESHOLD)) == "answered"
