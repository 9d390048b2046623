"""The one form: asks what a task still needs, takes what is given, and tells the result.

Rasa's form has one slot, ``reply``, that is never filled: what is asked for is decided by the ``task`` and what is
``known`` of it. ``collecting`` tells Rasa's rules that the form is to be opened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.calculator import WrongAnswer
from actions.calculators import asks_to_calculate, which
from actions.deadlines import WHO_OF
from actions.kinds import Amount, Count, Day, Month, Rate, Year
from actions.question import UNKNOWN, Kind, Question
from actions.reading import Unreadable, asks, hardly_more_than_a_figure, plain
from actions.saying import heard, intent_of, remember, say
from actions.tasks import TASKS, TITLES, Task
from bot.conversation import Button

FORM = "task_form"
REPLIES = frozenset({"inform", "affirm", "deny", "unsure", "correct"})
FAILURES_BEFORE_AGENT = 3
AGENT = Button("转人工", "转人工")
CANCEL = Button("取消", "取消")
HINT = "这句我没能当成答案。"
OFFER_AGENT = "已经几次没能看懂了。要不要转人工？您可以点“转人工”，也可以继续回答，或说“取消”。"

Clock = Callable[[], date]
Known = dict[str, str]


def begin(
    dispatcher: CollectingDispatcher, tracker: Tracker, task: Task, text: str, today: date, **given: str
) -> list[EventType]:
    """Start ``task`` with what plain ``text`` tells; told at once where nothing is missing."""
    try:
        known = task.opened(text, today) | given
    except Unreadable as wrong:
        say(dispatcher, "collecting", str(wrong), reason="unclear")
        known = dict(given)
    return proceed(dispatcher, tracker, task, known, today)


def proceed(
    dispatcher: CollectingDispatcher, tracker: Tracker, task: Task, known: Known, today: date
) -> list[EventType]:
    """Ask on in the form, or tell the result where all is known."""
    try:
        if task.question(known, today) is None:
            return _tell(dispatcher, tracker, task, known, today)
    except WrongAnswer as wrong:
        say(dispatcher, "collecting", str(wrong), reason="wrong_figure")
        known = _without_last(known)
    return remember(task=task.id, known=known, collecting=True, failures=0)


def active(tracker: Tracker) -> bool:
    return bool((tracker.active_loop or {}).get("name"))


def last_task(tracker: Tracker) -> tuple[Task | None, Known]:
    """The task that is under way or was done last, and what is known of it."""
    return TASKS.get(str(tracker.get_slot("task"))), dict(tracker.get_slot("known") or {})


def left() -> list[EventType]:
    """What is to be forgotten where the task is left."""
    return remember(task=None, known=None, collecting=None, failures=0)


class ValidateTaskForm(Action):
    """Takes from a message what the task asks for or what it names.

    A message that gives nothing sets no slot: Rasa then treats it as an interruption.
    """

    def __init__(self, today: Clock) -> None:
        self._today = today

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        task, known = last_task(tracker)
        if task is None or not tracker.get_slot("requested_slot"):
            return []
        try:
            given = read(task, known, plain(heard(tracker)), intent_of(tracker), self._today())
            return self._taken(task, known, given) if given else []
        except (Unreadable, WrongAnswer) as wrong:
            say(dispatcher, "collecting", _refusal(str(wrong), tracker), reason="unclear")
            return remember(failures=_failures(tracker) + 1)

    def _taken(self, task: Task, known: Known, given: Known) -> list[EventType]:
        """The slots after ``given``; the form ends where nothing is missing. Raises `WrongAnswer`."""
        today = self._today()
        if "which" in given:
            task, given = TITLES[given["which"]], {}
        after = {key: value for key, value in known.items() if key not in given} | given
        if task.question(after, today) is not None:
            return remember(task=task.id, known=after, failures=0)
        task.told(after, today)
        return [*remember(task=task.id, known=after, failures=0), SlotSet("requested_slot", None)]


class AskReply(Action):
    """Rasa's ``action_ask_reply``: the question that the task asks now."""

    def __init__(self, today: Clock) -> None:
        self._today = today

    def name(self) -> str:
        return "action_ask_reply"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        task, known = last_task(tracker)
        question = task.question(known, self._today()) if task else None
        if task and question:
            say(dispatcher, "collecting", question.text, _buttons(question), slot=question.key, task=task.id,
                field=field_of(question.kind))  # fmt: skip
        return []


class FinishTask(Action):
    """Rasa's ``action_finish_task``: tells the result of the filled form."""

    def __init__(self, today: Clock) -> None:
        self._today = today

    def name(self) -> str:
        return "action_finish_task"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        task, known = last_task(tracker)
        assert task is not None, "the form is active with a task alone"
        return _tell(dispatcher, tracker, task, known, self._today())


