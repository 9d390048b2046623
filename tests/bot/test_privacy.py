from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from bot.privacy import STAR, mask
from knowledge.files import read_content
from tests.conftest import CONTENT

DIGITS = "0123456789"
BUSINESS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PLACES = st.sampled_from(["110101", "330106", "440305", "654301", "810000"])
DATES = st.dates(date(1930, 1, 1), date(2025, 12, 31))
BEFORE = st.sampled_from(["", "您好，我的是", "请查", "身份证号：", "ID:", "(", "卡号 ", "（"])
AFTER = st.sampled_from(["", "，能退税吗", "怎么办", " 谢谢", "。", "）", ",2023年的", "；12万元"])


@st.composite
def identities(draw: st.DrawFn) -> str:
    body = draw(PLACES) + draw(DATES).strftime("%Y%m%d") + draw(st.text(DIGITS, min_size=3, max_size=3))
    return body + ric.calc_check_digit(body + "0")


@st.composite
def old_identities(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1930, 1, 1), date(1999, 12, 31)))
    return draw(PLACES) + born.strftime("%y%m%d") + draw(st.text(DIGITS, min_size=3, max_size=3))


@st.composite
def businesses(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from(["91", "92", "12", "N2"])) + draw(PLACES)
    body += draw(st.text(BUSINESS, min_size=9, max_size=9))
    return body + uscc.calc_check_digit(body + "0")


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from(["62", "4", "52", "9"])) + draw(st.text(DIGITS, min_size=14, max_size=16))
    return body + luhn.calc_check_digit(body)


PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
NUMBERS = st.one_of(identities(), old_identities(), businesses(), cards(), PHONES)
LOOKALIKES = st.one_of(identities(), old_identities(), cards(), PHONES).filter(str.isdigit).map(Decimal)
AMOUNTS = st.one_of(st.decimals(0, 10**15, places=2, allow_nan=False, allow_infinity=False), LOOKALIKES)
PROSE = st.text("增值税小规模我要问一下多少钱，。？今年的", max_size=12)


@given(NUMBERS, BEFORE, AFTER)
def test_an_identifier_never_stays_whole_and_the_text_around_it_does(
    number: str, before: str, after: str
) -> None:
    masked = mask(before + number + after)
    assert number not in masked.text
    assert masked.text.startswith(before)
    assert masked.text.endswith(after)
    assert len(masked.text) == len(before + number + after)


@given(NUMBERS, BEFORE, AFTER)
def test_full_width_digits_hide_nothing(number: str, before: str, after: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert wide not in mask(before + wide + after).text


@given(st.lists(st.one_of(NUMBERS, PROSE, st.just("我叫张三"), st.just("a@b.cn")), max_size=5))
def test_masking_twice_is_masking_once_and_keeps_the_length(parts: list[str]) -> None:
    text = "，".join(parts)
    once = mask(text).text
    assert len(once) == len(text)
    assert mask(once).text == once


@given(st.text())
def test_any_text_at_all_can_be_masked(text: str) -> None:
    masked = mask(text)
    assert all(text[found.start : found.end] for found in masked.found)
    assert (masked.text == text) or STAR in masked.text


@given(
    AMOUNTS,
    st.sampled_from(["{:.2f}元", "{:,.2f}", "{:.0f}元", "{:.0f} 元", "¥{:.0f}", "￥{:.2f}", "{:.0f}万元", "{:.0f}多块", "收入{:.0f}", "销售额为{:.0f}", "利润是{:.0f}", "{:.2f}%", "{:.0f}港元", "RMB {:.0f}"]),
    PROSE,
    PROSE,
)  # fmt: skip
def test_an_amount_stays(amount: Decimal, wording: str, before: str, after: str) -> None:
    text = before + wording.format(amount) + after
    assert mask(text).text == text


@given(st.integers(0, 9_999_999_999), PROSE, PROSE)
def test_a_bare_number_of_up_to_ten_digits_stays(number: int, before: str, after: str) -> None:
    text = f"{before}{number}{after}"
    assert mask(text).text == text


@given(
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年第%m期", "%Y-%m-%d至%Y-%m-%d", "%Y-%m-%d %Y-%m-%d", "%Y%m%d%H%M"]),
    PROSE,
)  # fmt: skip
def test_a_date_stays(day: date, wording: str, around: str) -> None:
    text = around + day.strftime(wording) + around
    assert mask(text).text == text


@given(
    st.sampled_from(["财政部 税务总局公告{}年第{}号", "国税发〔{}〕{}号", "财税[{}]{}号", "财税（{}）{}号", "国家税务总局令第{}{}号"]),
    st.integers(1980, 2030),
    st.integers(1, 99_999),
)  # fmt: skip
def test_a_document_number_stays(form: str, year: int, number: int) -> None:
    text = form.format(year, number)
    assert mask(text).text == text


@cache
def shipped() -> tuple[str, ...]:
    """Every question, golden question and conclusion that ships."""
    content = read_content(CONTENT)
    entries = content.knowledge.entries
    return (
        *(text for entry in entries for text in (entry.question, *entry.similar_questions)),
        *(version.conclusion for entry in entries for version in entry.versions),
        *(phrasing.text for item in content.golden.questions for phrasing in item.ask),
    )


def test_nothing_in_the_shipped_questions_and_conclusions_is_masked_by_mistake() -> None:
    texts = shipped()
    assert len(texts) > 10_000
    assert [text for text in texts if mask(text).text != text] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证110101199003070038能退税吗", "身份证110***********0038能退税吗"),
        ("身份证号码是 110101900307123", "身份证号码是 110********7123"),
        ("身份证号110101199013990011", "身份证号110***********0011"),
        ("公司91110000600037341L要补税", "公司911***********341L要补税"),
        ("打138 1234 5678找我", "打138******5678找我"),
        ("电话13812345678,13912345678", "电话138****5678,139****5678"),
        ("+86 13812345678", "+86 138****5678"),
        ("卡号6222 0200 0000 0000 8", "卡号6222 0200 0000 0000 8"),
        ("卡号6222 0200 0000 0007", "卡号622************0007"),
        ("发到 zhang.san@tax-office.cn 吧", "发到 z********@tax-office.cn 吧"),
        ("a@b.cn", "*@b.cn"),
        ("我叫张三，想问退税", "我叫张*，想问退税"),
        ("我叫张三丰想问退税", "我叫张**想问退税"),
        ("我叫欧阳娜娜", "我叫欧***"),
        ("姓名：买买提·艾山", "姓名：买*****"),
        ("联系人:李四 电话", "联系人:李* 电话"),
        ("My name is John Smith and", "My name is J********* and"),
    ],
)
def test_masked_text_still_reads_well(text: str, shown: str) -> None:
    assert mask(text).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "我叫不准这个税种", "姓名变更怎么办", "姓名是否必须填写", "我叫什么名字要填吗", "法人是谁要变更吗", "name of the policy",
        "第6222020000000000号", "12366", "0571-12345678", "110101199003070037", "1234567890123456789012",
    ],
)  # fmt: skip
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask(text).text == text


def test_what_was_masked_is_named_once_and_in_order() -> None:
    assert mask("我叫张三，13812345678，13912345678").kinds == ["name", "phone"]
