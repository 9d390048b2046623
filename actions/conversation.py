"""What the assistant says that is not about tax: small talk, feedback, yes, no, and starting anew."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import Answerer
from actions.form import left
from actions.opening import Opening
from actions.saying import hand_off, remember, say
from bot.conversation import Outcome

Phrases = dict[str, tuple[Outcome, str]]

CAN = (
    "我能做这些：\n"
    "· 回答税费优惠和办税问题，说出年份就按当时的规定，如“2022年小规模免税吗”\n"
    "· 算税：工资个税、年终奖、年度汇算、劳务报酬、经营所得、增值税、企业所得税、附加税费、印花税、契税、车辆购置税、卖房、"
    "房租、滞纳金、残保金，如“月薪2万个税多少”\n"
    "· 查申报期限，如“小规模这个月报税截止几号”\n"
    "· 判断能享受哪些优惠，如“我能享受什么优惠”\n"
    "· 一步一步带您办事，如“一步一步教我注销公司”\n"
    "需要人工时，说“转人工”。"
)
PHRASES: Phrases = {
    "action_smalltalk": ("smalltalk", "我是税问，专门解答税费问题。您可以直接说想问的事，或说“帮助”看我能做什么。"),
    "action_bot_challenge": (
        "smalltalk",
        "我是税问，智能税费助手，不是真人。我依据税务机关发布的规定回答，能按所属期给出当时的规定，也能算税；没有把握时会转人工。",
    ),
    "action_help": ("smalltalk", CAN),
    "action_out_of_scope": ("declined", "这个问题不在我的范围内。我只回答中国内地的税费政策和办理问题，请换个税费问题试试。"),
    "action_unsure": ("smalltalk", "没关系。您可以把情况说给我听，我来判断；也可以说“帮助”看我能做什么，或说“转人工”。"),
    "action_feedback_good": ("smalltalk", "谢谢您的肯定，已经记下。还有税费问题随时问我。"),
    "action_feedback_bad": (
        "smalltalk",
        "抱歉没能帮到您，已经记下。请换个说法再问，或补充身份和时间；也可以说“转人工”，由工作人员为您解答。",
    ),
}  # fmt: skip

FEEDBACK = {"action_feedback_good": "good", "action_feedback_bad": "bad"}

DECLINE_EVASION = (
    "我不能协助偷税、虚开发票或隐瞒收入。这些行为会被追缴税款、加收滞纳金并处罚款，严重的要负刑事责任。"
    "如果想合法减轻税负，可以问我适用哪些税费优惠。"
)


class Phrase(Action):
    """Says one fixed phrase, unless the knowledge is sure that a tax question was asked after all."""

    def __init__(self, name: str, answerer: Answerer) -> None:
        self._name = name
        self._answerer = answerer

    def name(self) -> str:
        return self._name

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        events = self._answerer.try_answer(dispatcher, tracker)
        if events is None:
            outcome, text = PHRASES[self._name]
            reason = "out_of_scope" if outcome == "declined" else None
            say(dispatcher, outcome, text, reason=reason, feedback=FEEDBACK.get(self._name))
        return events or []


class ActionCancel(Action):
    """Leaves the task or the guide that is under way."""

    def name(self) -> str:
        return "action_cancel"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        say(dispatcher, "smalltalk", "好的，已取消。您还可以继续问别的税费问题。")
        return [*left(), *remember(guide=None, offered=None)]


class ActionAffirm(Action):
    """A yes to the one entry that was offered chooses it; any other yes is small talk."""

    def __init__(self, answerer: Answerer, opening: Opening) -> None:
        self._answerer = answerer
        self._opening = opening

    def name(self) -> str:
        return "action_affirm"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        offered = tracker.get_slot("offered") or []
        if len(offered) == 1:
            return self._answerer.choose(dispatcher, tracker, offered[0])
        if offered:
            say(dispatcher, "clarifying", "请点选上面其中一个问题，或换个说法再问。", reason="which_one")
            return []
        put_right = self._opening.put_right(dispatcher, tracker)
        if put_right is not None:
            return put_right
        say(dispatcher, "smalltalk", "好的。请直接说您想问的税费问题。")
        return []


class ActionDeny(Action):
    """None of the offered entries was meant: a person takes over. Otherwise ask for the question."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def name(self) -> str:
        return "action_deny"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        if tracker.get_slot("offered"):
            return hand_off(dispatcher, "low_confidence", "看来我没有理解您的问题。")
        put_right = self._opening.put_right(dispatcher, tracker)
        if put_right is not None:
            return put_right
        say(dispatcher, "smalltalk", "好的。请换个说法告诉我您想问什么，也可以回复“人工”。")
        return []


class ActionDeclineEvasion(Action):
    def name(self) -> str:
        return "action_decline_evasion"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        say(dispatcher, "declined", DECLINE_EVASION, reason="unlawful")
        return remember(clarifications=0, offered=None)


class ActionRestart(Action):
    """Forgets what this dialogue knew."""

    def name(self) -> str:
        return "action_restart_dialogue"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        say(dispatcher, "smalltalk", "好的，我们重新开始。请说您的税费问题。")
        return [ActiveLoop(None), AllSlotsReset()]
