from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calculate.typed import amount, choice, day, key, rate, whole
from tax.calculation import WrongFigure
from tax.remuneration import Kind


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("15000", "15000"),
        ("15,000元", "15000"),
        ("1,234,567.89", "1234567.89"),
        ("1.5万", "15000"),
        ("1萬", "10000"),
        ("1万5", "15000"),
        ("1.5w", "15000"),
        ("15K", "15000"),
        ("１５０００", "15000"),
        ("3亿", "300000000"),
        ("-5", "-5"),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, yuan: str) -> None:
    assert amount(text) == Decimal(yuan)


@pytest.mark.parametrize(
    "text",
    ["", "元", "万", "15 USD", "1e30", "NaN", "inf", "1,5", "1,0005", "15,00", "1.2.3", "1.5万5", "1万50",
     "10 20", "2万到3万", "一二三", "0x10", "1" * 41],
)  # fmt: skip
def test_a_text_that_is_not_one_amount_is_refused(text: str) -> None:
    with pytest.raises(WrongFigure, match="不是一个数"):
        amount(text)


@given(st.decimals(0, 10**12, places=2))
def test_an_amount_is_the_same_with_and_without_commas(figure: Decimal) -> None:
    assert amount(f"{figure:,}") == amount(f"{figure}") == figure


@pytest.mark.parametrize(
    ("text", "fraction"), [("3%", "0.03"), ("1.5％", "0.015"), ("0.03", "0.03"), ("1", "1")]
)
def test_a_rate_is_a_percentage_or_a_fraction(text: str, fraction: str) -> None:
    assert rate(text) == Decimal(fraction)


@pytest.mark.parametrize("text", ["3", "101%", "-1%", "百分之三", "", "1%%"])
def test_a_rate_above_one_or_in_other_words_is_refused(text: str) -> None:
    with pytest.raises(WrongFigure, match=r"3%或0\.03"):
        rate(text)


@pytest.mark.parametrize("text", ["1.0", "十二", "", "1 2", "1" * 10])
def test_a_count_is_digits_only(text: str) -> None:
    assert whole("12") == 12
    with pytest.raises(WrongFigure, match="整数"):
        whole(text)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "2026/11/21", "11月21日", "", "0001-01-01", "2100-01-01"]
)
def test_a_day_that_does_not_exist_or_lies_far_off_is_refused(text: str) -> None:
    assert day("2024-02-29") == date(2024, 2, 29)
    with pytest.raises(WrongFigure, match="日期"):
        day(text)


@pytest.mark.parametrize("kind", Kind)
def test_a_choice_is_typed_by_its_key_or_its_name(kind: Kind) -> None:
    assert choice(Kind, key(kind)) is choice(Kind, f" {kind.value} ") is kind


def test_an_unknown_choice_is_told_all_that_there_are() -> None:
    with pytest.raises(
        WrongFigure, match=r"没有“中奖”.*labour 劳务报酬；author 稿酬；royalties 特许权使用费"
    ):
        choice(Kind, "中奖")
