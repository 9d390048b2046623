"""Which calculation a text means, and whether it wants a figure. Pure."""

from __future__ import annotations

from datetime import date

import pytest

from actions.calculators import CALCULATORS, asks_to_calculate, wants_a_figure, which
from actions.question import Given
from actions.reading import plain

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("月薪2万扣多少税", "salary"),
        ("人工兩萬要交幾多稅", "salary"),
        ("how much income tax on 20000", "salary"),
        ("月薪2万 年终奖4万", "bonus"),
        ("去年全年36万要补税还是退税", "settlement"),
        ("稿费两万扣多少", "remuneration"),
        ("个体户一年赚30万个税多少", "business"),
        ("小规模季度40万", "vat_small"),
        ("一般纳税人销项13万进项8万", "vat_general"),
        ("一般纳税人增值税多少", "vat_general"),
        ("小型微利企业利润200万", "corporate"),
        ("增值税5万城建税多少", "surcharges"),
        ("购销合同印花税", "stamp"),
        ("买房契税", "deed"),
        ("買樓契稅", "deed"),
        ("我要卖房", "house_sale"),
        ("房子出租要交多少税", "rent"),
        ("买新能源车购置税", "vehicle"),
        ("晚交税滞纳金", "late"),
        ("残保金怎么交", "disabled_fund"),
    ],
)
def test_the_words_decide_which_calculation_is_meant(text: str, name: str) -> None:
    found = which(plain(text))
    assert found is not None
    assert found.id == name


@pytest.mark.parametrize("text", ["帮我算税", "发票怎么开", "增值税多少"])
def test_words_that_name_no_calculation_mean_none(text: str) -> None:
    assert which(plain(text)) is None


def test_vat_is_that_of_the_taxpayer_who_asks() -> None:
    found = which("增值税多少", "一般纳税人")
    assert found is not None
    assert found.id == "vat_general"


@pytest.mark.parametrize(
    "text",
    [
        "小规模月销售额12万要交多少增值税",
        "月薪2万个税多少",
        "年终奖四万税后到手几多",
        "买房200万，算一下契税",
    ],
)
def test_amounts_with_how_much_want_a_figure(text: str) -> None:
    assert wants_a_figure(plain(text), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "小规模起征点是多少",
        "小规模月销售额10万以下免增值税吗",
        "小型微利企业年应纳税所得额300万的标准是多少",
        "2022年小规模要交多少增值税",
        "3个孩子能扣多少",
        "公告2023年第19号是什么",
    ],
)
def test_a_question_about_the_rule_wants_no_figure(text: str) -> None:
    assert not wants_a_figure(plain(text), TODAY)


@pytest.mark.parametrize(
    ("text", "asked"),
    [("帮我算个税", True), ("计算印花税", True), ("个税怎么算", False), ("如何计算契税", False)],
)
def test_to_work_it_out_is_not_to_ask_how_it_is_worked_out(text: str, asked: bool) -> None:
    assert asks_to_calculate(plain(text)) is asked


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_figure_that_is_asked_for_has_a_question_and_a_name(name: str) -> None:
    questions = CALCULATORS[name].questions
    assert len({question.key for question in questions}) == len(questions)
    nothing = Given.of(questions, {}, TODAY)
    assert all(q.name and (q.text or q.key in nothing or not q.when(nothing)) for q in questions)
