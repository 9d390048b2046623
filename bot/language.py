"""In which language somebody writes, and a reply in the script that they use. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from opencc import OpenCC

from bot.conversation import Button, Reply
from retrieval.normalise import simplified

Language = Literal["zh-Hans", "zh-Hant", "en"]

OFFICIAL = frozenset({"citations", "citation", "document_no", "entry"})  # stay as the documents write them
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_ENGLISH_ALONE = frozenset({"hello", "hi", "hey", "help", "agent", "human", "english"})


def language_of(text: str) -> Language | None:
    """The language that ``text`` shows; None where it fits several: 你好, 30, VAT."""
    if not _CHINESE.search(text):
        words = _WORD.findall(text)
        return "en" if len(words) > 1 or {word.lower() for word in words} & _ENGLISH_ALONE else None
    as_simplified, as_traditional = (_changed(text, other) for other in (simplified(text), traditional(text)))
    if as_simplified == as_traditional:
        return None
    return "zh-Hant" if as_simplified > as_traditional else "zh-Hans"


def traditional(text: str) -> str:
    """``text`` in traditional characters, in the forms that are printed today: 稅, 說, 為 (OpenCC s2tw)."""
    return str(_to_traditional().convert(text))


def in_traditional(reply: Reply) -> Reply:
    """``reply`` in traditional characters; document numbers and titles stay official."""
    buttons = tuple(Button(traditional(button.title), button.payload) for button in reply.buttons)
    return replace(reply, text=traditional(reply.text), buttons=buttons, details=_converted(reply.details))


def _converted(value: Any) -> Any:
    if isinstance(value, str):
        return traditional(value)
    if isinstance(value, dict):
        return {key: item if key in OFFICIAL else _converted(item) for key, item in value.items()}
    return [_converted(item) for item in value] if isinstance(value, list | tuple) else value


def _changed(text: str, other: str) -> int:
    return sum(one != two for one, two in zip(text, other, strict=False)) + abs(len(text) - len(other))


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2tw")
