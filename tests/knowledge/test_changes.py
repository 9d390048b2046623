"""The report of changes says which records an import would add, change (and where) and remove, and no more."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from knowledge.changes import Change, Holding, changes
from knowledge.entries import Tags
from knowledge.golden import Golden, Negative
from tests.knowledge.small import GOLDEN, POLICY, RATE, WHEN

HELD = Holding((POLICY,), (RATE, WHEN), GOLDEN)


def test_the_same_knowledge_changes_nothing() -> None:
    assert changes(HELD, Holding((POLICY,), (RATE, WHEN), GOLDEN)) == ()


def test_an_empty_database_gets_every_record() -> None:
    assert {(change.kind, change.what) for change in changes(Holding(), HELD)} == {
        ("policy", "added"),
        ("entry", "added"),
        ("golden", "added"),
        ("as_of", "added"),
        ("negative", "added"),
    }


def test_a_changed_record_names_the_fields_that_differ() -> None:
    later = RATE.versions[1].model_copy(update={"note": "新", "end": date(2030, 1, 1)})
    entry = RATE.model_copy(
        update={
            "english": "0.03%",
            "tags": Tags(tax=("印花税",)),
            "versions": (RATE.versions[0], later),
        }
    )
    assert changes(HELD, Holding((POLICY,), (entry, WHEN), GOLDEN)) == (
        Change(
            "entry",
            "stamp-rate",
            "changed",
            ("tags.who", "english", "versions[2024-06-01].to", "versions[2024-06-01].note"),
        ),
    )


def test_a_version_that_comes_or_goes_is_named_as_a_whole() -> None:
    entry = RATE.model_copy(update={"versions": RATE.versions[:1]})
    assert changes(HELD, Holding((POLICY,), (entry, WHEN), GOLDEN)) == (
        Change("entry", "stamp-rate", "changed", ("versions[2024-06-01]",)),
    )


def test_an_entry_that_was_not_published_changes_its_state_or_is_removed() -> None:
    drafts = Holding((POLICY,), (RATE, WHEN), GOLDEN, {"stamp-rate": "draft", "stamp-when": "retired"})
    assert changes(drafts, Holding((POLICY,), (RATE,), GOLDEN)) == (
        Change("entry", "stamp-rate", "changed", ("state",)),
        Change("entry", "stamp-when", "removed"),
    )


def test_a_golden_question_is_known_by_its_text() -> None:
    golden = Golden(
        questions=GOLDEN.questions,
        as_of=GOLDEN.as_of[:1],
        negatives=(Negative(text="香港印花税怎么交", kind="other_domain"),),
    )
    assert changes(HELD, Holding((POLICY,), (RATE, WHEN), golden)) == (
        Change("as_of", "2001年合同的税率", "removed"),
        Change("negative", "香港印花税怎么交", "changed", ("kind",)),
    )


def test_a_change_reads_as_one_line() -> None:
    assert str(Change("entry", "stamp-rate", "changed", ("english", "tags.who"))) == (
        "~ entry stamp-rate: english, tags.who"
    )


@given(before=st.sets(st.sampled_from("abcdef")), after=st.sets(st.sampled_from("abcdef")))
def test_what_is_added_one_way_is_removed_the_other(before: set[str], after: set[str]) -> None:
    there, back = (
        {(change.record, change.what) for change in changes(*pair)}
        for pair in ((_holding(before), _holding(after)), (_holding(after), _holding(before)))
    )
    assert there == {(name, "added") for name in after - before} | {
        (name, "removed") for name in before - after
    }
    assert back == {(name, "removed" if what == "added" else "added") for name, what in there}


def _holding(names: set[str]) -> Holding:
    return Holding(policies=tuple(POLICY.model_copy(update={"id": name}) for name in sorted(names)))
