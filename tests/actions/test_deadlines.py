"""The filing calendar in conversation; days from 税总办征科函〔2025〕64号."""

from __future__ import annotations

import pytest

from tests.actions.talking import Talk


async def test_the_taxpayer_is_asked_once_and_then_remembered(talk: Talk) -> None:
    said = await talk.last("这个月什么时候截止")
    assert (said["outcome"], said["slot"]) == ("collecting", "kind")
    said = await talk.last("小规模")
    assert said["outcome"] == "calculated"
    assert talk.slots["who"] == "小规模纳税人"
    assert (await talk.last("10月申报到几号"))["outcome"] == "calculated"


async def test_a_month_is_the_month_of_filing(talk: Talk) -> None:
    talk.slots["who"] = "小规模纳税人"
    said = await talk.last("10月申报到几号")
    vat = next(due for due in said["deadlines"] if due["duty"] == "增值税")
    assert (vat["period"], vat["day"]) == ("2026年第3季度", "2026-10-26")
    assert "连续休假日" in said["text"]
    assert "连续休假日" in vat["note"]


async def test_a_quarter_is_the_tax_period_and_needs_no_taxpayer(talk: Talk) -> None:
    said = await talk.last("三季度企业所得税什么时候截止")
    assert [(due["period"], due["day"]) for due in said["deadlines"]] == [("2026年第3季度", "2026-10-26")]


async def test_a_general_taxpayer_files_vat_by_the_month(talk: Talk) -> None:
    talk.slots["who"] = "一般纳税人"
    said = await talk.last("11月增值税申报到几号")
    assert [(due["duty"], due["day"]) for due in said["deadlines"]] == [("增值税", "2026-11-16")]


@pytest.mark.parametrize("taxpayer", ["一般纳税人", "小规模", "个体户"])
async def test_the_taxpayer_can_be_named_in_the_question(talk: Talk, taxpayer: str) -> None:
    assert (await talk.last(f"{taxpayer}这个月报税截止到几号"))["outcome"] == "calculated"


async def test_a_month_in_which_nothing_is_due_names_what_comes_next(talk: Talk) -> None:
    talk.slots["who"] = "小规模纳税人"
    said = await talk.last("11月增值税申报到几号")
    assert "2026年11月的申报：没有要申报的。" in said["text"]
    assert said["deadlines"][0]["statutory_day"] == "2027-01-15"


async def test_a_year_whose_holidays_are_not_published_says_so(talk: Talk) -> None:
    talk.slots["who"] = "小规模纳税人"
    said = await talk.last("明年1月报税到几号")
    assert "尚未公布" in said["text"]
    assert all("day" not in due and due["why"] == "not_published" for due in said["deadlines"])


async def test_a_year_without_a_notice_on_record_says_so(talk: Talk) -> None:
    said = await talk.last("2021年三季度企业所得税申报到几号")
    assert "未收录" in said["text"]


async def test_the_answer_cites_its_rules_and_offers_a_calendar_file(talk: Talk) -> None:
    talk.slots["who"] = "个体工商户"
    said = await talk.last("这个月报税截止到几号")
    assert said["citations"]
    assert said["calendar"] == "/calendar/sole/2026.ics"
    assert said["calendar"] in said["text"]


@pytest.mark.parametrize("text", ["二〇二五年度个税汇算几号截止", "2025年度个税汇算最晚到几号"])
async def test_a_yearly_settlement_is_due_in_the_next_year(talk: Talk, text: str) -> None:
    said = await talk.last(text)
    assert said["deadlines"][0]["day"] == "2026-06-30"
