"""The facts that conditions ask for: their question in Chinese, their type, and what cannot be. Pure.

The catalogue is ``tax/conditions/facts.yml``: the facts in the order in which they are asked when nothing else
decides, and the contradictions between them, each a predicate with the sentence that refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tax.calculation import GREATEST, money
from tax.predicates import Predicate, Truth, Value, parse, truth

FILE = Path(__file__).parent / "conditions" / "facts.yml"
EARLIEST = date(1900, 1, 1)


class WrongFact(Exception):
    """A fact that cannot be; the text says which and what to give instead."""


class Type(StrEnum):
    """What a fact's value is: ``bool``, `Decimal`, one of the choices' keys, or `date`."""

    BOOL = "bool"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"


@dataclass(frozen=True)
class Fact:
    """Something to know of a taxpayer. ``unit`` and ``most`` belong to numbers, ``choices`` (key → label) to choices."""

    id: str
    name: str
    question: str
    type: Type
    unit: str = ""
    whole: bool = False
    most: Decimal = GREATEST
    choices: tuple[tuple[str, str], ...] = ()

    def checked(self, value: object, day: date) -> Value:
        """``value`` where it can be this fact as of ``day``; raises `WrongFact`."""
        checks = {
            Type.BOOL: self._bool,
            Type.NUMBER: self._number,
            Type.CHOICE: self._choice,
            Type.DATE: self._date,
        }
        return checks[self.type](value, day)

    def shown(self, value: Value) -> str:
        """``value`` as a person reads it: 是, 3,000,000元, a choice's label, 2026-03-01."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f"{money(value)}{self.unit}"
        return dict(self.choices)[value] if isinstance(value, str) else value.isoformat()

    def _bool(self, value: object, _: date) -> Value:
        if not isinstance(value, bool):
            raise WrongFact(f"“{self.name}”请回答是或否。")
        return value

    def _number(self, value: object, _: date) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise WrongFact(f"“{self.name}”请填一个数字（单位：{self.unit}）。")
        number = Decimal(str(value))
        if not number.is_finite():
            raise WrongFact(f"“{self.name}”不是一个数字，请重新填写（单位：{self.unit}）。")
        if number < 0:
            raise WrongFact(f"“{self.name}”不能是负数。")
        if number > self.most:
            raise WrongFact(f"“{self.name}”不应超过{money(self.most)}{self.unit}，请核对单位。")
        if self.whole and number != number.to_integral():
            raise WrongFact(f"“{self.name}”应是整数。")
        return number

    def _choice(self, value: object, _: date) -> Value:
        if not isinstance(value, str) or value not in dict(self.choices):
            labels = "、".join(label for _, label in self.choices)
            raise WrongFact(f"“{self.name}”没有这个选项，请从这些里选：{labels}。")
        return value

    def _date(self, value: object, day: date) -> Value:
        if type(value) is not date or value < EARLIEST:
            raise WrongFact(f"“{self.name}”请填一个日期，例如2024-05-01。")
        if value > day:
            raise WrongFact(f"“{self.name}”{value.isoformat()}晚于所问的日期{day.isoformat()}，请核对。")
        return value


@dataclass(frozen=True)
class Contradiction:
    """Facts that cannot hold together; ``text`` refuses them."""

    when: Predicate
    text: str


@dataclass(frozen=True)
class Catalogue:
    """All facts by id, in the order of asking, and the contradictions between them."""

    facts: Mapping[str, Fact]
    contradictions: tuple[Contradiction, ...]

    def checked(self, raw: Mapping[str, object], day: date) -> dict[str, Value]:
        """``raw`` as typed values as of ``day``. Raises `WrongFact` for the first that cannot be."""
        facts = {name: self._fact(name).checked(value, day) for name, value in raw.items()}
        for contradiction in self.contradictions:
            if truth(contradiction.when, facts, day) is Truth.YES:
                raise WrongFact(contradiction.text)
        return facts

    def _fact(self, name: str) -> Fact:
        if name not in self.facts:
            raise WrongFact(f"没有“{name}”这一项。")
        return self.facts[name]


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    facts = {each["id"]: _fact(each) for each in raw["facts"]}
    contradictions = tuple(Contradiction(parse(each["when"]), each["text"]) for each in raw["contradictions"])
    return Catalogue(facts, contradictions)


def _fact(raw: dict[str, Any]) -> Fact:
    return Fact(
        id=raw["id"],
        name=raw["name"],
        question=raw["question"],
        type=Type(raw["type"]),
        unit=raw.get("unit", ""),
        whole=raw.get("whole", False),
        most=Decimal(raw.get("most", GREATEST)),
        choices=tuple(raw.get("choices", {}).items()),
    )
