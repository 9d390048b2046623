"""All calculators, and which of them a text means. Pure."""

from __future__ import annotations

import re
from datetime import date

from actions.business_taxes import BUSINESSES
from actions.calculator import Calculator
from actions.personal_income import PERSONAL, SALARY
from actions.property_taxes import PROPERTY
from actions.reading import loose_amounts

CALCULATORS: dict[str, Calculator] = {
    each.id: each for each in (*BUSINESSES[:4], *PROPERTY, *PERSONAL[:-1], *BUSINESSES[4:], SALARY)
}
_OF_TAXPAYER = {"小规模纳税人": "vat_small", "个体工商户": "vat_small", "一般纳税人": "vat_general"}
_COUNT_IT = re.compile(r"算|计(?:一下|下|吓)|测算|试算|calculat|how much tax|work out")
_HOW_MUCH = re.compile(
    r"(?:交|缴|扣|纳|要|得|是)(?:多少|几多)|多少(?:钱?的?税|个税|增值税|契税|钱)|税后|到手|几多|应[纳缴交].{0,8}多少|税.{0,4}多少|多少$|how much"
)
_ABOUT_THE_RULE = re.compile(
    r"起征点|免征额|税率表|标准是|以下|以内|不超过|超过|以上|低于|高于|不到|不足|上限|下限|封顶|门槛|额度|限额|吗[?？]?$"
)


def which(text: str, who: str | None = None) -> Calculator | None:
    """The calculator that plain ``text`` means; the VAT's where only the tax is named depends on ``who`` asks."""
    found = next((each for each in CALCULATORS.values() if re.search(each.words, text)), None)
    if found is None and "增值税" in text and who in _OF_TAXPAYER:
        return CALCULATORS[_OF_TAXPAYER[who]]
    return found


def wants_a_figure(text: str, today: date) -> bool:
    """Whether plain ``text`` gives amounts and asks what they come to, not what the rule is."""
    amounts = [found for found in loose_amounts(text, today) if found.value >= 100]
    if not amounts or _ABOUT_THE_RULE.search(text):
        return False
    return bool(_HOW_MUCH.search(text) or _COUNT_IT.search(text))


def asks_to_calculate(text: str) -> bool:
    """Whether plain ``text`` says in so many words that something be worked out."""
    return bool(_COUNT_IT.search(text)) and not re.search(
        "怎么(?:计)?算|如何计?算|算不算|算是|点计|怎样计?算", text
    )
