"""What a sentence tells of a calculation. Pure."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calculators import CALCULATORS
from actions.reading import Unreadable, plain

TODAY = date(2026, 11, 21)


def opened(name: str, text: str) -> dict[str, str]:
    return CALCULATORS[name].opened(plain(text), TODAY)


@pytest.mark.parametrize(
    ("text", "gross"),
    [
        ("月薪1万5", "15000"),
        ("工资一万五千", "15000"),
        ("工资一万一千", "11000"),
        ("月薪1.5w", "15000"),
        ("工资15k", "15000"),
        ("月薪15,000元", "15000"),
        ("薪水兩萬", "20000"),
        ("月薪２００００", "20000"),
        ("一个月工资八千八", "8800"),
        ("年薪36万", "30000"),
        ("去年全年36万", "30000"),
        ("monthly salary 20000", "20000"),
        ("2万月薪", "20000"),
    ],
)
def test_a_salary_is_read_as_it_is_typed(text: str, gross: str) -> None:
    assert opened("salary", text)["gross"] == gross


def test_each_amount_goes_to_the_words_beside_it() -> None:
    assert opened("bonus", "月薪2万 年终奖4万，社保4万8") == {
        "income": "240000",
        "bonus": "40000",
        "social": "48000",
    }


def test_sums_of_one_kind_are_added() -> None:
    assert opened("salary", "社保800公积金1200，工资1万")["social"] == "2000"


@pytest.mark.parametrize("text", ["月薪2万，没有社保，专项附加没有", "月薪2万不交社保，没有专项附加扣除"])
def test_what_there_is_none_of_is_nought(text: str) -> None:
    assert opened("salary", text) == {"gross": "20000", "social": "0", "special": "0"}


def test_two_sums_of_what_is_one_are_refused() -> None:
    with pytest.raises(Unreadable, match="每月税前工资"):
        opened("salary", "月薪8000，工资9000")


def test_months_counts_and_days_are_no_money() -> None:
    found = opened("disabled_fund", "2025年单位员工100人，残疾人1个，单位年平均工资8万")
    assert found == {"employees": "100", "disabled": "1", "average_wage": "80000", "year": "2025-12-31"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25年三季度", "2025-09-30"),
        ("2023年3月份", "2023-03-31"),
        ("三季度", "2026-09-30"),
        ("去年", "2025-12-31"),
    ],
)
def test_a_period_is_kept_as_its_last_day(text: str, day: str) -> None:
    assert opened("vat_small", f"{text}小规模销售额40万")["day"] == day


def test_the_present_period_is_kept_as_today() -> None:
    assert opened("vat_small", "小规模本月销售额12万")["day"] == "2026-11-21"


def test_deductions_are_read_by_their_items() -> None:
    found = opened("settlement", "去年工资20万，两个孩子上学，独生子女赡养老人，有房贷")
    assert found["special"] == "子女教育×2；住房贷款利息；赡养老人（独生子女）"


def test_rent_deducted_needs_the_kind_of_city() -> None:
    with pytest.raises(Unreadable, match="因城市而异"):
        opened("settlement", "去年工资20万，专项附加是租房")
    assert "直辖市" in opened("settlement", "去年工资20万，专项附加是省会租房")["special"]


@pytest.mark.parametrize("text", ["月薪-20000", "月薪负两万", "工资15000x"])
def test_a_named_amount_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        opened("salary", text)


@given(st.sampled_from(sorted(CALCULATORS)), st.text(max_size=60))
def test_whatever_is_typed_gives_figures_that_can_be_or_a_refusal(name: str, text: str) -> None:
    with suppress(Unreadable):
        assert all(opened(name, text).values())
