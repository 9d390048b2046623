from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from knowledge.checks import check
from knowledge.entries import Who
from knowledge.files import Content, read_content
from knowledge.questions import DISTINCT_SIMILAR_QUESTIONS
from retrieval.normalise import fold

FOLDER = Path(__file__).parents[2] / "knowledge" / "content"
REPEAL = date(2026, 1, 1)


@cache
def shipped() -> Content:
    """The shipped content, read once."""
    return read_content(FOLDER)


def test_the_shipped_content_has_no_findings() -> None:
    assert [str(finding) for finding in check(shipped())] == []


def test_the_counts_are_reached() -> None:
    knowledge, golden = shipped().knowledge, shipped().golden
    assert len(knowledge.policies) >= 227
    assert len(knowledge.entries) >= 450
    assert sum(len(item.ask) for item in golden.questions) >= 2_400
    assert len(golden.as_of) >= 300
    assert len(golden.negatives) >= 400


def test_every_entry_has_enough_similar_questions() -> None:
    short = [
        e.id for e in shipped().knowledge.entries if len(e.similar_questions) < DISTINCT_SIMILAR_QUESTIONS
    ]
    assert short == []


def test_nothing_rests_on_what_was_repealed_on_the_first_of_2026() -> None:
    policies = shipped().knowledge.policy_by_id
    repealed = {key for key, policy in policies.items() if policy.last_day == REPEAL - timedelta(days=1)}
    resting = [
        (entry.id, version.start, citation.policy)
        for entry in shipped().knowledge.entries
        for version in entry.versions
        if version.end is None or version.end > REPEAL
        for citation in version.citations
        if citation.policy in repealed and not citation.background
    ]
    assert len(repealed) > 5
    assert resting == []


def test_every_link_of_a_chain_that_is_an_identifier_leads_to_a_policy() -> None:
    policies = shipped().knowledge.policies
    links = {link for p in policies for link in (*p.replaces, *p.replaced_by, *filter(None, [p.ended_by]))}
    identifiers = {link for link in links if re.fullmatch(r"[a-z0-9-]+", link)}
    assert identifiers <= shipped().knowledge.policy_by_id.keys()


def test_no_labelled_question_is_word_for_word_the_question_of_another_entry() -> None:
    owner = {question: entry.id for entry in shipped().knowledge.entries for question in entry.questions}
    golden = shipped().golden
    asked = [(phrasing.text, item.entry) for item in golden.questions for phrasing in item.ask]
    asked += [(item.text, "") for item in golden.negatives]
    assert [text for text, entry in asked if owner.get(text, entry) != entry] == []


def test_every_kind_of_entry_and_of_negative_is_there() -> None:
    kinds = Counter(entry.kind for entry in shipped().knowledge.entries)
    negatives = Counter(item.kind for item in shipped().golden.negatives)
    assert min(kinds[kind] for kind in ("policy", "procedure", "concept", "choice")) > 50
    assert (
        min(negatives[kind] for kind in ("foreign", "other_domain", "gibberish", "account", "evasion")) > 50
    )


def test_at_least_sixty_pairs_of_benefits_are_said_to_stack_or_to_exclude_each_other() -> None:
    pairs = {
        frozenset([entry.id, relation.entry])
        for entry in shipped().knowledge.entries
        for relation in entry.relations
    }
    assert len(pairs) >= 60


@pytest.mark.parametrize(
    "word",
    ["退税", "汇缴", "汇算", "汇算清缴什么时候", "加计", "加计扣除", "起征点", "起徵點", "小微", "减半", "房子要交什么税",
     "印花税", "社保"],
)  # fmt: skip
def test_a_word_that_means_several_things_is_asked_back(word: str) -> None:
    entries = shipped().knowledge.entries
    owner = {fold(question).rstrip("?"): entry for entry in entries for question in entry.questions}
    ask = owner[fold(word)].ask
    assert ask is not None
    assert len({option.entry for option in ask.options}) >= 2


@pytest.mark.parametrize(
    ("entry", "theme"),
    [
        ("iit-choice-settle", "cit-settle-deadline"),
        ("iit-choice-threshold", "vat-choice-threshold"),
        ("half-choice", "iit-half-amount"),
    ],
)
def test_a_question_back_offers_the_same_theme_in_another_tax(entry: str, theme: str) -> None:
    ask = shipped().knowledge.entry_by_id[entry].ask
    assert ask is not None
    assert theme in {option.entry for option in ask.options}


@pytest.mark.parametrize(
    ("entry", "who", "counterpart"),
    [
        ("vat-small-threshold", "一般纳税人", "vat-small-not-for-general"),
        ("vat-small-one-percent", "一般纳税人", "vat-rate-vs-levy"),
        ("vat-filing-small-how", "一般纳税人", "vat-filing-general"),
        ("surcharge-half", "一般纳税人", "six-taxes-general-taxpayer"),
        ("vat-rate-goods", "小规模纳税人", "vat-small-one-percent"),
        ("vat-input-documents", "小规模纳税人", "vat-general-vs-small"),
        ("iit-deduction-5000", "个体工商户", "iit-business-60000"),
        ("iit-rates", "个体工商户", "iit-business-rates"),
        ("iit-settle-when", "个体工商户", "iit-business-settle"),
        ("prop-sell-vat-over2", "个体工商户", "prop-sell-vat-individual-business"),
        ("social-unit-rate-main", "个体工商户", "social-gth-employees"),
        ("iit-deduction-5000", "非居民", "nonresident-salary"),
        ("iit-labor-amount", "非居民", "nonresident-labor"),
        ("cit-rate-basic", "非居民", "nonresident-cit-rate"),
        ("nonresident-salary", "自然人", "iit-deduction-5000"),
    ],
)
def test_the_first_related_entry_for_another_taxpayer_is_the_counterpart(
    entry: str, who: Who, counterpart: str
) -> None:
    known = shipped().knowledge.entry_by_id
    asked = known[entry]
    assert who not in asked.tags.who
    theirs = [
        other
        for other in asked.related
        if who in known[other].tags.who and set(known[other].tags.tax) & set(asked.tags.tax)
    ]
    assert theirs[0] == counterpart
