from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Owner
from bot.routing import (
    EMPTY,
    LONGEST_MESSAGE,
    TOO_LONG,
    UNKNOWN_BUTTON,
    AskRasa,
    LeaveMessage,
    ToAgent,
    ToQueue,
    Withdraw,
    choice_payload,
    decide,
)
from tests.bot.test_conversation import CHAT


@pytest.mark.parametrize(
    ("owner", "decision"),
    [("assistant", AskRasa()), ("closed", AskRasa()), ("waiting", ToQueue()), ("agent", ToAgent())],
)
def test_the_owner_decides_who_gets_a_message(owner: Owner, decision: object) -> None:
    assert decide(replace(CHAT, owner=owner), "小规模免税吗") == decision


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "​"])
def test_a_message_without_words_is_refused(text: str) -> None:
    assert decide(CHAT, text) is EMPTY


def test_a_message_beyond_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    assert decide(CHAT, "税" * (LONGEST_MESSAGE + 1)) is TOO_LONG
    assert decide(CHAT, "税" * LONGEST_MESSAGE) == AskRasa()


@given(st.text(min_size=1, max_size=40))
def test_a_button_leads_back_to_its_entry(entry: str) -> None:
    assert decide(CHAT, choice_payload(entry)) == AskRasa(entry)


@pytest.mark.parametrize(
    "text", ["/choose", "/choose{", '/choose{"entry": 3}', '/choose{"entry": ""}', "/choose[]"]
)
def test_a_payload_that_is_no_button_of_ours_is_refused(text: str) -> None:
    assert decide(CHAT, text) is UNKNOWN_BUTTON


def test_who_waits_can_go_back_to_the_assistant() -> None:
    assert decide(replace(CHAT, owner="waiting"), " 取消排队 ") == Withdraw()


@pytest.mark.parametrize(
    ("owner", "text", "decision"),
    [
        ("assistant", "留言 注销带什么材料 13800138000", LeaveMessage()),
        ("closed", " 留言：请回电", LeaveMessage()),
        ("waiting", "留言", LeaveMessage()),
        ("agent", "留言 请回电", ToAgent()),
        ("assistant", "留言板在哪里", AskRasa()),
    ],
)
def test_a_message_can_be_left_wherever_no_agent_is_listening(
    owner: Owner, text: str, decision: object
) -> None:
    assert decide(replace(CHAT, owner=owner), text) == decision


@given(st.text(max_size=300), st.sampled_from(["assistant", "waiting", "agent", "closed"]))
def test_every_text_gets_some_decision(text: str, owner: Owner) -> None:
    assert decide(replace(CHAT, owner=owner), text) is not None
