"""The answers that could make a difference: each choice, and both sides of each limit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from tax.facts import Fact, Type
from tax.predicates import Comparison, Leaf, Predicate, Value, leaves


def samples(fact: Fact, predicates: Iterable[Predicate], day: date) -> tuple[Value, ...]:
    """Answers to ``fact``, one at least for each way in which ``predicates`` can turn out by it as of ``day``."""
    if fact.type is Type.BOOL:
        return (True, False)
    if fact.type is Type.CHOICE:
        return tuple(key for key, _ in fact.choices)
    limits = [leaf for predicate in predicates for leaf in leaves(predicate) if leaf.fact == fact.id]
    around = _numbers if fact.type is Type.NUMBER else _dates
    return tuple(dict.fromkeys(value for leaf in limits for value in around(leaf, day)))


def _numbers(leaf: Leaf, _: date) -> Iterator[Value]:
    below = leaf.operand - 1
    yield from (below, leaf.operand, leaf.operand + 1) if below >= 0 else (leaf.operand, leaf.operand + 1)


def _dates(leaf: Leaf, day: date) -> Iterator[Value]:
    if leaf.comparison is Comparison.SAME_YEAR:
        yield from (day, date(day.year - 1, 12, 31))
    elif leaf.comparison is Comparison.DAYS_AT_LEAST:
        yield from (day - timedelta(days=int(leaf.operand) - less) for less in (0, 1))
    else:
        yield from (_months_before(day, leaf.operand - less) for less in (0, 1))


def _months_before(day: date, months: Decimal) -> date:
    """The first of the month ``months`` before that of ``day``."""
    index = day.year * 12 + day.month - 1 - int(months)
    return date(index // 12, index % 12 + 1, 1)
