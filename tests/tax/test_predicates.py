from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.predicates import (
    Comparison,
    Join,
    Leaf,
    Node,
    Predicate,
    Truth,
    Value,
    all_of,
    any_of,
    deciding,
    judge,
    leaves,
    negated,
    parse,
    truth,
)

YES, NO, MISSING = Truth.YES, Truth.NO, Truth.MISSING
DAY = date(2026, 11, 21)
PAIRS = list(product(Truth, repeat=2))
TRIPLES = list(product(Truth, repeat=3))
NAMES = st.sampled_from("abcd")
LEAVES: st.SearchStrategy[Predicate] = st.builds(
    lambda name, operand: Leaf("t", name, Comparison.IS, operand), NAMES, st.booleans()
)


def _joined(parts: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    either = st.builds(lambda join, ps: Node("", join, ps), st.sampled_from([Join.ALL, Join.ANY]), several)
    return either | st.builds(lambda part: Node("", Join.NOT, (part,)), parts)


TREES = st.recursive(LEAVES, _joined, max_leaves=12)
KNOWN: st.SearchStrategy[dict[str, Value]] = st.dictionaries(NAMES, st.booleans())


def leaf(comparison: Comparison, operand: Any) -> Leaf:
    return Leaf("条件", "fact", comparison, operand)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, MISSING, MISSING, YES),
        (YES, NO, NO, YES),
        (MISSING, MISSING, MISSING, MISSING),
        (MISSING, NO, NO, MISSING),
        (NO, NO, NO, NO),
    ],
)
def test_and_and_or_are_kleenes(a: Truth, b: Truth, both: Truth, either: Truth) -> None:
    assert (all_of([a, b]), all_of([b, a])) == (both, both)
    assert (any_of([a, b]), any_of([b, a])) == (either, either)


def test_not_turns_a_decided_truth_and_leaves_missing() -> None:
    assert [negated(t) for t in (YES, NO, MISSING)] == [NO, YES, MISSING]


@pytest.mark.parametrize("a", Truth)
def test_twice_not_is_the_same(a: Truth) -> None:
    assert negated(negated(a)) is a


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_de_morgans_laws_hold(a: Truth, b: Truth) -> None:
    assert negated(all_of([a, b])) is any_of([negated(a), negated(b)])
    assert negated(any_of([a, b])) is all_of([negated(a), negated(b)])


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_absorption_holds(a: Truth, b: Truth) -> None:
    assert all_of([a, any_of([a, b])]) is a
    assert any_of([a, all_of([a, b])]) is a


@pytest.mark.parametrize(("a", "b", "c"), TRIPLES)
def test_and_distributes_over_or_and_or_over_and(a: Truth, b: Truth, c: Truth) -> None:
    assert all_of([a, any_of([b, c])]) is any_of([all_of([a, b]), all_of([a, c])])
    assert any_of([a, all_of([b, c])]) is all_of([any_of([a, b]), any_of([a, c])])


@pytest.mark.parametrize(("a", "b", "c"), TRIPLES)
def test_grouping_does_not_matter(a: Truth, b: Truth, c: Truth) -> None:
    assert all_of([a, all_of([b, c])]) is all_of([all_of([a, b]), c]) is all_of([a, b, c])
    assert any_of([a, any_of([b, c])]) is any_of([any_of([a, b]), c]) is any_of([a, b, c])


def test_nothing_asked_is_met_and_no_alternative_is_not() -> None:
    assert (all_of([]), any_of([])) == (YES, NO)


@given(TREES, KNOWN, KNOWN)
def test_a_further_fact_never_turns_a_decided_tree(
    tree: Predicate, known: dict[str, Value], further: dict[str, Value]
) -> None:
    before = truth(tree, known, DAY)
    after = truth(tree, {**further, **known}, DAY)
    assert before is MISSING or after is before


@given(TREES, st.fixed_dictionaries({name: st.booleans() for name in "abcd"}))
def test_a_tree_whose_facts_are_all_known_is_decided(tree: Predicate, known: dict[str, Value]) -> None:
    assert truth(tree, known, DAY) is not MISSING


@given(TREES, KNOWN)
def test_an_undecided_tree_names_only_facts_that_are_not_known(
    tree: Predicate, known: dict[str, Value]
) -> None:
    finding = judge(tree, known, DAY)
    if finding.truth is MISSING:
        missing = {each.fact for part in deciding(finding) for each in leaves(part.predicate)}
        assert missing
        assert not missing & known.keys()


@given(TREES, KNOWN)
def test_the_deciding_leaves_alone_decide_the_same(tree: Predicate, known: dict[str, Value]) -> None:
    finding = judge(tree, known, DAY)
    needed = {each.fact for part in deciding(finding) for each in leaves(part.predicate)}
    only = {name: value for name, value in known.items() if name in needed}
    assert truth(tree, only, DAY) is finding.truth


@pytest.mark.parametrize(
    ("comparison", "operand", "met", "unmet"),
    [
        (Comparison.AT_MOST, Decimal(300), Decimal(300), Decimal(301)),
        (Comparison.BELOW, Decimal(300), Decimal("299.99"), Decimal(300)),
        (Comparison.AT_LEAST, Decimal(60), Decimal(60), Decimal("59.9")),
        (Comparison.ABOVE, Decimal(15000), Decimal("15000.01"), Decimal(15000)),
        (Comparison.IS, False, False, True),
        (Comparison.IN, ("small", "sole"), "sole", "general"),
        # 36个自然月：2026-11是2023-12起的第36个月，也是2023-11起的第37个月。
        (Comparison.MONTHS_BELOW, Decimal(36), date(2023, 12, 31), date(2023, 11, 1)),
        (Comparison.MONTHS_AT_LEAST, Decimal(36), date(2023, 11, 30), date(2023, 12, 1)),
        (Comparison.DAYS_AT_LEAST, Decimal(365), date(2025, 11, 21), date(2025, 11, 22)),
        (Comparison.SAME_YEAR, True, date(2026, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_comparison_turns_exactly_at_its_limit(
    comparison: Comparison, operand: Any, met: Value, unmet: Value
) -> None:
    asked = leaf(comparison, operand)
    assert truth(asked, {"fact": met}, DAY) is YES
    assert truth(asked, {"fact": unmet}, DAY) is NO
    assert truth(asked, {}, DAY) is MISSING


def test_the_month_of_a_later_date_has_not_begun() -> None:
    assert truth(leaf(Comparison.MONTHS_BELOW, Decimal(36)), {"fact": date(2026, 12, 1)}, DAY) is NO


def test_a_tree_is_read_from_its_yaml_form() -> None:
    raw = {
        "any": [{"text": "甲", "fact": "a", "is": True}, {"not": {"text": "乙", "fact": "b", "at_most": 3}}]
    }
    assert parse(raw) == Node(
        "",
        Join.ANY,
        (
            Leaf("甲", "a", Comparison.IS, True),
            Node("", Join.NOT, (Leaf("乙", "b", Comparison.AT_MOST, Decimal(3)),)),
        ),
    )
