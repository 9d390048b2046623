from __future__ import annotations

from collections.abc import Callable

import pytest

from app.assembly import Parts
from bot import log
from bot.conversation import Conversation, Event
from bot.routing import LONGEST_MESSAGE
from tests.desk.conftest import Desk

SignIn = Callable[[str], Desk]
Waiting = Callable[..., str]


@pytest.fixture
def now(parts: Parts) -> Callable[[str], tuple[Conversation, list[Event]]]:
    """A conversation as it stands, with its log."""

    def read(conversation: str) -> tuple[Conversation, list[Event]]:
        with parts.database.reading() as session:
            return log.load(session, conversation), log.events_after(session, conversation)

    return read


Now = Callable[[str], tuple[Conversation, list[Event]]]


def test_of_two_who_claim_one_wins_and_the_other_is_told(agent: SignIn, waiting: Waiting, now: Now) -> None:
    conversation = waiting()
    first, second = agent("小王"), agent("小李")
    assert "人工接待" in first.act(conversation, "claim").text
    assert "已被别人接走" in second.act(conversation, "claim").text
    assert "小王" in now(conversation)[1][-1].text


@pytest.mark.parametrize("move", ["reply", "return", "close"])
def test_only_the_owner_can_act_and_another_is_told(
    agent: SignIn, waiting: Waiting, now: Now, move: str
) -> None:
    conversation = waiting()
    agent("小王").act(conversation, "claim")
    before = now(conversation)
    page = agent("小李").act(conversation, move, text="您好")
    assert "这个会话不在您手上" in page.text
    assert "已交还智能助手" not in page.text
    assert now(conversation) == before


@pytest.mark.parametrize("move", ["reply", "return", "close"])
def test_a_waiting_conversation_must_be_claimed_first(
    agent: SignIn, waiting: Waiting, now: Now, move: str
) -> None:
    conversation = waiting()
    before = now(conversation)
    assert "这个会话不在您手上" in agent("小王").act(conversation, move, text="您好").text
    assert now(conversation) == before


def test_the_owners_reply_is_logged_and_shown(agent: SignIn, waiting: Waiting, now: Now) -> None:
    conversation = waiting()
    desk = agent("小王")
    desk.act(conversation, "claim")
    assert "月底前都可以" in desk.act(conversation, "reply", text="  月底前都可以  ").text
    last = now(conversation)[1][-1]
    assert (last.author, last.text) == ("agent", "月底前都可以")


@pytest.mark.parametrize(
    ("move", "owner", "said"), [("return", "assistant", "已交还智能助手"), ("close", "closed", "会话已结束")]
)
def test_the_owner_lets_go_and_is_told(
    agent: SignIn, waiting: Waiting, now: Now, move: str, owner: str, said: str
) -> None:
    conversation = waiting()
    desk = agent("小王")
    desk.act(conversation, "claim")
    assert said in desk.act(conversation, move).text
    assert now(conversation)[0].owner == owner
    assert conversation not in desk.page()


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_reply_is_not_sent(agent: SignIn, waiting: Waiting, now: Now, text: str) -> None:
    conversation = waiting()
    desk = agent("小王")
    desk.act(conversation, "claim")
    before = now(conversation)
    assert "没有填写内容" in desk.act(conversation, "reply", text=text).text
    assert now(conversation) == before


def test_a_reply_beyond_the_limit_is_refused(agent: SignIn, waiting: Waiting, now: Now) -> None:
    conversation = waiting()
    desk = agent("小王")
    desk.act(conversation, "claim")
    before = now(conversation)
    assert desk.act(conversation, "reply", text="税" * (LONGEST_MESSAGE + 1)).status_code == 422
    assert now(conversation) == before


@pytest.mark.parametrize("move", ["claim", "reply", "return", "close"])
def test_a_deed_on_an_unknown_conversation_gives_a_page_that_says_so(agent: SignIn, move: str) -> None:
    response = agent("小王").act("no-such-conversation", move, text="您好")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "没有这个会话" in response.text


def test_a_deed_that_the_desk_does_not_know_is_refused(agent: SignIn, waiting: Waiting, now: Now) -> None:
    conversation = waiting()
    before = now(conversation)
    assert agent("小王").act(conversation, "reopen").status_code == 404
    assert now(conversation) == before
