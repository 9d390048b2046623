"""The fewest questions that settle a set of preferences: the next one is the one that decides most. Pure.

Greedy and deterministic: of the facts that could still decide something, the one whose answers settle the most
preferences on average; among equals the one that most undecided preferences wait for, then the catalogue's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from tax.eligibility import Verdict, missing, verdict
from tax.facts import Fact, WrongFact, catalogue
from tax.predicates import Predicate, Truth, Value, judge, truth
from tax.preferences import Preference
from tax.sample import samples


@dataclass(frozen=True)
class Interview:
    """What is asked about, as of which day, what is known, and what the person could not say."""

    preferences: tuple[Preference, ...]
    day: date
    facts: Mapping[str, Value] = field(default_factory=dict)
    unanswerable: frozenset[str] = frozenset()

    def answered(self, name: str, value: object) -> Interview:
        """The interview with the fact ``name`` known. Raises `WrongFact` where it cannot be or contradicts."""
        return replace(self, facts=catalogue().checked({**self.facts, name: value}, self.day))

    def passed(self, name: str) -> Interview:
        """The interview with the fact ``name`` not to be asked again: the person does not know it."""
        return replace(self, unanswerable=self.unanswerable | {name})

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on each preference by what is known."""
        return tuple(verdict(each, self.facts, self.day) for each in self.preferences)

    @property
    def question(self) -> Fact | None:
        """The fact to ask for next, None where nothing that can still be asked decides anything."""
        candidates = [fact for fact in catalogue().facts.values() if self._may_ask(fact)]
        return max(candidates, key=self._weight, default=None)  # the first of equals: the catalogue's order

    def possible(self, name: str, value: object) -> bool:
        """Whether ``value`` can be the fact ``name`` beside what is known."""
        try:
            self.answered(name, value)
        except WrongFact:
            return False
        return True

    def _may_ask(self, fact: Fact) -> bool:
        return fact.id not in self.unanswerable and bool(self._waiting(fact))

    def _weight(self, fact: Fact) -> tuple[Fraction, int]:
        """How many preferences an answer settles on average, and how many wait for ``fact``."""
        waiting = self._waiting(fact)
        answers = [a for a in samples(fact, waiting, self.day) if self.possible(fact.id, a)]
        settled = sum(
            truth(when, {**self.facts, fact.id: answer}, self.day) is not Truth.MISSING
            for answer in answers
            for when in waiting
        )
        return Fraction(settled, len(answers) or 1), len(waiting)

    def _waiting(self, fact: Fact) -> tuple[Predicate, ...]:
        return tuple(when for when, names in self._undecided if fact.id in names)

    @cached_property
    def _undecided(self) -> tuple[tuple[Predicate, tuple[str, ...]], ...]:
        """The conditions in force on the day that are not decided, each with the facts that could decide it."""
        terms = [each.terms(self.day) for each in self.preferences]
        found = [(t.when, missing(judge(t.when, self.facts, self.day))) for t in terms if t]
        return tuple((when, names) for when, names in found if names)
