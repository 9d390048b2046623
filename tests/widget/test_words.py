"""The widget's own words: none is missing in a language, none is in the wrong characters."""

from __future__ import annotations

import re

import pytest

from bot.language import traditional
from widget.script import SOURCE

WORDS = (SOURCE / "words.js").read_text(encoding="utf-8")
ENGLISH_ALONE = {"told", "problems", "units"}  # what the server says in Chinese


def between(start: str, end: str) -> str:
    return WORDS[WORDS.index(start) + len(start) : WORDS.index(end)]


SIMPLIFIED = between('"zh-Hans": {', "\n  en: {")
ENGLISH = between("\n  en: {", '\nWORDS["zh-Hant"]')
TRADITIONAL = between('WORDS["zh-Hant"] = {', "\nconst LANGUAGES")


def names(words: str) -> set[str]:
    """What the words are called, without what stands in braces within them."""
    without_texts = re.sub(r'"[^"]*"|`[^`]*`', '""', words)
    return set(re.findall(r"(?:^|[,\s])(\w+): ", re.sub(r"\{[^{}]*\}", "", without_texts)))


def test_english_has_every_word() -> None:
    assert len(names(SIMPLIFIED)) > 80
    assert names(SIMPLIFIED) == names(ENGLISH) - ENGLISH_ALONE


def test_traditional_holds_no_simplified_character() -> None:
    texts = re.findall(r'"[^"]+"|`[^`]+`', TRADITIONAL)
    assert len(texts) > 60
    assert [text for text in texts if traditional(text) != text] == []


@pytest.mark.parametrize("name", sorted(names(SIMPLIFIED) - names(TRADITIONAL)))
def test_what_traditional_takes_from_simplified_is_written_alike(name: str) -> None:
    found = re.search(rf"(?<!\w){name}: (?:\([^)]*\) => )?(\"[^\"]*\"|`[^`]*`)", SIMPLIFIED)
    assert found
    assert traditional(found[1]) == found[1]
