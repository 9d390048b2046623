from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.amount import amounts, chinese_number, nothing


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("15000", 15_000),
        ("15,000元", 15_000),
        ("1.5万", 15_000),
        ("1万5", 15_000),
        ("一万五", 15_000),
        ("一万五千", 15_000),
        ("1.5w", 15_000),
        ("15k", 15_000),
        ("两千八", 2_800),
        ("二十万零五百", 200_500),
        ("1亿2", 120_000_000),
        ("-5", -5),
    ],
)
def test_an_amount_is_read_as_people_type_it(text: str, yuan: int) -> None:
    assert amounts(text) == [Decimal(yuan)]


def test_several_amounts_keep_their_order() -> None:
    assert amounts("月薪2万 社保三千") == [Decimal(20_000), Decimal(3_000)]


@pytest.mark.parametrize("text", ["没有", "无", "0", "不交社保"])
def test_none_is_understood(text: str) -> None:
    assert nothing(text)


@given(st.integers(0, 10**10))
def test_plain_digits_are_read_back(number: int) -> None:
    assert amounts(str(number)) == [Decimal(number)]


@given(st.text(alphabet="零一二三四五六七八九十百千万亿", min_size=1, max_size=12))
def test_any_chinese_number_is_read_without_failing(text: str) -> None:
    assert chinese_number(text) >= 0


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert all(amount.is_finite() for amount in amounts(text))
