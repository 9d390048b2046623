from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.normalise import Normaliser, fold, is_traditional, spelled

SYNONYMS = {"专票": "增值税专用发票", "砖票": "增值税专用发票", "增值": "增值税", "VAT": "增值税"}
# Without commas: 8,百块 is nonsense that becomes 8,100块, which then reads as one number.
FIGURES = "0123456789万亿千百十一二三两零.wk元年月份日号个点%季度 -/块岁分之税"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("小規模納稅人", "小规模纳税人"),
        ("ＶＡＴ　１０万", "vat 10万"),
        ("小 规 模", "小规模"),
        ("  a\x00 b\n", "a b"),
        ("税\ud800票\udfff", "税票"),
        ("café états", "café états"),
    ],
)
def test_spellings_are_folded_into_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("spellings", "one"),
    [
        (("三十万", "30w", "30W", "300000", "300,000", "30 万", "30 w", "30萬", "３０万", "三十 万"), "30万"),
        (("一万五", "1万5", "1.5w", "15k", "15K", "15000", "15,000", "1万5千", "1万5000", "1.5 万"), "1.5万"),
        (("三个点", "3个点", "3 个点", "百分之三", "百分之3", "3%", "3 %", "３％"), "3%"),
        (
            ("2026年3月", "2026 年 3 月", "2026-03", "2026.3", "2026/3", "二〇二六年三月", "二零二六年3月份", "26年3月"),
            "2026年3月",
        ),
        (("100万元", "一百万元", "1000000元", "1,000,000元", "100w元", "100w 元"), "100万元"),
        (("5k", "5000"), "5000"),
        (("第三季度", "第3季度"), "第3季度"),
    ],
)  # fmt: skip
def test_one_number_or_date_has_one_spelling(spellings: tuple[str, ...], one: str) -> None:
    assert {spelling: spelled(spelling) for spelling in spellings} == dict.fromkeys(spellings, one)


@pytest.mark.parametrize(
    "term", ["一般纳税人", "六税两费", "一个月", "三流一致", "十三五", "u8,109万", "ipv4 vat"]
)
def test_a_numeral_that_counts_nothing_stays(term: str) -> None:
    assert spelled(term) == term


def test_sayings_become_terms_and_terms_stay() -> None:
    normalise = Normaliser(SYNONYMS)
    assert normalise("砖票") == "增值税专用发票"
    assert normalise("增值税专用发票") == "增值税专用发票"
    assert normalise("VAT怎么报，private") == "增值税怎么报,private"
    assert normalise("砖票 VAT") == "增值税专用发票增值税"


def test_a_saying_with_figures_is_found_in_any_of_its_spellings() -> None:
    normalise = Normaliser({"三十万免税": "小规模免税"})
    assert {normalise(text) for text in ("三十万免税", "30w免税", "30 萬免稅")} == {"小规模免税"}


def test_traditional_script_is_noticed() -> None:
    assert is_traditional("免稅")
    assert not is_traditional("免税")


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@settings(max_examples=500)
@given(st.text(alphabet=FIGURES, max_size=12))
def test_a_spelled_figure_is_spelled_already(text: str) -> None:
    once = spelled(text)
    assert spelled(once) == once


@given(st.text(alphabet="增值税专票砖发VATvat 免稅規", max_size=30))
def test_normalising_with_a_glossary_twice_changes_nothing_more(text: str) -> None:
    once = Normaliser(SYNONYMS)(text)
    assert Normaliser(SYNONYMS)(once) == once


@given(st.text(max_size=80).filter(lambda text: any(character.isalpha() for character in text)))
def test_a_text_with_a_letter_never_becomes_empty(text: str) -> None:
    assert any(character.isalnum() for character in Normaliser(SYNONYMS)(text))


@pytest.mark.parametrize(
    "text", ["9" * 100_000, "一" * 100_000, " " * 100_000, "1," * 50_000, "3.5" * 30_000]
)
def test_a_text_of_100_kb_is_normalised(text: str) -> None:
    assert len(Normaliser(SYNONYMS)(text)) <= len(text)
