"""What the built-in encoder learns from: every question of an entry means that entry, a title its policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from knowledge.entries import Knowledge
from knowledge.golden import Golden
from knowledge.publishing import is_left_out, questions_for
from retrieval.encode import Encoder
from retrieval.normalise import Normaliser


@dataclass(frozen=True)
class Lessons:
    """Normalised texts with their labels, at least two a label.

    Entries that are left out, and the policies that they cite, are not taught: calibration asks their
    questions as strange ones.
    """

    examples: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, str], ...]
    normaliser: Normaliser

    @classmethod
    def of(cls, knowledge: Knowledge, normaliser: Normaliser) -> Lessons:
        questions = tuple((normaliser(q), entry.id) for entry in knowledge.entries for q in entry.questions)
        taught = (row for row in questions if not is_left_out(row[1]))
        return cls((*taught, *_titles(knowledge, normaliser)), questions, normaliser)

    @property
    def described(self) -> dict[str, Any]:
        """How many examples and labels there are, and a digest by which the same data is known."""
        digest = hashlib.sha256("\n".join(map("\t".join, self.examples)).encode()).hexdigest()
        labels = len({label for _, label in self.examples})
        return {"examples": len(self.examples), "labels": labels, "sha256": digest}

    def scored(self, encoder: Encoder, golden: Golden) -> dict[str, float]:
        """Of the golden questions kept for testing, whose nearest question is of a right entry (``top1``)
        and which have one among the five nearest entries (``recall_at_5``); by vectors alone."""
        asked = [item for item in questions_for("test", golden, self.normaliser) if item.label]
        labels = np.array([label for _, label in self.questions])
        known = encoder.encode([text for text, _ in self.questions])
        ranks = []
        for item, vector in zip(asked, encoder.encode([item.text for item in asked]), strict=True):
            nearest = tuple(dict.fromkeys(labels[np.argsort(-(known @ vector))[:200]].tolist()))[:5]
            ranks.append(next((rank for rank, label in enumerate(nearest) if label in item.right), 5))
        found = np.array(ranks)
        return {"n": len(asked), "top1": float((found == 0).mean()), "recall_at_5": float((found < 5).mean())}


def _titles(knowledge: Knowledge, normaliser: Normaliser) -> Iterator[tuple[str, str]]:
    hidden = {
        citation.policy
        for entry in knowledge.entries
        if is_left_out(entry.id)
        for version in entry.versions
        for citation in version.citations
    }
    for policy in knowledge.policies:
        if policy.id not in hidden:
            yield normaliser(policy.title), f"policy:{policy.id}"
            yield normaliser("".join((policy.title, *policy.documents))), f"policy:{policy.id}"
