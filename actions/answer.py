"""Answers a question from the current release, asks back, or hands over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast, get_args

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.saying import hand_off, heard, pressed, remember, say
from bot.conversation import Button
from bot.routing import UNKNOWN_BUTTON, choice_payload
from knowledge import wording
from knowledge.answering import Answer, Clarification, Context, NoAnswer, Outcome, answer, choose
from knowledge.entries import Entry, Who
from knowledge.release import Release, Shelf
from retrieval.search import Match

NO_RELEASE = "知识库正在准备中，请稍后再试，或回复“人工”转人工服务。"
NOT_FOUND = "这个问题我没有找到有把握的依据。请补充税种、身份（如小规模、一般纳税人、个人）或时间，换个说法再问；也可以回复“人工”。"
UNSURE_AGAIN = "这个问题我没有十足把握，不想给您错误的答复。"
UNVERIFIED = "这项规定的依据还没有核实清楚，不宜由我直接答复。"
SHORT = 4
KINDS_OF_TAXPAYER = frozenset(get_args(Who))


class Answerer:
    """Turns an outcome of `knowledge.answering` into words, buttons and memory."""

    def __init__(self, shelf: Shelf, today: Callable[[], date]) -> None:
        self._shelf = shelf
        self._today = today

    def try_answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType] | None:
        """Answer what was said if the knowledge is sure of it, else say nothing and return None."""
        release = self._shelf.release
        if release is None or len(heard(tracker)) < SHORT:
            return None
        outcome = answer(release, heard(tracker), context_of(tracker), self._today())
        sure = isinstance(outcome, Answer)
        return self.tell(dispatcher, tracker, release, outcome, heard(tracker)) if sure else None

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        release = self._shelf.release
        if release is None:
            say(dispatcher, "failed", NO_RELEASE, reason="no_release")
            return []
        outcome = answer(release, heard(tracker), context_of(tracker), self._today())
        follow_up = tracker.get_slot("last_question") if outcome.match is None else None
        return self.tell(dispatcher, tracker, release, outcome, follow_up or heard(tracker))

    def choose(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, entry: str | None, who: str | None = None
    ) -> list[EventType]:
        release = self._shelf.release
        question = str(tracker.get_slot("last_question") or "")
        context = context_of(tracker)
        if who in KINDS_OF_TAXPAYER:
            context = replace(context, who=cast(Who, who))
        outcome = choose(release, entry, question, context, self._today()) if release and entry else None
        if release is None or outcome is None:
            say(dispatcher, "refused", UNKNOWN_BUTTON.text, reason=UNKNOWN_BUTTON.reason)
            return []
        return self.tell(dispatcher, tracker, release, outcome, question)

    def tell(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        release: Release,
        outcome: Outcome,
        question: str,
    ) -> list[EventType]:
        match outcome:
            case Answer():
                return _tell_answer(dispatcher, release, outcome, question)
            case Clarification():
                return _tell_clarification(dispatcher, tracker, release, outcome, question)
            case NoAnswer():
                return _tell_no_answer(dispatcher, tracker, release, outcome, question)


class ActionChoose(Action):
    """Rasa's ``action_choose``: a button was pressed."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_choose"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        return self._answerer.choose(dispatcher, tracker, *pressed(tracker))


def context_of(tracker: Tracker) -> Context:
    slots = ("who", "last_entry", "last_question", "as_of")
    return Context(*(tracker.get_slot(slot) for slot in slots))


def _tell_answer(
    dispatcher: CollectingDispatcher, release: Release, answered: Answer, question: str
) -> list[EventType]:
    say(
        dispatcher,
        "answered",
        wording.text_of(release, answered),
        entry=answered.entry.id,
        question=answered.entry.question,
        as_of=answered.as_of.isoformat(),
        confidence=round(answered.confidence, 4),
        sections=wording.sections_of(answered),
        together=wording.together_of(release, answered) or None,
        caution=wording.caution_of(release, answered),
        citations=wording.citations_of(release, answered),
        release=release.number,
        evidence=_evidence(release, answered.match, answered.as_of, answered.entry),
    )
    return remember(
        who=answered.who, last_entry=answered.entry.id, last_question=question, as_of=answered.when,
        clarifications=0, offered=None,
    )  # fmt: skip


def _tell_clarification(
    dispatcher: CollectingDispatcher, tracker: Tracker, release: Release, asked: Clarification, question: str
) -> list[EventType]:
    evidence = _evidence(release, asked.match, None)
    unsure = asked.unsure
    failed = int(tracker.get_slot("clarifications") or 0)
    if unsure and failed:
        return hand_off(dispatcher, "low_confidence", UNSURE_AGAIN, evidence=evidence)
    buttons = [Button(option.label, choice_payload(option.entry, option.who)) for option in asked.options]
    say(
        dispatcher,
        "clarifying",
        asked.question,
        buttons,
        confidence=round(asked.confidence, 4),
        release=release.number,
        evidence=evidence,
    )
    return remember(
        last_entry=None if asked.match else tracker.get_slot("last_entry"),
        last_question=question,
        clarifications=failed + int(unsure),
        offered=[option.entry for option in asked.options],
    )


def _tell_no_answer(
    dispatcher: CollectingDispatcher, tracker: Tracker, release: Release, nothing: NoAnswer, question: str
) -> list[EventType]:
    evidence = _evidence(release, nothing.match, None)
    confidence = round(nothing.confidence, 4)
    failed = int(tracker.get_slot("clarifications") or 0)
    if nothing.reason == "before_first_version":
        text = wording.before_first(nothing)
        say(dispatcher, "declined", text, reason=nothing.reason, release=release.number, evidence=evidence)
        return remember(clarifications=0, offered=None)
    if nothing.reason == "unverified":
        return hand_off(dispatcher, "low_confidence", UNVERIFIED, release=release.number, evidence=evidence)
    if failed:
        return hand_off(dispatcher, "low_confidence", UNSURE_AGAIN, release=release.number, evidence=evidence)
    say(dispatcher, "clarifying", NOT_FOUND, reason="not_found", confidence=confidence, release=release.number,
        evidence=evidence)  # fmt: skip
    return remember(last_question=question, clarifications=failed + 1, offered=None)


def _evidence(
    release: Release, match: Match | None, day: date | None, entry: Entry | None = None
) -> dict[str, Any]:
    """What the assistant considered, for the agent's eyes and for later questions about an answer.

    ``tax`` are the tags of the entry, or of the best candidate: they lead to the right group of agents.
    """
    best = entry or (release.entry(match.top.label) if match and match.top else None)
    return {
        "tax": list(best.tags.tax) if best else [],
        "release": release.number,
        "as_of": day.isoformat() if day else None,
        "confidence": round(match.confidence, 4) if match else None,
        "candidates": [
            {
                "entry": c.label,
                "question": release.knowledge.entry_by_id[c.label].question,
                "score": round(c.score, 4),
            }
            for c in (match.candidates[:5] if match else ())
        ],
    }
