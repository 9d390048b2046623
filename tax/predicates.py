"""Conditions over typed facts with three values: yes, no, missing (Kleene's strong logic). Pure.

A predicate is data. A leaf names a fact and one comparison; ``all``, ``any`` and ``not`` put predicates together.
A fact that is not known makes a leaf missing, and a tree is decided as soon as what is known decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

Value = bool | Decimal | str | date
Facts = Mapping[str, Value]


class Truth(Enum):
    """Kleene's three values."""

    YES = "yes"
    NO = "no"
    MISSING = "missing"


def all_of(truths: Iterable[Truth]) -> Truth:
    """No where one is no, else missing where one is missing, else yes."""
    seen = set(truths)
    return next((t for t in (Truth.NO, Truth.MISSING) if t in seen), Truth.YES)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Yes where one is yes, else missing where one is missing, else no."""
    seen = set(truths)
    return next((t for t in (Truth.YES, Truth.MISSING) if t in seen), Truth.NO)


def negated(truth: Truth) -> Truth:
    """Yes for no, no for yes; missing stays missing."""
    return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(truth, Truth.MISSING)


class Join(StrEnum):
    """How a node's parts make its truth; `NOT` has one part."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


class Comparison(StrEnum):
    """What a leaf asks of a fact. Months and days are counted to the day asked about.

    A month counts as a whole: the month of the date itself is month 0, so ``months_below: 36`` holds for 36
    calendar months from the date's own.
    """

    IS = "is"
    IN = "in"
    AT_MOST = "at_most"
    BELOW = "below"
    AT_LEAST = "at_least"
    ABOVE = "above"
    MONTHS_BELOW = "months_below"
    MONTHS_AT_LEAST = "months_at_least"
    DAYS_AT_LEAST = "days_at_least"
    SAME_YEAR = "same_year"


@dataclass(frozen=True)
class Leaf:
    """One comparison; ``text`` says in Chinese what the law asks."""

    text: str
    fact: str
    comparison: Comparison
    operand: Any


@dataclass(frozen=True)
class Node:
    """Predicates put together."""

    text: str
    join: Join
    parts: tuple[Predicate, ...]


Predicate = Leaf | Node


@dataclass(frozen=True)
class Finding:
    """What became of a predicate: its truth, and that of its parts."""

    predicate: Predicate
    truth: Truth
    parts: tuple[Finding, ...] = ()


def judge(predicate: Predicate, facts: Facts, day: date) -> Finding:
    """``predicate`` judged by ``facts`` (checked values) as of ``day``, part by part."""
    if isinstance(predicate, Leaf):
        return Finding(predicate, _leaf(predicate, facts, day))
    parts = tuple(judge(part, facts, day) for part in predicate.parts)
    return Finding(predicate, _JOINED[predicate.join]([part.truth for part in parts]), parts)


def truth(predicate: Predicate, facts: Facts, day: date) -> Truth:
    """The truth of ``predicate`` alone."""
    return judge(predicate, facts, day).truth


def leaves(predicate: Predicate) -> Iterator[Leaf]:
    """The comparisons of ``predicate``, in its order."""
    if isinstance(predicate, Leaf):
        yield predicate
    else:
        for part in predicate.parts:
            yield from leaves(part)


def deciding(finding: Finding) -> Iterator[Finding]:
    """The leaves that ``finding`` rests on: those behind its no or yes, or those it still misses."""
    if isinstance(finding.predicate, Leaf):
        yield finding
        return
    wanted = negated(finding.truth) if finding.predicate.join is Join.NOT else finding.truth
    for part in finding.parts:
        if part.truth is wanted:
            yield from deciding(part)


def months_between(earlier: date, later: date) -> int:
    """Calendar months from one month to the other, whatever the day of the month."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def parse(raw: Mapping[str, Any]) -> Predicate:
    """A predicate from its YAML form: ``{text, fact, <comparison>: operand}`` or ``{text?, all|any|not: …}``."""
    join = next((join for join in Join if join in raw), None)
    if join:
        parts = [raw[join]] if join is Join.NOT else raw[join]
        return Node(raw.get("text", ""), join, tuple(parse(part) for part in parts))
    (comparison,) = (each for each in Comparison if each in raw)
    return Leaf(raw["text"], raw["fact"], comparison, _operand(raw[comparison]))


def _operand(raw: Any) -> Any:
    """Numbers become `Decimal`, lists tuples."""
    if isinstance(raw, list):
        return tuple(raw)
    return Decimal(str(raw)) if isinstance(raw, int | float) and not isinstance(raw, bool) else raw


def _leaf(leaf: Leaf, facts: Facts, day: date) -> Truth:
    if leaf.fact not in facts:
        return Truth.MISSING
    return Truth.YES if _COMPARED[leaf.comparison](facts[leaf.fact], leaf.operand, day) else Truth.NO


_JOINED: dict[Join, Callable[[list[Truth]], Truth]] = {
    Join.ALL: all_of,
    Join.ANY: any_of,
    Join.NOT: lambda truths: negated(truths[0]),
}

_COMPARED: dict[Comparison, Callable[[Any, Any, date], bool]] = {
    Comparison.IS: lambda value, operand, _: value == operand,
    Comparison.IN: lambda value, operand, _: value in operand,
    Comparison.AT_MOST: lambda value, operand, _: value <= operand,
    Comparison.BELOW: lambda value, operand, _: value < operand,
    Comparison.AT_LEAST: lambda value, operand, _: value >= operand,
    Comparison.ABOVE: lambda value, operand, _: value > operand,
    Comparison.MONTHS_BELOW: lambda value, operand, day: 0 <= months_between(value, day) < operand,
    Comparison.MONTHS_AT_LEAST: lambda value, operand, day: months_between(value, day) >= operand,
    Comparison.DAYS_AT_LEAST: lambda value, operand, day: (day - value).days >= operand,
    Comparison.SAME_YEAR: lambda value, operand, day: (value.year == day.year) is operand,
}
