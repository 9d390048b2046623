"""One spelling for a taxpayer's text: NFKC, lower case, 繁→简, numbers and dates, the glossary. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from opencc import OpenCC

from retrieval.figures import one_spelling

_BLANK = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]+")  # a lone surrogate is half a character
_CHINESE = r"[\u3001-\u3011\u3400-\u9fff\U00020000-\U0003ffff]"
_NO_BLANK = re.compile(  # between Chinese characters, and between a number and its unit
    rf"(?<={_CHINESE}) (?={_CHINESE})"
    r"|(?<=\d) (?=[万亿元块年月日号岁套个点%‰]|[wk](?![a-z]))|(?<=[年月]) (?=\d)"
)


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
        return _closed_up(self._sayings.sub(self._replacement, plain)) if self._sayings else plain

    def _replacement(self, match: re.Match[str]) -> str:
        return self._terms[match.group()]


def spelled(text: str) -> str:
    """`fold`, with numbers and dates in one spelling."""
    return _closed_up(one_spelling(fold(text)))


def fold(text: str) -> str:
    """``text`` in NFKC, lower case and simplified characters, with single blanks between words."""
    lower = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKC", _BLANK.sub(" ", lower)).strip()  # lower case may undo it
    return _closed_up(simplified(plain))


def simplified(text: str) -> str:
    """``text`` with traditional characters as simplified ones (OpenCC)."""
    return str(_to_simplified().convert(text))


def is_traditional(text: str) -> bool:
    """Whether ``text`` holds characters that are only written in traditional script."""
    return simplified(text) != text


def _closed_up(text: str) -> str:
    return _NO_BLANK.sub("", text)


def _alternation(sayings: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(filter(None, sayings), key=len, reverse=True)
    return re.compile("|".join(map(_whole, longest_first))) if longest_first else None


def _whole(saying: str) -> str:
    latin = saying.isascii()
    return rf"(?<![a-z]){re.escape(saying)}(?![a-z])" if latin else re.escape(saying)


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")
