from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.normalise import Normaliser, fold, is_traditional

SYNONYMS = {"专票": "增值税专用发票", "砖票": "增值税专用发票", "增值": "增值税", "VAT": "增值税"}


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("小規模納稅人", "小规模纳税人"),
        ("ＶＡＴ　１０万", "vat 10万"),
        ("小 规 模", "小规模"),
        ("  a\x00 b\n", "a b"),
    ],
)
def test_spellings_are_folded_into_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_sayings_become_terms_and_terms_stay() -> None:
    normalise = Normaliser(SYNONYMS)
    assert normalise("砖票") == "增值税专用发票"
    assert normalise("增值税专用发票") == "增值税专用发票"
    assert normalise("VAT怎么报，private") == "增值税怎么报,private"


def test_traditional_script_is_noticed() -> None:
    assert is_traditional("免稅")
    assert not is_traditional("免税")


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.text(alphabet="增值税专票砖发VATvat 免稅規", max_size=30))
def test_a_text_never_becomes_empty(text: str) -> None:
    assert bool(Normaliser(SYNONYMS)(text)) == bool(fold(text))
