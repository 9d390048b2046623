"""A conversation, its log and its one owner; who may move it where. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Owner = Literal["assistant", "waiting", "agent", "closed"]
Author = Literal["customer", "assistant", "agent", "notice"]
Outcome = Literal[
    "answered",
    "calculated",
    "clarifying",
    "collecting",
    "handed_off",
    "declined",
    "refused",
    "smalltalk",
    "failed",
]
HandoffReason = Literal[
    "asked_for_agent",
    "low_confidence",
    "needs_account_data",
    "repeated_failure",
    "complaint",
    "assistant_down",
]
Move = Literal[
    "request", "withdraw", "leave", "claim", "transfer", "lapse", "take_over", "return", "close", "reopen"
]

OUTCOMES: frozenset[str] = frozenset(Outcome.__args__)  # type: ignore[attr-defined]

MOVES: dict[Move, tuple[frozenset[Owner], Owner]] = {
    "request": (frozenset({"assistant"}), "waiting"),
    "withdraw": (frozenset({"waiting"}), "assistant"),
    "leave": (frozenset({"waiting", "assistant"}), "assistant"),
    "claim": (frozenset({"waiting"}), "agent"),
    "transfer": (frozenset({"agent"}), "waiting"),
    "lapse": (frozenset({"agent"}), "waiting"),
    "take_over": (frozenset({"assistant", "waiting", "agent"}), "agent"),
    "return": (frozenset({"agent"}), "assistant"),
    "close": (frozenset({"agent", "waiting", "assistant"}), "closed"),
    "reopen": (frozenset({"closed"}), "assistant"),
}


class MoveRefused(Exception):
    """A conversation cannot be moved that way now. The text is for the person who tried."""


class NotWaiting(MoveRefused):
    """Only a waiting conversation can be claimed; another agent was first, or the person left."""


class NotYours(MoveRefused):
    """The conversation belongs to another agent, or to none."""


@dataclass(frozen=True)
class Conversation:
    """The state of one chat. ``dialogue`` counts the fresh starts of the assistant in it.

    ``elder`` where the person chose the mode for older people.
    """

    id: str
    channel: str
    address: str
    owner: Owner
    last_seq: int
    dialogue: int
    opened_at: datetime
    agent: str | None = None
    reason: HandoffReason | None = None
    waiting_since: datetime | None = None
    state: dict[str, Any] | None = None
    failures: int = 0
    elder: bool = False

    @property
    def sender(self) -> str:
        """The name under which Rasa knows the present dialogue of this conversation."""
        return f"{self.channel}:{self.id}:{self.dialogue}"

    def after(self, move: Move) -> Owner:
        """The owner after ``move``. Raises `MoveRefused` where the present owner forbids it."""
        allowed, owner = MOVES[move]
        if self.owner not in allowed:
            refusal = NotWaiting if move == "claim" else MoveRefused
            raise refusal(_REFUSALS[move])
        return owner


_REFUSALS: dict[Move, str] = {
    "request": "这个会话已经在排队或已由人工接待。",
    "withdraw": "这个会话不在排队中。",
    "leave": "工作人员正在接待您，直接说就可以。",
    "claim": "这个会话已被别人接走，或对方已离开。",
    "transfer": "这个会话不在您手上，不能转出。",
    "lapse": "这个会话没有工作人员在接待。",
    "take_over": "这个会话已经结束，不能接管。",
    "return": "这个会话不在您手上，不能交还助手。",
    "close": "这个会话已经结束。",
    "reopen": "这个会话没有结束。",
}


@dataclass(frozen=True)
class Reply:
    """What the assistant says: text, buttons and the typed part. ``evidence`` is for staff only."""

    text: str
    outcome: Outcome
    buttons: tuple[Button, ...] = ()
    reason: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] | None = None


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Event:
    """One line of the log. ``seq`` counts from 1 without holes; ``reply_to`` is the line it answers."""

    conversation: str
    seq: int
    author: Author
    text: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    client_txn_id: str | None = None
    reply_to: int | None = None
    staff: str | None = None
    evidence: dict[str, Any] | None = None


@dataclass(frozen=True)
class Inbound:
    """A message as a channel hands it in. ``client_txn_id`` makes a retry the same message."""

    conversation: str
    client_txn_id: str
    text: str
