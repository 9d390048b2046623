"""What a message opens: a calculation, the filing calendar, an interview, or a question to the knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answerer
from actions.calculator import Calculator
from actions.calculators import asks_to_calculate, wants_a_figure, which
from actions.deadlines import OF_TAXPAYER, Deadlines, asks_for_a_day
from actions.eligibility import Eligibility
from actions.form import Clock, active, begin, corrected, last_task, left, proceed
from actions.kinds import Amount
from actions.reading import Unreadable, hardly_more_than_a_figure, loose_amounts, plain
from actions.saying import heard, intent_of, remember, say
from actions.tasks import TASKS, WhichCalculation
from knowledge.answering import who_in

LONGEST_SUM = 32
LONGEST_DATE = 25
_OWN = re.compile(r"我|咱|帮|幫|看看|看下|判断|测|评估|匹配|\b(?:i|my|me|we|our)\b", re.IGNORECASE)
TASKLESS = {"task": None, "known": None, "collecting": None}


class Opening:
    """Begins tasks and falls back on the knowledge."""

    def __init__(self, answerer: Answerer, today: Clock) -> None:
        self._answerer = answerer
        self._today = today

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """A question: computed where it gives amounts and wants a figure, else answered by the knowledge."""
        text, today = plain(heard(tracker)), self._today()
        calculator = which(text, _who(tracker, text))
        if calculator and self._computes(calculator, text):
            return begin(dispatcher, tracker, calculator, text, today)
        again = [] if active(tracker) else self._again(dispatcher, tracker, text)
        if again:
            return again
        if asks_for_a_day(text) and len(text) <= LONGEST_DATE:
            return self.deadline(dispatcher, tracker)
        return self.ask(dispatcher, tracker)

    def calculate(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """A wish for a figure; where it lacks amounts or a tax, what the knowledge is sure of goes first."""
        text, today = plain(heard(tracker)), self._today()
        calculator = which(text, _who(tracker, text))
        if calculator is None or not (asks_to_calculate(text) or loose_amounts(text, today)):
            events = self._sure(dispatcher, tracker)
            if events is not None:
                return events
        return begin(dispatcher, tracker, calculator or TASKS[WhichCalculation.id], text, today)

    def deadline(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The days of some month or period; where none is named, what the knowledge is sure of goes first."""
        text = plain(heard(tracker))
        events = None if asks_for_a_day(text) else self._sure(dispatcher, tracker)
        if events is not None:
            return events
        kind = OF_TAXPAYER.get(_who(tracker, text) or "")
        given = {"kind": kind.value} if kind and "kind" not in Deadlines().opened(text, self._today()) else {}
        return begin(dispatcher, tracker, TASKS[Deadlines.id], text, self._today(), **given)

    def eligibility(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The interview, for somebody who speaks of a case of their own."""
        events = None if _OWN.search(heard(tracker)) else self._sure(dispatcher, tracker)
        if events is not None:
            return events
        return begin(dispatcher, tracker, TASKS[Eligibility.id], plain(heard(tracker)), self._today())

    def correct(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """A figure put right after the result; where there is none, a question like any other."""
        task, known = last_task(tracker)
        text, today = plain(heard(tracker)), self._today()
        try:
            put_right = corrected(task, known, text, today) if task and known else {}
        except Unreadable as wrong:
            say(dispatcher, "collecting", str(wrong), reason="unclear")
            return remember(collecting=None)
        if task and put_right:
            return proceed(dispatcher, tracker, task, {**known, **put_right}, today)
        return self.ask(dispatcher, tracker)

    def put_right(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType] | None:
        """The task that is done, with the figures that a yes or a no names (是含税的); None where it names none."""
        task, known = last_task(tracker)
        named = task.said(plain(heard(tracker)), self._today()) if task and known else {}
        return (
            proceed(dispatcher, tracker, task, {**known, **named}, self._today()) if task and named else None
        )

    def ask(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        events = self._answerer.answer(dispatcher, tracker)
        if dispatcher.messages[-1]["custom"]["outcome"] == "handed_off":
            return [*events, *left(), ActiveLoop(None), SlotSet("requested_slot", None)]
        return [*events, *_forgotten(tracker)]

    def _sure(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType] | None:
        """What the knowledge is sure of; None where it is not."""
        events = self._answerer.try_answer(dispatcher, tracker)
        return None if events is None else [*events, *_forgotten(tracker)]

    def _computes(self, calculator: Calculator, text: str) -> bool:
        """Whether a question of usual length gives an amount that the calculation asks for; a story is for reading."""
        if len(text) > LONGEST_SUM or not wants_a_figure(text, self._today()):
            return False
        try:
            given = calculator.opened(text, self._today())
        except Unreadable:
            return True
        return any(isinstance(q.kind, Amount) and q.key in given for q in calculator.questions)

    def _again(self, dispatcher: CollectingDispatcher, tracker: Tracker, text: str) -> list[EventType]:
        """The calculation before with another figure (那3万呢); nothing where the text is more than that."""
        task, known = last_task(tracker)
        today = self._today()
        if not isinstance(task, Calculator) or not loose_amounts(text, today):
            return []
        if not (hardly_more_than_a_figure(text) or intent_of(tracker) == "inform"):
            return []
        try:
            changed = task.opened(text, today)
        except Unreadable as wrong:
            say(dispatcher, "collecting", str(wrong), reason="unclear")
            return remember(collecting=None)
        return proceed(dispatcher, tracker, task, {**known, **changed}, today) if changed else []


def _who(tracker: Tracker, text: str) -> str | None:
    return who_in(text) or tracker.get_slot("who")


def _forgotten(tracker: Tracker) -> list[EventType]:
    """The task that a question has left behind; one under way goes on."""
    return remember(collecting=None) if active(tracker) else remember(**TASKLESS)


Opens = Callable[[CollectingDispatcher, Tracker], list[EventType]]


class Open(Action):
    """Rasa's action ``name``, done by one of the ways in which `Opening` opens."""

    def __init__(self, name: str, opens: Opens) -> None:
        self._name = name
        self._opens = opens

    def name(self) -> str:
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        return self._opens(dispatcher, tracker)


def openers(opening: Opening) -> list[Open]:
    return [
        Open("action_answer", opening.answer),
        Open("action_calculate", opening.calculate),
        Open("action_deadline", opening.deadline),
        Open("action_eligibility", opening.eligibility),
        Open("action_correct", opening.correct),
    ]
