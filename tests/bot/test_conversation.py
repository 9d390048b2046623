from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from bot.conversation import MOVES, Conversation, MoveRefused, NotWaiting, Owner

CHAT = Conversation("c1", "web", "c1", "assistant", 0, 1, datetime(2026, 11, 21, tzinfo=UTC))


def test_every_owner_can_be_left_by_some_move() -> None:
    left = {owner for allowed, _ in MOVES.values() for owner in allowed}
    assert left == set(get_args(Owner))


@pytest.mark.parametrize("owner", ["assistant", "agent", "closed"])
def test_only_a_waiting_conversation_can_be_claimed(owner: Owner) -> None:
    with pytest.raises(NotWaiting):
        replace(CHAT, owner=owner).after("claim")


def test_a_closed_conversation_can_only_be_reopened() -> None:
    closed = replace(CHAT, owner="closed")
    assert closed.after("reopen") == "assistant"
    for move in MOVES.keys() - {"reopen"}:
        with pytest.raises(MoveRefused):
            closed.after(move)


def test_each_fresh_start_has_a_sender_of_its_own() -> None:
    assert CHAT.sender != replace(CHAT, dialogue=2).sender
