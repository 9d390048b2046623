"""The form for a month's individual income tax on a salary: reads the figures, then computes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.saying import heard, remember, say
from retrieval.normalise import fold
from tax.amount import amounts, nothing
from tax.income import Salary, Withholding, WrongFigure, withholding
from tax.period import as_of, month

FORM = "iit_month_form"
SLOTS = ("monthly_salary", "monthly_social", "monthly_special", "month")
UNREADABLE = {
    False: "这个金额不对。请只回复一个不小于0的数字，例如15000或1.5万。",
    True: "没有看懂月份。请回复1到12之间的月份，例如“11月”。",
}
GREATEST = Decimal(100_000_000)
BASIS = {
    "document_no": "国家税务总局公告2018年第61号",
    "title": "个人所得税扣缴申报管理办法（试行）：工资薪金累计预扣法",
    "effective_from": "2019-01-01",
}
SHORT = 3
_FIGURES = re.compile(r"[\d.,〇零一二两三四五六七八九十百千万亿wk元块钱月每个的大概约左右是]|没有|无")
_YEARLY = re.compile("年薪|年收入|年工资|[一每全]年")
# From a label to its figure: neither another label nor a minus is passed over; 1e30 is no figure.
_TO_FIGURE = r"(?!\D*[\d.]+e\d)[^\d社公险专扣负-]{0,6}?(?=[-负]?[\d一二两三四五六七八九十])"
_LABELLED = {
    "monthly_salary": re.compile(f"(?:月薪|工资|薪水|薪资|收入|月入){_TO_FIGURE}"),
    "monthly_social": re.compile(f"(?:社保|公积金){_TO_FIGURE}"),
    "monthly_special": re.compile(f"(?:专项附加扣除|专项扣除|专项附加|专项|附加|扣除){_TO_FIGURE}"),
}


class ValidateIncomeTaxForm(Action):
    """Reads the slot that was asked for, and figures that carry their names, from the raw text.

    A message that holds no figure fills no slot: Rasa then treats it as an interruption.
    """

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
    ) -> list[EventType]:
        text = _plain(heard(tracker))
        found: dict[str, str | None] = dict(_labelled(text))
        wanted = tracker.get_slot("requested_slot")
        if wanted in SLOTS and not found and _is_reply(tracker, text):
            value = _month(text, self._today()) if wanted == "month" else _amount(wanted, text)
            if value is None and amounts(text):
                say(dispatcher, "collecting", UNREADABLE[wanted == "month"], reason="unclear")
                found[wanted] = None
            elif value is not None:
                found[wanted] = value
        return remember(**found)


class CalculateIncomeTax(Action):
    """Computes the month's withholding and shows every step."""

    def name(self) -> str:
        return "action_calculate_iit"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
    ) -> list[EventType]:
        gross, social, special = (Decimal(str(tracker.get_slot(name) or 0)) for name in SLOTS[:3])
        which = int(tracker.get_slot("month") or 0)
        try:
            result = withholding(Salary(gross, social, special), which)
        except WrongFigure as wrong:
            say(dispatcher, "collecting", f"{wrong}请重新说一次您的工资情况。", reason="wrong_figure")
            return _forget()
        say(
            dispatcher,
            "calculated",
            _steps(Salary(gross, social, special), result),
            figures={"withheld": str(result.withheld_now), "cumulative_tax": str(result.cumulative_tax)},
            citations=[BASIS],
        )
        return _forget()


def _forget() -> list[EventType]:
    return remember(**dict.fromkeys(SLOTS))


def _plain(text: str) -> str:
    """Folded, without the numerals of set phrases: 一个月, 五险一金."""
    return re.sub("[五三]险一金", "社保", fold(text).replace("一个月", ""))


def _is_reply(tracker: Tracker, text: str) -> bool:
    """Whether the message answers the form: hardly more than a figure, or not a question at all."""
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    return intent in {"inform", "affirm", "deny"} or len(_FIGURES.sub("", text)) <= SHORT


def _amount(slot: str, text: str) -> str | None:
    values = [] if _YEARLY.search(text) else amounts(text)
    if slot != "monthly_salary" and nothing(text):
        return None if any(values) else "0"
    return str(values[0]) if len(values) == 1 and 0 <= values[0] <= GREATEST else None


def _labelled(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for slot, label in _LABELLED.items():
        named = [] if _YEARLY.search(text) else list(label.finditer(text))
        values = amounts(text[named[0].end() :]) if len(named) == 1 else []
        if values and 0 <= values[0] <= GREATEST:
            found[slot] = str(values[0])
    return found


def _month(text: str, today: date) -> str | None:
    """The one month that ``text`` names: 11月, 十一月, 2026年11月, 上个月, or a bare 11."""
    spans = [mention.period for mention in as_of(text, today).mentions]
    named = [span.start.month for span in spans if span == month(span.start.year, span.start.month)]
    if len(named) == 1:
        return str(named[0])
    numbers = amounts(text)
    return str(int(numbers[0])) if len(numbers) == 1 and numbers[0] in range(1, 13) else None


def _steps(salary: Salary, result: Withholding) -> str:
    which = result.month
    return "\n".join(
        (
            f"{which}月应预扣个人所得税{_yuan(result.withheld_now)}元。",
            "计算步骤（累计预扣法）：",
            f"1. 累计收入：{_yuan(salary.gross)}×{which}＝{_yuan(result.cumulative_income)}元",
            f"2. 累计扣除：（基本减除5,000＋社保公积金{_yuan(salary.social)}＋专项附加扣除{_yuan(salary.special)}）"
            f"×{which}＝{_yuan(result.cumulative_deductions)}元",
            f"3. 累计应纳税所得额：{_yuan(result.taxable)}元，预扣率{result.rate:.0%}，"
            f"速算扣除数{_yuan(result.quick_deduction)}",
            f"4. 累计应预扣税额：{_yuan(result.cumulative_tax)}元，减去以前月份{_yuan(result.withheld_before)}元，"
            f"本月{_yuan(result.withheld_now)}元",
            "假设：全年工资和扣除不变，1月起在本单位任职，没有其他综合所得。",
            f"依据：{BASIS['title']}，{BASIS['document_no']}；个人所得税法附税率表。",
        )
    )


def _yuan(amount: Decimal) -> str:
    return f"{amount.normalize():,f}" if amount == amount.to_integral() else f"{amount:,.2f}"
