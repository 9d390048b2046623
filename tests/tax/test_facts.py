from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tax.facts import Fact, Type, WrongFact, catalogue
from tax.predicates import leaves
from tests.tax.given_facts import DAY


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("headcount", -1, "“从业人数”不能是负数"),
        ("headcount", Decimal("NaN"), "不是一个数字"),
        ("headcount", Decimal("1e30"), "不应超过10,000,000人"),
        ("headcount", "三百", "请填一个数字（单位：人）"),
        ("headcount", True, "请填一个数字"),
        ("contract_months", Decimal("12.5"), "“劳动合同期限”应是整数"),
        ("tech_staff_percent", 101, "不应超过100%"),
        ("taxable_income", Decimal("Infinity"), "不是一个数字"),
        ("home_city", "atlantis", "请从这些里选：北京、上海、广州、深圳、其他城市"),
        ("vat_status", True, "请从这些里选：小规模纳税人、一般纳税人"),
        ("resident", "yes", "“居民个人”请回答是或否"),
        ("child_born_on", date(2026, 11, 22), "2026-11-22晚于所问的日期2026-11-21"),
        ("child_born_on", "2024-05-01", "请填一个日期"),
        ("elder_born_on", date(1066, 10, 14), "请填一个日期"),
        ("shoe_size", 42, "没有“shoe_size”这一项"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_in_a_sentence(name: str, value: object, said: str) -> None:
    with pytest.raises(WrongFact, match=said):
        catalogue().checked({name: value}, DAY)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"business_form": "natural", "vat_status": "general"}, "自然人不能登记为一般纳税人"),
        ({"vat_status": "general", "vat_cycle": "once"}, "一般纳税人不按次申报"),
        ({"business_form": "sole", "enterprise_resident": True}, "不缴企业所得税"),
        ({"business_form": "sole", "small_profit_settled": True}, "没有小型微利企业的汇算结果"),
        ({"business_form": "natural", "before_first_settlement": True}, "没有小型微利企业的汇算结果"),
        ({"before_first_settlement": True, "small_profit_settled": True}, "还没有办理过首次汇算清缴"),
        ({"hightech_certificate": True, "founded_on": date(2025, 11, 22)}, "成立不满365天"),
        ({"child_stage": "full_time", "child_born_on": date(2023, 12, 1)}, "不满3岁"),
        ({"claims_loan": True, "claims_rent": True}, "不能都扣除"),
        ({"headcount": 0, "tech_staff_percent": 5}, "从业人数为0"),
    ],
)
def test_facts_that_contradict_each_other_are_refused_and_each_alone_is_not(
    facts: dict[str, object], said: str
) -> None:
    with pytest.raises(WrongFact, match=said):
        catalogue().checked(facts, DAY)
    for name, value in facts.items():
        assert name in catalogue().checked({name: value}, DAY)


def test_every_contradiction_is_among_those_tried() -> None:
    assert len(catalogue().contradictions) == 9


def test_numbers_become_decimals_as_written() -> None:
    facts = catalogue().checked({"home_area": 89.95, "headcount": 12}, DAY)
    assert facts == {"home_area": Decimal("89.95"), "headcount": Decimal(12)}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("taxable_income", Decimal(3_000_000), "3,000,000元"),
        ("home_area", Decimal("89.95"), "89.95平方米"),
        ("resident", False, "否"),
        ("vat_cycle", "quarter", "按季"),
        ("founded_on", date(2025, 3, 1), "2025-03-01"),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(name: str, value: object, shown: str) -> None:
    fact = catalogue().facts[name]
    assert fact.shown(fact.checked(value, DAY)) == shown


@pytest.mark.parametrize("fact", catalogue().facts.values(), ids=lambda fact: fact.id)
def test_every_fact_asks_a_question_and_only_a_choice_has_choices(fact: Fact) -> None:
    assert fact.question.endswith("？")
    assert bool(fact.choices) is (fact.type is Type.CHOICE)
    assert bool(fact.unit) is (fact.type is Type.NUMBER)


def test_a_contradiction_names_only_facts_of_the_catalogue() -> None:
    named = {leaf.fact for each in catalogue().contradictions for leaf in leaves(each.when)}
    assert named <= catalogue().facts.keys()
