from __future__ import annotations

from datetime import UTC, datetime

import pytest

from actions.tasks import TASKS
from bot.conversation import Author, Conversation, Event
from desk.board import level
from desk.canned import filled
from desk.summary import facts, summary

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CHAT = Conversation("c1", "web", "c1", "waiting", 0, 1, AT)


def event(seq: int, author: Author, text: str, **data: object) -> Event:
    return Event("c1", seq, author, text, AT, dict(data))


def test_a_summary_tells_of_the_part_since_the_assistant_last_started_anew() -> None:
    events = [
        event(1, "customer", "旧问题"),
        event(2, "notice", "已交还", notice="returned"),
        event(3, "customer", "小规模免税吗"),
        event(4, "assistant", "免", outcome="answered", question="小规模多少以下免税？"),
        event(5, "customer", "那专票呢"),
        event(6, "assistant", "哪一种？", outcome="clarifying"),
    ]
    told = summary(CHAT, events, "投诉")
    assert (
        told.sentence
        == "来访者说了2句，助手已答复“小规模多少以下免税？”，1次没有把握或出错，因“投诉”转人工。"
    )
    assert told.asked == ("小规模免税吗", "那专票呢")


def test_the_summary_of_an_empty_conversation_is_a_sentence_too() -> None:
    assert summary(CHAT, [], "").sentence == "来访者说了0句。"


def test_facts_have_names_that_agents_understand() -> None:
    slots: dict[str, object] = {"who": "小规模纳税人", "as_of": None, "offered": ["x"]}
    assert facts(knowing(slots)) == (("身份", "小规模纳税人"),)


def knowing(slots: dict[str, object]) -> Conversation:
    return Conversation("c1", "web", "c1", "waiting", 0, 1, AT, state={"slots": slots})


@pytest.mark.parametrize(
    ("task", "known", "shown"),
    [
        ("rent", {"monthly": "5000"}, ("每月租金", "5,000元")),
        ("deadline", {"kind": "小规模纳税人", "month": "2026-11"}, ("申报月份", "2026-11")),
        ("eligibility", {"topic": "个税专项附加扣除"}, ("方面", "个税专项附加扣除")),
    ],
)
def test_what_a_task_has_collected_is_told_with_its_names(
    task: str, known: dict[str, str], shown: tuple[str, str]
) -> None:
    told = facts(knowing({"task": task, "known": known}))
    assert told[0] == ("正在办", TASKS[task].title)
    assert shown in told


def test_figures_that_an_older_version_kept_are_shown_as_they_are() -> None:
    assert ("monthly", "五千") in facts(knowing({"task": "rent", "known": {"monthly": "五千"}}))


def test_what_was_not_known_in_the_interview_is_told_as_such() -> None:
    known = {"topic": "个税专项附加扣除"}
    question = TASKS["eligibility"].question(known, AT.date())
    assert question
    assert (question.name, "不清楚") in facts(
        knowing({"task": "eligibility", "known": known | {question.key: "不清楚"}})
    )


@pytest.mark.parametrize(("seconds", "expected"), [(0, "ok"), (95, "ok"), (96, "warning"), (120, "late")])
def test_a_wait_warns_before_it_is_late(seconds: int, expected: str) -> None:
    assert level(seconds, 120) == expected


def test_variables_of_a_canned_reply_are_filled_and_unknown_ones_stay() -> None:
    text = filled("{坐席}{编号}{日期}{组别}{别的}", "小王", "0123456789", "发票", AT)
    assert text == "小王012345672026年11月21日发票{别的}"
