from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from knowledge.checks import DISTINCT_SIMILAR_QUESTIONS, check
from knowledge.files import Content, read_content

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
