"""What an import would change: records added, changed (and in which fields) and removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.entries import Entry, Policy, Record, Term
from knowledge.golden import Golden

Kind = Literal["policy", "entry", "term", "golden", "as_of", "negative"]
What = Literal["added", "changed", "removed"]
Facts = Mapping[str, object]

_SIGNS: dict[What, str] = {"added": "+", "changed": "~", "removed": "-"}


@dataclass(frozen=True)
class Change:
    """One record that would not stay as it is; ``fields`` names what differs in a changed one."""

    kind: Kind
    record: str
    what: What
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        fields = f": {', '.join(self.fields)}" if self.fields else ""
        return f"{_SIGNS[self.what]} {self.kind} {self.record}{fields}"


@dataclass(frozen=True)
class Holding:
    """All that is held in one place; ``unpublished`` gives the state of each entry that is not published."""

    policies: tuple[Policy, ...] = ()
    entries: tuple[Entry, ...] = ()
    golden: Golden = field(default_factory=Golden)
    unpublished: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()


def changes(before: Holding, after: Holding) -> tuple[Change, ...]:
    """What putting ``after`` in place of ``before`` would change; empty where both say the same."""
    old, new = _facts_of(before), _facts_of(after)
    return tuple(change for kind in old for change in _compared(kind, old[kind], new[kind]))


def _facts_of(holding: Holding) -> dict[Kind, dict[str, Facts]]:
    golden = holding.golden
    return {
        "policy": {policy.id: _facts(policy) for policy in holding.policies},
        "entry": {entry.id: _entry_facts(entry, holding.unpublished) for entry in holding.entries},
        "term": {term.term: _facts(term) for term in holding.terms},
        "golden": {
            phrasing.text: {"entry": item.entry, "kind": phrasing.kind, "also": phrasing.also}
            for item in golden.questions
            for phrasing in item.ask
        },
        "as_of": {question.text: _facts(question) for question in golden.as_of},
        "negative": {negative.text: _facts(negative) for negative in golden.negatives},
    }


def _compared(kind: Kind, old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[Change]:
    yield from (Change(kind, name, "added") for name in new if name not in old)
    for name in new:
        if name in old and (fields := tuple(_differing(old[name], new[name]))):
            yield Change(kind, name, "changed", fields)
    yield from (Change(kind, name, "removed") for name in old if name not in new)


def _differing(old: Facts, new: Facts, within: str = "") -> Iterator[str]:
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differing(before, after, f"{within}{name}.")
        elif before != after:
            yield within + name


def _facts(record: Record) -> dict[str, object]:
    fields = type(record).model_fields
    return {
        fields[name].alias or name: _facts(value) if isinstance(value, Record) else value
        for name, value in record
    }


def _entry_facts(entry: Entry, unpublished: Mapping[str, str]) -> Facts:
    facts = _facts(entry)
    facts.pop("versions")
    versions = {f"versions[{version.start}]": _facts(version) for version in entry.versions}
    return facts | versions | {"state": unpublished.get(entry.id, "published")}
