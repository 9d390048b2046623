"""Checks of what people ask: enough ways to ask, none in two places, labelled questions kept apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from knowledge.entries import Entry, Knowledge
from knowledge.files import Content, Finding
from knowledge.golden import AsOfQuestion, Golden
from retrieval.normalise import Normaliser

SAME_SHARE = 0.8
DISTINCT_SIMILAR_QUESTIONS = 10

_Path = tuple[int | str, ...]


def questions_hold(content: Content) -> Iterator[Finding]:
    """Everything that is wrong with the questions of ``content``."""
    for entry in content.knowledge.entries:
        yield from _enough_similar_questions(content, entry)
    as_searched = _as_searched(Normaliser(content.knowledge.synonyms))
    owners: dict[str, str] = {}
    yield from _each_asked_once(content, owners, as_searched)
    yield from _golden_holds(content, owners, as_searched)


def character_pairs(text: str) -> frozenset[str]:
    """The set of neighbouring character pairs of ``text``, without spaces and punctuation."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
    return frozenset(kept[i : i + 2] for i in range(len(kept) - 1)) or frozenset([kept])


def shared(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of character pairs in common (Dice's coefficient), 0 to 1."""
    return 2 * len(first & second) / (len(first) + len(second))


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


def _each_asked_once(
    content: Content, owners: dict[str, str], as_searched: Callable[[str], str]
) -> Iterator[Finding]:
    """Questions that stand twice, as the search would read them; ``owners`` learns who asks what."""
    for entry in content.knowledge.entries:
        own: set[str] = set()
        for index, question in enumerate(entry.questions):
            asked = as_searched(question)
            first = owners.setdefault(asked, entry.id)
            if first != entry.id or asked in own:
                path = ("similar_questions", index - 1) if index else ("question",)
                whose = f"also a question of {first}" if first != entry.id else "asked by this entry already"
                yield content.finding(f"entry:{entry.id}", path, f"“{question}” is {whose}")
            own.add(asked)


def _golden_holds(
    content: Content, owners: dict[str, str], as_searched: Callable[[str], str]
) -> Iterator[Finding]:
    places: dict[str, str] = {}
    for source, golden in content.golden_files:
        for path, entry_id, text in _labelled(golden):
            asked, place = as_searched(text), f"{source.file}:{path}"
            if reason := _also_wrong(content.knowledge, golden, path):
                yield source.finding((*path, "also"), reason)
            if places.setdefault(asked, place) != place:
                yield source.finding(path, f"“{text}” stands in the golden questions twice")
            elif asked in owners:
                yield source.finding(path, f"“{text}” is a question of {owners[asked]}, not kept apart")
            elif reason := _golden_wrong(content.knowledge, entry_id, text, path[0] == "questions"):
                yield source.finding(path, reason)
        for i, item in enumerate(golden.as_of):
            if reason := _as_of_wrong(content.knowledge, item):
                yield source.finding(("as_of", i, "versions"), reason)


def _labelled(golden: Golden) -> Iterator[tuple[_Path, str | None, str]]:
    """Every labelled question: where it stands, the entry that is right (None: none is), its text."""
    for i, asked in enumerate(golden.questions):
        yield from (
            (("questions", i, "ask", j), asked.entry, phrasing.text) for j, phrasing in enumerate(asked.ask)
        )
    yield from ((("as_of", i), item.entry, item.text) for i, item in enumerate(golden.as_of))
    yield from ((("negatives", i), None, item.text) for i, item in enumerate(golden.negatives))


def _golden_wrong(knowledge: Knowledge, entry_id: str | None, text: str, apart: bool) -> str | None:
    if entry_id is None:
        return None
    entry = knowledge.entry_by_id.get(entry_id)
    if entry is None:
        return f"there is no entry {entry_id}"
    pairs = character_pairs(text)
    twin = next((q for q in entry.questions if shared(pairs, character_pairs(q)) > SAME_SHARE), None)
    return f"“{text}” is not kept apart from the entry's own “{twin}”" if twin and apart else None


def _also_wrong(knowledge: Knowledge, golden: Golden, path: _Path) -> str | None:
    if path[0] != "questions":
        return None
    _, i, _, j = path
    asked = golden.questions[int(i)]
    strange = [
        one for one in asked.ask[int(j)].also if one not in knowledge.entry_by_id or one == asked.entry
    ]
    return f"there is no other entry {strange[0]}" if strange else None


def _as_of_wrong(knowledge: Knowledge, item: AsOfQuestion) -> str | None:
    entry = knowledge.entry_by_id.get(item.entry)
    if entry is None or item.expect != "version":
        return None
    starts = {version.start for version in entry.versions}
    strange = [str(day) for day in item.versions if day not in starts]
    if strange or not item.versions:
        return f"{item.entry} has versions from {', '.join(map(str, sorted(starts)))}, not {', '.join(strange) or 'none'}"
    return None


def _as_searched(normaliser: Normaliser) -> Callable[[str], str]:
    """How the search reads a text, 繁 as 简 and sayings as their terms; without punctuation."""
    return lambda text: "".join(character for character in normaliser(text) if character.isalnum())
