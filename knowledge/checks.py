"""Checks of the content that no single record can make: citations, dates, figures, references, duplicates."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from knowledge.documents import policies_hold
from knowledge.entries import Entry, Figure, Policy, Record, Version
from knowledge.files import Content, Finding, read_around
from knowledge.glossary import terms_hold
from knowledge.questions import character_pairs, questions_hold, shared

NEAR_SHARE = 0.9

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(万亿|亿|万|千)?(?:元|平方米|人)?(%|％|‰)?")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SCALE = {"": 1, "千": 1_000, "万": 10_000, "亿": 100_000_000, "万亿": 1_000_000_000_000}

_ILLEGIBLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffd]")

_Path = tuple[int | str, ...]


def check(content: Content) -> Iterator[Finding]:
    """Everything that must be mended before a release can be published from ``content``.

    A part is judged by what stands around it, and its own findings are told. Raises
    `knowledge.files.WrongContent` where that cannot be read.
    """
    for finding in _check(read_around(content)):
        if content.part is None or Path(finding.file).stem == content.part[1]:
            yield finding


def _check(content: Content) -> Iterator[Finding]:
    yield from policies_hold(content)
    for entry in content.knowledge.entries:
        for path, reason in (*_references_wrong(content, entry), *_gaps_wrong(entry)):
            yield content.finding(f"entry:{entry.id}", path, reason)
        for index, version in enumerate(entry.versions):
            yield from _citations_hold(content, entry, index, version)
            yield from _figures_hold(content, entry, index, version)
    yield from questions_hold(content)
    yield from terms_hold(content)
    yield from _legible(content)


def near_duplicates(content: Content, share: float = NEAR_SHARE) -> Iterator[tuple[str, str, str, str]]:
    """Pairs ``(entry, question, other entry, its question)`` with more than ``share`` in common; a report."""
    questions = [
        (entry.id, q, character_pairs(q)) for entry in content.knowledge.entries for q in entry.questions
    ]
    uses = Counter(pair for _, _, pairs in questions for pair in pairs)
    seen: dict[str, list[tuple[str, str, frozenset[str]]]] = defaultdict(list)
    for entry_id, question, pairs in questions:
        rarest = _rarest(pairs, uses, share)
        others = {row[:2]: row[2] for pair in rarest for row in seen[pair] if row[0] != entry_id}
        for (other_id, other), other_pairs in sorted(others.items(), key=lambda item: item[0]):
            if shared(pairs, other_pairs) > share:
                yield entry_id, question, other_id, other
        for pair in rarest:
            seen[pair].append((entry_id, question, pairs))


def _rarest(pairs: frozenset[str], uses: Counter[str], share: float) -> list[str]:
    """So many of the rarest pairs that two questions with more than ``share`` in common have one in common."""
    least_in_common = int(share * len(pairs) / (2 - share))
    return sorted(pairs, key=lambda pair: (uses[pair], pair))[: len(pairs) - least_in_common + 1]


def numbers(text: str) -> frozenset[str]:
    """The numbers in ``text`` in one spelling: ``10万元`` and ``100,000`` are both ``100000``."""
    # NFKC turns the comma of an enumeration, ，, into the one that groups thousands.
    plain = unicodedata.normalize("NFKC", _GROUPING.sub("", text))
    return frozenset(_spell(*match.groups(default="")) for match in _NUMBER.finditer(plain))


def _spell(digits: str, scale: str, percent: str) -> str:
    return format((Decimal(digits) * _SCALE[scale]).normalize(), "f") + percent


def _references_wrong(content: Content, entry: Entry) -> Iterator[tuple[_Path, str]]:
    known = content.knowledge.entry_by_id
    references: list[tuple[_Path, str]] = [
        *((("related", i), other) for i, other in enumerate(entry.related)),
        *((("relations", i), relation.entry) for i, relation in enumerate(entry.relations)),
    ]
    if entry.ask:
        references += [(("ask", "options", i), option.entry) for i, option in enumerate(entry.ask.options)]
    seen: set[tuple[int | str, str]] = set()
    for path, other in references:
        if other not in known:
            yield path, f"there is no entry {other}"
        elif other == entry.id:
            yield path, "an entry cannot refer to itself"
        elif (path[0], other) in seen:
            yield path, f"{other} stands here twice"
        seen.add((path[0], other))
    yield from _relations_against(content, entry)


def _relations_against(content: Content, entry: Entry) -> Iterator[tuple[_Path, str]]:
    """Where the other end of a relation says the opposite."""
    for index, relation in enumerate(entry.relations):
        other = content.knowledge.entry_by_id.get(relation.entry)
        back = {r.kind for r in other.relations if r.entry == entry.id} if other else set()
        if back - {relation.kind}:
            yield ("relations", index), f"{relation.entry} says {', '.join(back)} of this entry"


def _gaps_wrong(entry: Entry) -> Iterator[tuple[_Path, str]]:
    holes = {(before.end, after.start) for before, after in pairwise(entry.versions)}
    for index, gap in enumerate(entry.gaps):
        if (gap.start, gap.end) not in holes or gap.start >= gap.end:
            yield ("gaps", index), f"no two versions leave [{gap.start}, {gap.end}) open"


def _citations_hold(content: Content, entry: Entry, index: int, version: Version) -> Iterator[Finding]:
    key = f"entry:{entry.id}"
    policies = content.knowledge.policy_by_id
    for number, citation in enumerate(version.citations):
        path = ("versions", index, "citations", number)
        policy = policies.get(citation.policy)
        if policy is None:
            yield content.finding(key, path, f"there is no policy {citation.policy}")
        elif citation.document and citation.document not in policy.documents:
            yield content.finding(key, path, f"{citation.policy} has no document {citation.document}")
        elif not citation.background and not policy.in_force_throughout(version.start, version.end):
            span = f"[{policy.effective_from}, {policy.last_day or '…'}]"
            yield content.finding(
                key,
                path,
                f"{citation.policy} is in force {span}, not on all of [{version.start}, {version.end})",
            )
    if all(citation.background for citation in version.citations):
        yield content.finding(
            key, ("versions", index, "citations"), "no citation is in force: all are background"
        )


def _figures_hold(content: Content, entry: Entry, index: int, version: Version) -> Iterator[Finding]:
    policies = content.knowledge.policy_by_id
    cited = [policies[c.policy] for c in version.citations if c.policy in policies]
    known = frozenset[str]().union(*map(_policy_numbers, cited))
    for number, figure in enumerate(version.figures):
        path = ("versions", index, "figures", number)
        if reason := _figure_wrong(figure, version, known):
            yield content.finding(f"entry:{entry.id}", path, reason)


def _figure_wrong(figure: Figure, version: Version, known: frozenset[str]) -> str | None:
    if figure.value not in version.text:
        return f"“{figure.value}” is not in the text"
    strange = numbers(figure.value) - known
    return f"{', '.join(sorted(strange))} is in no cited policy's record" if strange else None


def _policy_numbers(policy: Policy) -> frozenset[str]:
    words = (policy.title, policy.applies_to, policy.status, *policy.key_figures, *policy.facts)
    dates = (policy.effective_from, policy.last_day)
    return frozenset[str]().union(
        *map(numbers, words), *(numbers(f"{d.year} {d.month} {d.day}") for d in dates if d)
    )


def _legible(content: Content) -> Iterator[Finding]:
    """No control character and no sign of a lost one: nobody can read those aloud."""
    for policy in content.knowledge.policies:
        for path, reason in _illegible(policy, ()):
            yield content.finding(f"policy:{policy.id}", path, reason)
    for entry in content.knowledge.entries:
        for path, reason in _illegible(entry, ()):
            yield content.finding(f"entry:{entry.id}", path, reason)
    for source, golden in content.golden_files:
        for path, reason in _illegible(golden, ()):
            yield source.finding(path, reason)


def _illegible(held: object, path: _Path) -> Iterator[tuple[_Path, str]]:
    if isinstance(held, str):
        if strange := _ILLEGIBLE.search(held):
            yield path, f"an illegible character: {strange.group()!a}"
    elif isinstance(held, tuple):
        for index, item in enumerate(held):
            yield from _illegible(item, (*path, index))
    elif isinstance(held, Record):
        for name, value in held:
            yield from _illegible(value, (*path, name))
