"""Whether a preference applies: entitled, not entitled and why, or undecided and what is missing. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from tax.calculation import Basis
from tax.facts import catalogue
from tax.predicates import (
    Facts,
    Finding,
    Join,
    Leaf,
    Node,
    Predicate,
    Truth,
    Value,
    deciding,
    judge,
    leaves,
)
from tax.preferences import Preference, Terms, rules_version


class Outcome(StrEnum):
    """What a verdict says; `NOT_IN_FORCE` where no terms are known for the day."""

    ENTITLED = "符合"
    NOT_ENTITLED = "不符合"
    UNDECIDED = "尚不能判断"
    NOT_IN_FORCE = "该日没有已知的规定"


@dataclass(frozen=True)
class Condition:
    """What the law asks, its truth, what was given for it (empty where nothing), and its own parts."""

    text: str
    truth: Truth
    given: str
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """An outcome as of ``day``, condition by condition.

    ``reasons`` are the conditions that decide it; ``missing`` the ids of the facts that an undecided one needs.
    ``id`` is the same for the same rules, preference, day and facts, whatever their order.
    """

    id: str
    preference: Preference
    day: date
    outcome: Outcome
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[Condition, ...] = ()
    missing: tuple[str, ...] = ()
    terms: Terms | None = None

    @property
    def basis(self) -> tuple[Basis, ...]:
        return self.terms.basis if self.terms else ()

    @property
    def headline(self) -> str:
        """The verdict in one sentence."""
        return f"{self.preference.title}（{self.day.isoformat()}）：{self._end()}"

    def _end(self) -> str:
        match self.outcome:
            case Outcome.ENTITLED:
                return f"符合条件。{self.terms.benefit if self.terms else ''}"
            case Outcome.NOT_ENTITLED:
                return f"不符合条件。未满足：{'；'.join(_with_given(reason) for reason in self.reasons)}。"
            case Outcome.UNDECIDED:
                return (
                    f"还不能判断，尚缺：{'、'.join(catalogue().facts[name].name for name in self.missing)}。"
                )
            case Outcome.NOT_IN_FORCE:
                return f"该日的规定不在资料内（已知：{_known(self.preference)}），请另选日期或咨询人工坐席。"


def verdict(preference: Preference, facts: Mapping[str, object], day: date) -> Verdict:
    """Whether ``preference`` applies on ``day`` to what ``facts`` tell.

    Raises `WrongFact` for a fact that cannot be.
    """
    known = catalogue().checked(facts, day)
    name, terms = identity(preference, known, day), preference.terms(day)
    if terms is None:
        return Verdict(name, preference, day, Outcome.NOT_IN_FORCE)
    finding = judge(terms.when, known, day)
    return Verdict(
        name,
        preference,
        day,
        outcome=_OUTCOMES[finding.truth],
        conditions=tuple(_condition(part, known) for part in finding.parts or (finding,)),
        reasons=tuple(_condition(part, known) for part in _reasons(finding)),
        missing=missing(finding),
        terms=terms,
    )


def missing(finding: Finding) -> tuple[str, ...]:
    """The facts that could still decide ``finding``, each once, in its order; none where it is decided."""
    if finding.truth is not Truth.MISSING:
        return ()
    found = (part.predicate for part in deciding(finding))
    return tuple(dict.fromkeys(leaf.fact for leaf in found if isinstance(leaf, Leaf)))


def identity(preference: Preference, facts: Facts, day: date) -> str:
    """The verdict's id: 16 hexadecimal digits over the rules' version, the preference, the day and the facts."""
    given = {name: _plain(value) for name, value in facts.items()}
    key = json.dumps([rules_version(), preference.id, day.isoformat(), given], sort_keys=True)
    return sha256(key.encode()).hexdigest()[:16]


def _plain(value: Value) -> bool | str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def _reasons(finding: Finding) -> Iterator[Finding]:
    """The parts with a text of their own that share the truth of ``finding``."""
    if finding.predicate.text:
        yield finding
        return
    for part in finding.parts:
        if part.truth is finding.truth:
            yield from _reasons(part)


def _condition(finding: Finding, facts: Facts) -> Condition:
    predicate = finding.predicate
    text = predicate.text or (_JOINED[predicate.join] if isinstance(predicate, Node) else "")
    parts = tuple(_condition(part, facts) for part in finding.parts)
    return Condition(text, finding.truth, _given(predicate, facts), parts)


def _given(predicate: Predicate, facts: Facts) -> str:
    """What is known of the facts that ``predicate`` names, as a person reads it."""
    known = [
        catalogue().facts[name]
        for name in dict.fromkeys(leaf.fact for leaf in leaves(predicate))
        if name in facts
    ]
    return "，".join(f"{fact.name}：{fact.shown(facts[fact.id])}" for fact in known)


def _with_given(condition: Condition) -> str:
    return f"{condition.text}（{condition.given}）"


def _known(preference: Preference) -> str:
    first, last = preference.versions[0].start, preference.versions[-1].end
    return f"{first.isoformat()}起" + (f"至{last.isoformat()}（不含）" if last else "")


_OUTCOMES = {
    Truth.YES: Outcome.ENTITLED,
    Truth.NO: Outcome.NOT_ENTITLED,
    Truth.MISSING: Outcome.UNDECIDED,
}
_JOINED = {Join.ALL: "同时满足", Join.ANY: "满足其一", Join.NOT: "不属于"}
