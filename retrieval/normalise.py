"""One spelling for a taxpayer's text: NFKC, lower case, 繁→简, numbers and dates, the glossary. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from opencc import OpenCC

from retrieval.figures import one_spelling

MOST_FOLDS = 8
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")
_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")


class Normaliser:
    """Folds spellings and replaces what people say by the term that the knowledge uses.

    ``synonyms`` maps a saying to its term. The longest saying wins; a term is left as it stands, so a
    saying that is part of its own term (增值 in 增值税) is not replaced twice.
    """

    def __init__(self, synonyms: Mapping[str, str] | None = None) -> None:
        read_as = {spelled(say): spelled(term) for say, term in (synonyms or {}).items()}
        self._terms = {term: term for term in read_as.values()} | read_as
        self._sayings = _alternation(self._terms)

    def __call__(self, text: str) -> str:
        plain = spelled(text)
        return self._sayings.sub(self._replacement, plain) if self._sayings else plain

    def _replacement(self, match: re.Match[str]) -> str:
        return self._terms[match.group()]


def spelled(text: str) -> str:
    """`fold`, with numbers and dates in one spelling."""
    return one_spelling(fold(text))


def fold(text: str) -> str:
    """``text`` in NFKC, lower case and simplified characters, with single blanks between words."""
    for _ in range(MOST_FOLDS):  # what one step brings together, the next may compose
        text, before = _folded_once(text), text
        if text == before:
            break
    return text


def _folded_once(text: str) -> str:
    plain = _BLANK.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return _BETWEEN_CHINESE.sub("", simplified(plain))


def simplified(text: str) -> str:
    """``text`` with traditional characters as simplified ones (OpenCC)."""
    return str(_to_simplified().convert(text))


def is_traditional(text: str) -> bool:
    """Whether ``text`` holds characters that are only written in traditional script."""
    return simplified(text) != text


def _alternation(sayings: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(filter(None, sayings), key=len, reverse=True)
    return re.compile("|".join(map(_whole, longest_first))) if longest_first else None


def _whole(saying: str) -> str:
    latin = saying.isascii()
    return rf"(?<![a-z]){re.escape(saying)}(?![a-z])" if latin else re.escape(saying)


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")
