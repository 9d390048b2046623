"""The one form: asking, correcting, being interrupted, left, misunderstood."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.form import field_of
from actions.kinds import Amount, Count, Day, Month, Rate, Year, yes_no
from actions.question import Kind
from tests.actions.talking import Talk

THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"


async def test_only_what_is_missing_is_asked(talk: Talk) -> None:
    said = await talk.last("月薪2万，社保3000，专项附加扣除2000，帮我算个税")
    assert (said["outcome"], said["slot"]) == ("collecting", "month")
    assert talk.slots["known"] == {"gross": "20000", "social": "3000", "special": "2000"}


async def test_a_question_says_what_may_be_filled_in(talk: Talk) -> None:
    said = await talk.last("帮我算一下工资个税")
    assert said["field"] == {"kind": "amount", "unit": "元"}
    said = await talk.last("月薪2万，社保3000，专项附加扣除2000，帮我算个税")
    assert said["field"] == {"kind": "month"}


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (Amount(), {"kind": "amount", "unit": "元"}),
        (Count("人|名", "人"), {"kind": "integer", "unit": "人"}),
        (Count("平", "平方米", whole=False), {"kind": "number", "unit": "平方米"}),
        (Rate(), {"kind": "number", "unit": "%"}),
        (Day(), {"kind": "day"}),
        (Month(), {"kind": "month"}),
        (Year(), {"kind": "year"}),
        (yes_no(), None),
    ],
)
def test_each_kind_of_figure_has_its_field(kind: Kind, field: dict[str, str] | None) -> None:
    assert field_of(kind) == field


@pytest.mark.parametrize(
    ("kind", "typed"), [(Day(), "2026-11-21"), (Year(), "2025年"), (Rate(), "0.5%"), (Month(), "11月")]
)
def test_what_a_field_sends_is_read(kind: Kind, typed: str) -> None:
    assert kind.reply(typed, date(2026, 11, 21)) is not None


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    said = await talk.say(THRESHOLD)
    assert [each["outcome"] for each in said] == ["answered", "collecting"]
    assert said[-1]["slot"] == "gross"
    assert (await talk.last("2万"))["slot"] == "social"


async def test_a_figure_is_put_right_by_its_name_while_another_is_asked(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    await talk.say("2万")
    said = await talk.last("月薪改成3万", "correct")
    assert said["slot"] == "social"
    assert talk.slots["known"]["gross"] == "30000"


async def test_no_it_is_puts_the_last_figure_right(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    await talk.say("2万")
    assert (await talk.last("不是，是2万5"))["slot"] == "social"
    assert talk.slots["known"] == {"gross": "25000"}


async def test_a_result_is_worked_out_again_with_a_figure_put_right(talk: Talk) -> None:
    await talk.say("小规模月销售额12万要交多少增值税")
    said = await talk.last("不是，是15万")
    assert (said["outcome"], said["figures"]["tax"]) == ("calculated", "1500.00")


@pytest.mark.parametrize("text", ["是含税的", "那是含税的呢"])
async def test_a_result_is_worked_out_again_with_a_detail_that_was_assumed(talk: Talk, text: str) -> None:
    await talk.say("小规模月销售额12万要交多少增值税")
    # 120,000÷1.01＝118,811.88，×1%。
    assert (await talk.last(text, "affirm"))["figures"]["tax"] == "1188.12"


async def test_what_if_works_the_same_out_for_another_amount(talk: Talk) -> None:
    await talk.say("小规模月销售额12万要交多少增值税")
    assert (await talk.last("那20万呢"))["figures"]["tax"] == "2000.00"


async def test_another_question_ends_what_could_be_put_right(talk: Talk) -> None:
    await talk.say("小规模月销售额12万要交多少增值税")
    await talk.say(THRESHOLD)
    assert talk.slots["task"] is None


async def test_another_calculation_takes_the_place_of_the_one_under_way(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    said = await talk.last("还是帮我算契税吧")
    assert (said["slot"], said["task"]) == ("price", "deed")


async def test_which_calculation_is_meant_is_asked_where_it_is_not_said(talk: Talk) -> None:
    said = await talk.last("帮我算税")
    assert said["slot"] == "which"
    assert {"购房契税", "滞纳金"} <= {button["title"] for button in said["buttons"]}
    assert (await talk.last("契税"))["slot"] == "price"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("取消", "smalltalk"),
        ("转人工", "handed_off"),
        ("我要投诉你们", "handed_off"),
        ("重新开始", "smalltalk"),
    ],
)
async def test_the_form_is_left_for_what_ends_it(talk: Talk, text: str, action: str) -> None:
    await talk.say("帮我算一下工资个税")
    said = await talk.say(text)
    assert [each["outcome"] for each in said] == [action]
    assert talk.form is None
    assert not talk.slots.get("task")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("-20000", "不能是负数"),
        ("负两万", "不能是负数"),
        ("1e30", "请只回复一个金额"),
        ("9" * 40, "太大了"),
        ("15oo0", "请只回复一个金额"),
        ("15000x", "字母"),
        ("8000还是9000", "请只回复一个金额"),
    ],
)
async def test_an_amount_that_cannot_be_is_named_and_asked_for_again(
    talk: Talk, text: str, wrong: str
) -> None:
    await talk.say("帮我算一下工资个税")
    first, again = await talk.say(text, "inform")
    assert wrong in first["text"]
    assert (again["outcome"], again["slot"]) == ("collecting", "gross")
    assert talk.slots["known"] == {}


@pytest.mark.parametrize("text", ["abc", "NaN", "inf", "好的"])
async def test_words_without_a_figure_are_asked_for_again(talk: Talk, text: str) -> None:
    await talk.say("帮我算一下工资个税")
    first, again = await talk.say(text, "inform")
    assert first["reason"] == "unclear"
    assert again["slot"] == "gross"


@pytest.mark.parametrize("text", ["2024-02-30", "13月45日"])
async def test_a_day_that_does_not_exist_is_named(talk: Talk, text: str) -> None:
    await talk.say("算一下滞纳金")
    await talk.say("10万")
    first, again = await talk.say(text, "inform")
    assert "没有" in first["text"]
    assert again["slot"] == "deadline"


@pytest.mark.parametrize(("opening", "slot"), [("帮我算契税", "price"), ("算车辆购置税", "price")])
async def test_nothing_where_something_must_be_is_no_figure(talk: Talk, opening: str, slot: str) -> None:
    await talk.say(opening)
    first, again = await talk.say("0元", "inform")
    assert "应大于0" in first["text"]
    assert again["slot"] == slot


async def test_figures_that_contradict_each_other_are_said_and_the_last_is_asked_for_again(
    talk: Talk,
) -> None:
    for text in ("帮我算一下工资个税", "5000", "8000", "没有"):
        await talk.say(text)
    first, again = await talk.say("3月", "inform")
    assert "社保公积金不应超过工资" in first["text"]
    assert again["slot"] == "month"
    assert (await talk.last("社保改成1000", "correct"))["slot"] == "month"
    assert (await talk.last("3月"))["outcome"] == "calculated"


async def test_after_three_failures_in_a_row_an_agent_is_offered(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    for text in ("嗯哼", "abc"):
        first, _ = await talk.say(text, "inform")
        assert "转人工" not in [button["title"] for button in first["buttons"]]
    first, again = await talk.say("xyz", "inform")
    assert [button["title"] for button in first["buttons"]] == ["转人工", "取消"]
    assert again["slot"] == "gross"


async def test_an_answer_forgives_the_failures_before_it(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    for text in ("abc", "xyz", "2万", "abc"):
        said = await talk.say(text, "inform")
    assert said[0]["buttons"] == []


async def test_not_knowing_a_figure_names_the_ways_on(talk: Talk) -> None:
    await talk.say("帮我算一下工资个税")
    first, again = await talk.say("不知道")
    assert "转人工" in first["text"]
    assert again["slot"] == "gross"


async def test_an_unclear_yes_or_no_is_asked_again(talk: Talk) -> None:
    await talk.say("算车辆购置税")
    assert (await talk.last("20万"))["slot"] == "new_energy"
    first, again = await talk.say("这个嘛", "inform")
    assert first["reason"] == "unclear"
    assert again["slot"] == "new_energy"


@given(text=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_whatever_is_typed_the_form_holds_amounts_that_can_be(talk: Talk, text: str) -> None:
    fresh = Talk(talk.executor)
    asyncio.run(fresh.say("帮我算一下工资个税", "calculate"))
    asyncio.run(fresh.say(text or " ", "inform"))
    known = fresh.slots.get("known") or {}
    assert all(0 <= float(known[key]) <= 10**10 for key in ("gross", "social") if key in known)
    assert "month" not in known or known["month"].startswith(("19", "20"))
