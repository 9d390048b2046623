from __future__ import annotations

from datetime import UTC, datetime

import pytest

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
    state = {"slots": {"who": "小规模纳税人", "monthly_salary": "20000", "as_of": None, "offered": ["x"]}}
    chat = Conversation("c1", "web", "c1", "waiting", 0, 1, AT, state=state)
    assert facts(chat) == (("身份", "小规模纳税人"), ("月薪（元）", "20000"))


@pytest.mark.parametrize(("seconds", "expected"), [(0, "ok"), (95, "ok"), (96, "warning"), (120, "late")])
def test_a_wait_warns_before_it_is_late(seconds: int, expected: str) -> None:
    assert level(seconds, 120) == expected


def test_variables_of_a_canned_reply_are_filled_and_unknown_ones_stay() -> None:
    text = filled("{坐席}{编号}{日期}{组别}{别的}", "小王", "0123456789", "发票", AT)
    assert text == "小王012345672026年11月21日发票{别的}"
