"""A policy in time: what it replaced, itself, what replaced it, and who says so in which versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from knowledge.entries import Entry, Knowledge, Policy, Version

Place = Literal["earlier", "itself", "later"]

_MARKS: dict[Place, str] = {"earlier": "↑", "itself": "●", "later": "↓"}


class UnknownPolicy(LookupError):
    """No policy has this id; the sentence names the nearest ones."""


@dataclass(frozen=True)
class Use:
    """A version that cites the policy, perhaps only for its history."""

    entry: Entry
    version: Version
    background: bool


@dataclass(frozen=True)
class Step:
    """One policy of a chain, with the names that lead out of the knowledge and the versions that cite it."""

    place: Place
    policy: Policy
    named_before: tuple[str, ...]
    named_after: tuple[str, ...]
    uses: tuple[Use, ...]


def timeline(knowledge: Knowledge, policy_id: str) -> tuple[Step, ...]:
    """The chain of one policy in the order of time. Raises `UnknownPolicy`.

    A link written on one of its two ends is enough. What else a successor replaced is not in the chain.
    """
    known = knowledge.policy_by_id
    if policy_id not in known:
        near = get_close_matches(policy_id, sorted(known), n=5, cutoff=0.4)
        raise UnknownPolicy(
            f"there is no policy {policy_id}" + (f"; the nearest are {', '.join(near)}" if near else "")
        )
    places: dict[str, Place] = {
        **dict.fromkeys(_reach(policy_id, lambda at: _before(knowledge, at)), "earlier"),
        **dict.fromkeys(_reach(policy_id, lambda at: _after(knowledge, at)), "later"),
        policy_id: "itself",
    }
    chain = sorted((known[found] for found in places), key=lambda policy: (policy.effective_from, policy.id))
    return tuple(_step(knowledge, policy, places[policy.id]) for policy in chain)


def lines(knowledge: Knowledge, steps: Iterable[Step]) -> Iterator[str]:
    """The chain in words, one fact a line."""
    for step in steps:
        yield from (f"↑ {name}" for name in step.named_before)
        yield f"{_MARKS[step.place]} {step.policy.id}  {step.policy.title}"
        yield from (f"    {fact}" for fact in _facts(knowledge, step.policy))
        yield from (f"    引用 cited by: {_use(use)}" for use in step.uses)
        yield from (f"↓ {name}" for name in step.named_after)


def _reach(start: str, neighbours: Callable[[str], Iterable[str]]) -> list[str]:
    found, waiting = [start], [start]
    while waiting:
        new = [other for other in neighbours(waiting.pop()) if other not in found]
        found += new
        waiting += new
    return found


def _before(knowledge: Knowledge, at: str) -> list[str]:
    named = [name for name in knowledge.policy_by_id[at].replaces if name in knowledge.policy_by_id]
    return named + [policy.id for policy in knowledge.policies if at in policy.replaced_by]


def _after(knowledge: Knowledge, at: str) -> list[str]:
    named = [name for name in knowledge.policy_by_id[at].replaced_by if name in knowledge.policy_by_id]
    return named + [policy.id for policy in knowledge.policies if at in policy.replaces]


def _step(knowledge: Knowledge, policy: Policy, place: Place) -> Step:
    known = knowledge.policy_by_id
    return Step(
        place,
        policy,
        tuple(name for name in policy.replaces if name not in known),
        tuple(name for name in policy.replaced_by if name not in known),
        tuple(_uses(knowledge, policy.id)),
    )


def _uses(knowledge: Knowledge, policy_id: str) -> Iterator[Use]:
    for entry in knowledge.entries:
        for version in entry.versions:
            cited = [citation for citation in version.citations if citation.policy == policy_id]
            if cited:
                yield Use(entry, version, all(citation.background for citation in cited))


def _facts(knowledge: Knowledge, policy: Policy) -> Iterator[str]:
    yield f"文号 documents: {'；'.join(policy.documents) or policy.issuer}"
    yield f"施行 effective from: {policy.effective_from}"
    yield f"规定止期 stated end: {policy.effective_to or '无 none'}"
    if policy.ended_on:
        yield f"实际止期 actual end: {policy.ended_on}"
    if policy.ended_by:
        yield f"终止依据 ended by: {_named(knowledge, policy.ended_by)}"
    yield f"核实 verification: {policy.verification}, confidence {policy.confidence}"


def _named(knowledge: Knowledge, name: str) -> str:
    policy = knowledge.policy_by_id.get(name)
    return f"{name} {'；'.join(policy.documents)}".strip() if policy else name


def _use(use: Use) -> str:
    span = f"[{use.version.start}, {use.version.end or '…'})"
    return f"{use.entry.id} {span}" + (" 背景 background" if use.background else "")
