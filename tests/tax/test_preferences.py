from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from tax.facts import Fact, Type, catalogue
from tax.predicates import Comparison, Join, Leaf, Node, Predicate, leaves
from tax.preferences import Preference, UnknownPreference, preference, preferences, rules_version

ALL = list(preferences().values())
BY_TYPE = {
    Type.BOOL: {Comparison.IS},
    Type.CHOICE: {Comparison.IS, Comparison.IN},
    Type.NUMBER: {Comparison.AT_MOST, Comparison.BELOW, Comparison.AT_LEAST, Comparison.ABOVE},
    Type.DATE: {
        Comparison.MONTHS_BELOW,
        Comparison.MONTHS_AT_LEAST,
        Comparison.DAYS_AT_LEAST,
        Comparison.SAME_YEAR,
    },
}
EXPECTED = {
    "vat-small-exempt",
    "small-profit",
    "hightech-recognition",
    "hightech-rate",
    "rd-deduction",
    "six-taxes",
    "deed-only-home-low",
    "deed-only-home-high",
    "deed-second-home-low",
    "deed-second-home-high",
    "key-group-self",
    "key-group-hire",
    "veteran-self",
    "veteran-hire",
    "special-infant",
    "special-children",
    "special-continuing",
    "special-medical",
    "special-loan",
    "special-rent",
    "special-elder",
    "first-violation",
}


def fits(leaf: Leaf, fact: Fact) -> bool:
    """Whether ``leaf`` asks of ``fact`` what its type can answer."""
    if leaf.comparison not in BY_TYPE[fact.type]:
        return False
    asked = leaf.operand if leaf.comparison is Comparison.IN else (leaf.operand,)
    return fact.type is not Type.CHOICE or set(asked) <= dict(fact.choices).keys()


def nodes(predicate: Predicate) -> list[Node]:
    if isinstance(predicate, Leaf):
        return []
    return [predicate, *(node for part in predicate.parts for node in nodes(part))]


def test_the_catalogue_is_the_one_promised() -> None:
    assert preferences().keys() == EXPECTED


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_every_condition_asks_a_fact_what_its_type_can_answer(each: Preference) -> None:
    asked = [leaf for terms in each.versions for leaf in leaves(terms.when)]
    assert [leaf for leaf in asked if not fits(leaf, catalogue().facts[leaf.fact])] == []


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_every_alternative_and_every_exclusion_says_in_words_what_it_asks(each: Preference) -> None:
    joined = [node for terms in each.versions for node in nodes(terms.when) if node.join is not Join.ALL]
    assert [node for node in joined if not node.text] == []


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_terms_follow_each_other_in_time_and_are_cited(each: Preference) -> None:
    assert all(before.end == after.start for before, after in pairwise(each.versions))
    for terms in each.versions:
        assert terms.end is None or terms.start < terms.end
        assert terms.basis
        assert all(basis.effective_from <= terms.start for basis in terms.basis)
        assert all(basis.document_no and basis.title for basis in terms.basis)


def test_every_fact_of_the_catalogue_is_asked_by_some_preference() -> None:
    asked = {leaf.fact for each in ALL for terms in each.versions for leaf in leaves(terms.when)}
    assert asked == catalogue().facts.keys()


def test_the_terms_of_a_day_are_those_in_force_with_the_end_excluded() -> None:
    small = preference("vat-small-exempt")
    documents = [
        terms.basis[0].document_no if (terms := small.terms(day)) else None
        for day in (
            date(2018, 12, 31),
            date(2025, 12, 31),
            date(2026, 1, 1),
            date(2027, 12, 31),
            date(2028, 1, 1),
        )
    ]
    old, new = "财政部 税务总局公告2023年第1号", "财政部 税务总局公告2026年第10号"
    assert documents == [None, old, new, new, None]


def test_the_first_violation_lists_have_ten_and_then_fourteen_items() -> None:
    counts = []
    for terms in preference("first-violation").versions:
        listed = [leaf.operand for leaf in leaves(terms.when) if leaf.fact == "violation"]
        counts.append(len({item for items in listed for item in items}))
    assert counts == [10, 14]


def test_an_unknown_preference_is_refused_by_name() -> None:
    with pytest.raises(UnknownPreference, match="没有“free-lunch”这项优惠"):
        preference("free-lunch")


def test_the_rules_have_one_version() -> None:
    assert rules_version() == rules_version()
    assert len(rules_version()) == 12
