"""Checks of the content that no single record can make: citations, dates, figures, duplicates, reach."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from knowledge.entries import Entry, Figure, Knowledge, Policy, Version
from knowledge.files import Content, Finding
from knowledge.golden import AsOfQuestion

SAME_SHARE = 0.8
NEAR_SHARE = 0.9
DISTINCT_SIMILAR_QUESTIONS = 10

_DOCUMENT_NO = re.compile(r"\d{4}年第\d+号|[〔\[]\d{4}[〕\]]第?\d+号|令第[\d一二三四五六七八九十百○〇零]+号")
_BROKEN_NO = re.compile(r"[\d第一二三四五六七八九十百○〇零]\s*号|公告\d{4}年第?\d|[〔\[]\d{4}")
_LAW = re.compile(r"法|条例|办法|细则|规定|协定|安排|通知|公告|规则")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(万亿|亿|万|千)?(?:元|平方米|人)?(%|％|‰)?")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SCALE = {"": 1, "千": 1_000, "万": 10_000, "亿": 100_000_000, "万亿": 1_000_000_000_000}


def check(content: Content) -> Iterator[Finding]:
    """Everything that must be mended before a release can be published from ``content``."""
    yield from _documents_well_formed(content)
    for entry in content.knowledge.entries:
        yield from _references_resolve(content, entry)
        yield from _enough_similar_questions(content, entry)
        for index, version in enumerate(entry.versions):
            yield from _citations_hold(content, entry, index, version)
            yield from _figures_hold(content, entry, index, version)
    yield from _questions_unique(content)
    yield from _every_policy_reached(content)
    yield from _golden_holds(content)


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


def character_pairs(text: str) -> frozenset[str]:
    """The set of neighbouring character pairs of ``text``, without spaces and punctuation."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
    return frozenset(kept[i : i + 2] for i in range(len(kept) - 1)) or frozenset([kept])


def shared(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of character pairs in common (Dice's coefficient), 0 to 1."""
    return 2 * len(first & second) / (len(first) + len(second))


def numbers(text: str) -> frozenset[str]:
    """The numbers in ``text`` in one spelling: ``10万元`` and ``100,000`` are both ``100000``."""
    # NFKC turns the comma of an enumeration, ，, into the one that groups thousands.
    plain = unicodedata.normalize("NFKC", _GROUPING.sub("", text))
    return frozenset(_spell(*match.groups(default="")) for match in _NUMBER.finditer(plain))


def _spell(digits: str, scale: str, percent: str) -> str:
    return format((Decimal(digits) * _SCALE[scale]).normalize(), "f") + percent


def _documents_well_formed(content: Content) -> Iterator[Finding]:
    for policy in content.knowledge.policies:
        for index, document in enumerate(policy.documents):
            if not _names_a_document(document):
                yield content.finding(
                    f"policy:{policy.id}", ("documents", index), f"“{document}” is not a 文号 or a law's name"
                )


def _names_a_document(text: str) -> bool:
    rest, well_formed = _DOCUMENT_NO.subn("", text)
    return not _BROKEN_NO.search(rest) and bool(well_formed or _LAW.search(rest))


def _references_resolve(content: Content, entry: Entry) -> Iterator[Finding]:
    known = content.knowledge.entry_by_id
    references: list[tuple[tuple[int | str, ...], str]] = [
        *((("related", i), other) for i, other in enumerate(entry.related)),
        *((("relations", i), relation.entry) for i, relation in enumerate(entry.relations)),
    ]
    if entry.ask:
        references += [(("ask", "options", i), option.entry) for i, option in enumerate(entry.ask.options)]
    for path, other in references:
        if other not in known:
            yield content.finding(f"entry:{entry.id}", path, f"there is no entry {other}")
        elif other == entry.id:
            yield content.finding(f"entry:{entry.id}", path, "an entry cannot refer to itself")


def _enough_similar_questions(content: Content, entry: Entry) -> Iterator[Finding]:
    distinct: list[tuple[str, frozenset[str]]] = [(entry.question, character_pairs(entry.question))]
    twins: list[str] = []
    for question in entry.similar_questions:
        pairs = character_pairs(question)
        twin = next((kept for kept, other in distinct if shared(pairs, other) > SAME_SHARE), None)
        if twin is None:
            distinct.append((question, pairs))
        else:
            twins.append(f"“{question}” ≈ “{twin}”")
    if len(distinct) - 1 < DISTINCT_SIMILAR_QUESTIONS:
        reason = (
            f"only {len(distinct) - 1} distinct, {DISTINCT_SIMILAR_QUESTIONS} are needed; {'; '.join(twins)}"
        )
        yield content.finding(f"entry:{entry.id}", ("similar_questions",), reason)


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


def _questions_unique(content: Content) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for entry in content.knowledge.entries:
        for index, question in enumerate(entry.questions):
            first = owner.setdefault(_plain(question), entry.id)
            if first != entry.id:
                path = ("similar_questions", index - 1) if index else ("question",)
                reason = f"“{question}” is also a question of {first}"
                yield content.finding(f"entry:{entry.id}", path, reason)


def _every_policy_reached(content: Content) -> Iterator[Finding]:
    reached = {c.policy for e in content.knowledge.entries for v in e.versions for c in v.citations}
    for policy in content.knowledge.policies:
        if policy.id not in reached:
            yield content.finding(f"policy:{policy.id}", ("id",), "no entry cites it")


def _golden_holds(content: Content) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for source, golden in content.golden_files:
        asked = [
            *((("questions", i, "ask", j), item.entry, phrasing.text)
              for i, item in enumerate(golden.questions) for j, phrasing in enumerate(item.ask)),
            *((("as_of", i), item.entry, item.text) for i, item in enumerate(golden.as_of)),
            *((("negatives", i), None, item.text) for i, item in enumerate(golden.negatives)),
        ]  # fmt: skip
        for path, entry_id, text in asked:
            place = f"{source.file}:{path}"
            if owner.setdefault(_plain(text), place) != place:
                yield source.finding(path, f"“{text}” stands in the golden questions twice")
            elif reason := _golden_wrong(content.knowledge, entry_id, text, path[0] == "questions"):
                yield source.finding(path, reason)
        for i, item in enumerate(golden.as_of):
            if reason := _as_of_wrong(content.knowledge, item):
                yield source.finding(("as_of", i, "versions"), reason)


def _golden_wrong(knowledge: Knowledge, entry_id: str | None, text: str, apart: bool) -> str | None:
    if entry_id is None:
        return None
    entry = knowledge.entry_by_id.get(entry_id)
    if entry is None:
        return f"there is no entry {entry_id}"
    pairs = character_pairs(text)
    twin = next((q for q in entry.questions if shared(pairs, character_pairs(q)) > SAME_SHARE), None)
    return f"“{text}” is not kept apart from the entry's own “{twin}”" if twin and apart else None


def _as_of_wrong(knowledge: Knowledge, item: AsOfQuestion) -> str | None:
    entry = knowledge.entry_by_id.get(item.entry)
    if entry is None or item.expect != "version":
        return None
    starts = {version.start for version in entry.versions}
    strange = [str(day) for day in item.versions if day not in starts]
    if strange or not item.versions:
        return f"{item.entry} has versions from {', '.join(map(str, sorted(starts)))}, not {', '.join(strange) or 'none'}"
    return None


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
