"""What an agent wants to know before the first word: a summary, the facts collected, what was considered. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from actions.question import Figures
from actions.tasks import TASKS
from bot.conversation import Conversation, Event

FACTS = {
    "who": "身份",
    "as_of": "所属期",
}
ASKED = 3
SHOWN_OF_TEXT = 40
_STARTS = ("returned", "closed")


@dataclass(frozen=True)
class Summary:
    """``asked`` newest last; ``answered`` the questions of the entries that the assistant gave."""

    sentence: str
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def summary(conversation: Conversation, events: Sequence[Event], reason: str) -> Summary:
    """Of the part since the assistant last started anew."""
    part = _since_last_start(events)
    asked = [_short(event.text) for event in part if event.author == "customer"]
    answered = [str(event.data["question"]) for event in part if event.data.get("outcome") == "answered"]
    unsure = sum(event.data.get("outcome") in ("clarifying", "failed") for event in part)
    sentence = "，".join(_clauses(len(asked), answered, unsure, reason)) + "。"
    return Summary(sentence, tuple(asked[-ASKED:]), tuple(dict.fromkeys(answered)), facts(conversation))


def _clauses(asked: int, answered: Sequence[str], unsure: int, reason: str) -> Iterator[str]:
    yield f"来访者说了{asked}句"
    if answered:
        others = f"等{len(answered)}个问题" if len(answered) > 1 else ""
        yield f"助手已答复“{answered[-1]}”{others}"
    if unsure:
        yield f"{unsure}次没有把握或出错"
    if reason:
        yield f"因“{reason}”转人工"


def facts(conversation: Conversation) -> tuple[tuple[str, str], ...]:
    """What the dialogue knows, by names that agents understand."""
    slots: dict[str, Any] = (conversation.state or {}).get("slots") or {}
    remembered = ((name, str(slots[slot])) for slot, name in FACTS.items() if slots.get(slot) is not None)
    return (*remembered, *_of_task(slots.get("task"), slots.get("known") or {}))


def _of_task(name: str | None, known: Figures) -> Iterator[tuple[str, str]]:
    """What was collected for the calculation, the calendar or the interview that was last under way."""
    task = TASKS.get(name or "")
    if task is None:
        return
    yield "正在办", task.title
    try:
        yield from task.named(known)
    except (ArithmeticError, LookupError, ValueError):  # kept by an older version, in other terms
        yield from known.items()


def _since_last_start(events: Sequence[Event]) -> list[Event]:
    starts = [place for place, event in enumerate(events) if event.data.get("notice") in _STARTS]
    return list(events[starts[-1] + 1 :] if starts else events)


def last_asked(events: Iterable[Event], count: int = ASKED) -> list[str]:
    """The newest words of the person, newest first."""
    said = [event.text for event in events if event.author == "customer"]
    return said[::-1][:count]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_OF_TEXT else text[:SHOWN_OF_TEXT] + "…"
