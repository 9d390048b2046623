"""Values as people type them on the command line; what cannot be read is refused as a `WrongFigure`."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from retrieval.normalise import fold
from tax.amount import amounts
from tax.calculation import WrongFigure

LONGEST = 40
EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)
E = TypeVar("E", bound=Enum)

# `amounts` finds figures anywhere in a text; here the whole text has to be one, so that 15 USD is not 15 yuan.
_AMOUNT = re.compile(r"-?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?[亿万千百wk]?|\d+[亿万千百wk]\d)元?")
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)(%)?")


def amount(text: str) -> Decimal:
    """15000, 15,000元, 1.5万, 1万5, 15k. Raises `WrongFigure`."""
    plain = fold(text)
    if len(plain) > LONGEST or not _AMOUNT.fullmatch(plain):
        raise WrongFigure(f"“{text[:LONGEST]}”不是一个数，请填例如15000、1.5万或15k。")
    (found,) = amounts(plain)
    return found


def rate(text: str) -> Decimal:
    """A fraction of at most 1: 3% or 0.03. Raises `WrongFigure`."""
    match = _RATE.fullmatch(fold(text))
    found = Decimal(match[1]) / (100 if match[2] else 1) if match else None
    if found is None or found > 1:
        raise WrongFigure(f"“{text[:LONGEST]}”不是一个比例，请填例如3%或0.03。")
    return found


def whole(text: str) -> int:
    """A count: 3, 12. Raises `WrongFigure`."""
    if not re.fullmatch(r"-?\d{1,9}", fold(text)):
        raise WrongFigure(f"“{text[:LONGEST]}”不是一个整数，请填例如3。")
    return int(fold(text))


def day(text: str) -> date:
    """A day in ISO form, 2026-11-21, from `EARLIEST` to `LATEST`. Raises `WrongFigure`."""
    try:
        found = date.fromisoformat(fold(text))
    except ValueError:
        raise WrongFigure(f"“{text[:LONGEST]}”不是一个日期，请填例如2026-11-21。") from None
    if not EARLIEST <= found <= LATEST:
        raise WrongFigure(f"日期{found.isoformat()}应在{EARLIEST.year}年至{LATEST.year}年之间。")
    return found


def choice(kind: type[E], text: str) -> E:
    """The member of ``kind`` by its key or by its Chinese name. Raises `WrongFigure` with all there are."""
    found = next((each for each in kind if text.strip() in (key(each), each.value)), None)
    if found is None:
        raise WrongFigure(f"没有“{text[:LONGEST]}”这个选项，请从这些里选：{listed(kind)}。")
    return found


def key(member: Enum) -> str:
    """What to type for ``member``: `SMALL_SCALE` is small-scale."""
    return member.name.lower().replace("_", "-")


def listed(kind: type[Enum]) -> str:
    """All that can be typed for ``kind``, each with its Chinese name."""
    return "；".join(f"{key(each)} {each.value}" for each in kind)
