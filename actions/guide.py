"""Walks through a procedure of the knowledge step by step, forward and back, with other questions in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answerer, context_of
from actions.opening import Open
from actions.saying import heard, remember, say
from bot.conversation import Button
from knowledge import wording
from knowledge.answering import Answer, answer, choose
from knowledge.entries import Version
from knowledge.release import Release, Shelf

NEXT, BACK, END = (Button(label, label) for label in ("下一步", "上一步", "结束"))
NO_GUIDE = "现在没有正在一步一步办的事。想办什么，比如说“一步一步教我注销公司”。"
_ASKS_FOR_STEPS = re.compile(
    r"(?:请|麻烦|能不能|可以|能)?(?:你)?(?:一步(?:一)?步|按步骤|分步骤?|逐步|手把手|从头到尾)(?:地|的)?(?:教教?我?|带着?我|告诉我|指导我?|引导我?|来|走|跟我说|说一?下?)?(?:怎么)?"
    r"|带我(?:走一?遍|办|走|做)|教教?我(?:怎么)?|引导我|指导我|step by step|guide me(?: through)?|walk me through"
)


@dataclass(frozen=True)
class Place:
    """Where somebody is in a procedure: the entry, the first day of its version, and the step, 0 for the start."""

    entry: str
    version: str
    step: int

    def at(self, step: int) -> Place:
        return Place(self.entry, self.version, step)


class Guide:
    """The steps of the version in force; ``step`` 0 says what to have at hand."""

    def __init__(self, shelf: Shelf, answerer: Answerer, today: Callable[[], date]) -> None:
        self._shelf = shelf
        self._answerer = answerer
        self._today = today

    def begin(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Open the procedure that was named, or the one answered last; else answer as usual."""
        release = self._shelf.release
        outcome = self._found(release, tracker) if release else None
        if release is None or outcome is None or not outcome.shown[-1].version.how:
            return self._answerer.answer(dispatcher, tracker)
        version = outcome.shown[-1].version
        place = Place(outcome.entry.id, version.start.isoformat(), 0)
        return [
            *self._say(dispatcher, release, place),
            *remember(
                last_entry=outcome.entry.id, last_question=heard(tracker), clarifications=0, offered=None
            ),
        ]

    def forward(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        return self._move(dispatcher, tracker, 1)

    def back(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        return self._move(dispatcher, tracker, -1)

    def repeat(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The step again, or the answer given last."""
        if tracker.get_slot("guide"):
            return self._move(dispatcher, tracker, 0)
        if tracker.get_slot("last_entry"):
            return self._answerer.choose(dispatcher, tracker, str(tracker.get_slot("last_entry")))
        say(dispatcher, "smalltalk", "还没有可以重复的内容。请说您想问的税费问题。")
        return []

    def _found(self, release: Release, tracker: Tracker) -> Answer | None:
        named = _ASKS_FOR_STEPS.sub("", heard(tracker)).strip(" ，,。？?吧呗")
        context, today = context_of(tracker), self._today()
        if len(named) > 1:
            outcome = answer(release, named, context, today)
        else:
            chosen = choose(release, context.last_entry or "", context.last_question or "", context, today)
            if chosen is None:
                return None
            outcome = chosen
        return outcome if isinstance(outcome, Answer) else None

    def _move(self, dispatcher: CollectingDispatcher, tracker: Tracker, by: int) -> list[EventType]:
        release, place = self._shelf.release, _place(tracker)
        version = _version(release, place) if release and place else None
        if release is None or place is None or version is None:
            events = self._answerer.try_answer(dispatcher, tracker)
            if events is not None:
                return events
            say(dispatcher, "smalltalk", NO_GUIDE)
            return remember(guide=None)
        step = max(place.step + by, 0)
        if step <= len(version.how):
            return self._say(dispatcher, release, place.at(step))
        say(dispatcher, "answered", _closing(version), entry=place.entry)
        return remember(guide=None)

    def _say(self, dispatcher: CollectingDispatcher, release: Release, place: Place) -> list[EventType]:
        version, entry = _version(release, place), release.entry(place.entry)
        assert version is not None
        assert entry is not None
        say(
            dispatcher,
            "answered",
            _step(entry.question, version, place.step),
            _buttons(place.step),
            entry=place.entry,
            question=entry.question,
            step=place.step,
            steps=len(version.how),
            as_of=self._today().isoformat(),
            citations=wording.citations_of_version(release, version),
            release=release.number,
        )
        return remember(guide=[place.entry, place.version, place.step])


def _place(tracker: Tracker) -> Place | None:
    kept = tracker.get_slot("guide")
    return Place(*kept) if kept else None


def _version(release: Release, place: Place) -> Version | None:
    """The version that the guide began with; None where a newer release no longer has it."""
    entry = release.entry(place.entry)
    found = (
        [version for version in entry.versions if version.start.isoformat() == place.version] if entry else []
    )
    return found[0] if found and found[0].how else None


def _step(question: str, version: Version, step: int) -> str:
    if step:
        return f"第{step}步（共{len(version.how)}步）：{version.how[step - 1]}"
    lines = [f"【{question}】共{len(version.how)}步。{version.conclusion}"]
    if version.materials:
        lines.append("先备好：" + "、".join(version.materials))
    if version.where:
        lines.append("在哪办：" + version.where)
    if version.how_long:
        lines.append("时限：" + version.how_long)
    return "\n".join([*lines, "准备好了就说“下一步”。"])


def _closing(version: Version) -> str:
    note = f"\n提示：{version.note}" if version.note else ""
    return f"步骤都走完了。{note}\n还有别的税费问题，随时问我。"


def _buttons(step: int) -> list[Button]:
    return [NEXT, BACK, END] if step else [NEXT, END]


def guide_actions(guide: Guide) -> list[Open]:
    return [
        Open("action_guide", guide.begin),
        Open("action_next_step", guide.forward),
        Open("action_previous_step", guide.back),
        Open("action_repeat", guide.repeat),
    ]
