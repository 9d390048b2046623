from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.income_tax import SLOTS
from tests.actions.talking import Talk


async def test_labelled_figures_fill_their_slots_at_once(talk: Talk) -> None:
    found = await talk.fill(None, "月薪2万，社保3000，专项附加扣除2000，帮我算个税", "calculate_iit")
    assert found == {"monthly_salary": "20000", "monthly_social": "3000", "monthly_special": "2000"}


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        ("monthly_salary", "15000", "15000"),
        ("monthly_salary", "１５０００", "15000"),
        ("monthly_salary", "工资约15,000元", "15000"),
        ("monthly_salary", "月薪兩萬", "20000"),
        ("monthly_salary", "工资一个月2万", "20000"),
        ("monthly_social", "一个月3000", "3000"),
        ("monthly_social", "一个月社保3000", "3000"),
        ("monthly_social", "五险一金3000", "3000"),
        ("monthly_social", "没有", "0"),
        ("monthly_social", "五险一金没有", "0"),
        ("monthly_social", "0", "0"),
        ("monthly_special", "2000左右", "2000"),
        ("monthly_special", "无", "0"),
        ("month", "12", "12"),
        ("month", "3月", "3"),
        ("month", "上个月", "10"),
        ("month", "十一月", "11"),
        ("month", "2026年9月", "9"),
        ("month", "本月", "11"),
    ],
)
async def test_a_reply_fills_the_slot_asked_for_and_no_other(
    talk: Talk, wanted: str, text: str, value: str
) -> None:
    assert await talk.fill(wanted, text) == {wanted: value}


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("monthly_salary", "-20000"),
        ("monthly_salary", "工资-20000"),
        ("monthly_salary", "负20000"),
        ("monthly_salary", "负两万"),
        ("monthly_salary", "1e30"),
        ("monthly_salary", "工资1e30"),
        ("monthly_salary", "9" * 60),
        ("monthly_salary", "月薪10亿"),
        ("monthly_salary", "年薪20万"),
        ("monthly_salary", "年收入20万"),
        ("monthly_salary", "8000还是9000"),
        ("monthly_social", "-300"),
        ("monthly_social", "社保-300"),
        ("monthly_social", "没错，2000"),
        ("monthly_social", "社保800公积金1200"),
        ("monthly_special", "子女教育2000，赡养老人3000"),
        ("month", "13"),
        ("month", "13月"),
        ("month", "0"),
        ("month", "-3"),
        ("month", "1.5"),
        ("month", "1e30"),
    ],
)
async def test_a_figure_that_cannot_be_is_asked_for_again_and_fills_nothing(
    talk: Talk, wanted: str, text: str
) -> None:
    talk.slots["requested_slot"] = wanted
    said = await talk.run("validate_iit_month_form", text, "inform")
    assert (said["outcome"], said["reason"]) == ("collecting", "unclear")
    assert not any(talk.slots.get(slot) for slot in SLOTS)


@pytest.mark.parametrize("wanted", SLOTS)
@pytest.mark.parametrize(
    "text", ["专项附加扣除包括哪些", "子女教育每个孩子2000元吗？", "我要找人工客服", "取消"]
)
async def test_an_interruption_fills_nothing_and_is_left_to_the_rules(
    talk: Talk, wanted: str, text: str
) -> None:
    talk.slots["requested_slot"] = wanted
    assert await talk.run("validate_iit_month_form", text, "ask") == {}
    assert talk.slots == {"requested_slot": wanted}


@pytest.mark.parametrize("wanted", ["monthly_salary", "month"])
@pytest.mark.parametrize("text", ["abc", "没有", "不知道", "转人工"])
async def test_words_without_a_figure_are_neither_salary_nor_month(
    talk: Talk, wanted: str, text: str
) -> None:
    assert await talk.fill(wanted, text) == {}


async def test_a_figure_with_its_name_corrects_its_own_slot_and_not_the_one_asked_for(talk: Talk) -> None:
    talk.slots["monthly_salary"] = "20000"
    assert await talk.fill("monthly_special", "月薪改成3万") == {"monthly_salary": "30000"}


async def test_a_deduction_from_the_salary_is_not_the_salary(talk: Talk) -> None:
    assert await talk.fill("monthly_social", "工资里扣社保3000") == {"monthly_social": "3000"}


@given(text=st.text(max_size=40), wanted=st.sampled_from(SLOTS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_whatever_is_typed_the_form_holds_figures_that_can_be(talk: Talk, text: str, wanted: str) -> None:
    fresh = Talk(talk.executor)
    found = asyncio.run(fresh.fill(wanted, text))
    assert all(0 <= float(found[slot]) <= 100_000_000 for slot in SLOTS if found.get(slot))
    assert 1 <= int(found.get("month") or 1) <= 12


def filled(salary: str, social: str, special: str, month: str) -> dict[str, Any]:
    return dict(zip(SLOTS, (salary, social, special, month), strict=True))


async def test_the_filled_form_is_computed_step_by_step(talk: Talk) -> None:
    # 累计预扣法：(30,000−5,000−4,500−2,000)×2＝37,000；37,000×10%−2,520＝1,180；1月 18,500×3%＝555；本月625。
    talk.slots = filled("30000", "4500", "2000", "2")
    said = await talk.run("action_calculate_iit")
    assert said["outcome"] == "calculated"
    assert said["figures"] == {"withheld": "625.00", "cumulative_tax": "1180.00"}
    assert "2月应预扣个人所得税625元" in said["text"]
    assert "37,000元，预扣率10%，速算扣除数2,520" in said["text"]
    assert said["citations"][0]["document_no"] == "国家税务总局公告2018年第61号"


async def test_a_computed_form_is_forgotten(talk: Talk) -> None:
    talk.slots = filled("10000", "0", "0", "1")
    await talk.run("action_calculate_iit")
    assert not any(talk.slots[slot] for slot in SLOTS)


@pytest.mark.parametrize(
    "figures",
    [filled("10000", "20000", "0", "1"), filled("10000", "0", "0", "13"), filled("10000", "0", "0", "0")],
)
async def test_figures_that_contradict_each_other_are_asked_for_again(
    talk: Talk, figures: dict[str, Any]
) -> None:
    talk.slots = figures
    said = await talk.run("action_calculate_iit")
    assert (said["outcome"], said["reason"]) == ("collecting", "wrong_figure")
    assert not any(talk.slots[slot] for slot in SLOTS)