class NotUnderstood(Action):
    """Rasa's ``action_not_understood``: a reply that fits no question; after three an agent is offered."""

    def name(self) -> str:
        return "action_not_understood"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        often = _failures(tracker) + 1 >= FAILURES_BEFORE_AGENT
        buttons = (AGENT, CANCEL) if often else ()
        say(dispatcher, "collecting", OFFER_AGENT if often else _hint(tracker), buttons, reason="unclear")
        return remember(failures=_failures(tracker) + 1)


def read(task: Task, known: Known, text: str, intent: str, today: date) -> Known:
    """What plain ``text`` gives the task: named figures, else a reply. Raises `Unreadable` and `WrongAnswer`."""
    if _is_another_matter(task, text, intent):
        return {}
    named = task.said(text, today)
    if intent == "correct" and (put_right := named or _last_corrected(task, known, text, today)):
        return put_right
    question = task.question(known, today)
    if question is None or question.key in named or _has_sum(named) or not _may_reply(question, text, intent):
        return named
    value = question.kind.reply(text, today)
    return named if value is None else named | {question.key: value}


def corrected(task: Task, known: Known, text: str, today: date) -> Known:
    """What plain ``text`` puts right of a task that is done: named figures, else the one given last."""
    return task.said(text, today) or _last_corrected(task, known, text, today)


def _last_corrected(task: Task, known: Known, text: str, today: date) -> Known:
    """A new value for the figure that was given last."""
    for key in reversed(known):
        question = task.question({k: v for k, v in known.items() if k != key}, today)
        if question and question.key == key:
            value = question.kind.reply(_after_the_no(text), today)
            return {key: value} if value is not None else {}
    return {}


def _after_the_no(text: str) -> str:
    """不是，是2万 → 2万; the words before the new value would be read as a no."""
    parts = [part for part in text.replace("，", ",").replace("。", ",").split(",") if part]
    last = parts[-1] if parts else text
    for word in ("应该是", "应该", "改成", "改为", "而是", "更正为", "更正", "说错了", "错了", "是", "不对"):
        last = last.removeprefix(word)
    return last.strip()


def _is_another_matter(task: Task, text: str, intent: str) -> bool:
    """Whether ``text`` asks something or opens another calculation."""
    if intent in {"cancel", "request_agent", "start_over", "complaint", "goodbye"}:
        return True
    if asks(text) and intent not in {"inform", "correct"} and not hardly_more_than_a_figure(text):
        return True
    other = which(text)
    return asks_to_calculate(text) and other is not None and other.id != task.id


def _has_sum(named: Known) -> bool:
    """Whether an amount or a count has gone to the figure that it was named for."""
    return any(value.replace(".", "").isdigit() for value in named.values())


def _may_reply(question: Question, text: str, intent: str) -> bool:
    return (
        intent in REPLIES
        or hardly_more_than_a_figure(text)
        or (not asks(text) and bool(question.kind.buttons))
    )


def _tell(
    dispatcher: CollectingDispatcher, tracker: Tracker, task: Task, known: Known, today: date
) -> list[EventType]:
    """Say the result and keep its figures, so that one of them can be put right. Raises `WrongAnswer`."""
    told = task.told(known, today)
    say(dispatcher, told.outcome, told.text, **told.details)
    taxpayer = WHO_OF.get(known.get("kind", ""))
    ended = [ActiveLoop(None), SlotSet("requested_slot", None)] if active(tracker) else []
    return [
        *remember(task=task.id, known=known, collecting=None, failures=0, clarifications=0, offered=None),
        *(remember(who=taxpayer) if taxpayer else []),
        *ended,
    ]


def _without_last(known: Known) -> Known:
    return dict(list(known.items())[:-1])


def _buttons(question: Question) -> list[Button]:
    return [Button(label, label) for label in question.kind.buttons]


def field_of(kind: Kind) -> dict[str, str] | None:
    """What a client may offer to fill in: a number with its unit, a day, a month or a year; None for words."""
    match kind:
        case Amount():
            return {"kind": "amount", "unit": "元"}
        case Count():
            return {"kind": "integer" if kind.whole else "number", "unit": kind.label}
        case Rate():
            return {"kind": "number", "unit": "%"}
        case Month():
            return {"kind": "month"}
        case Day():
            return {"kind": "day"}
        case Year():
            return {"kind": "year"}
    return None


def _failures(tracker: Tracker) -> int:
    return int(tracker.get_slot("failures") or 0)


def _refusal(text: str, tracker: Tracker) -> str:
    return f"{text}也可以回复“人工”转人工服务。" if _failures(tracker) + 1 >= FAILURES_BEFORE_AGENT else text


def _hint(tracker: Tracker) -> str:
    if intent_of(tracker) == "unsure" or UNKNOWN in heard(tracker):
        return "这一项要知道才能算。可以查一下再告诉我；不想算了，说“取消”，需要人帮忙，说“转人工”。"
    return f"{HINT}请直接回答下面的问题；不想继续了，说“取消”。"
