"""What every peer is taught and asked, and how its answers are marked: the same way for each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from bench.asking import Answer
from knowledge.entries import Knowledge
from knowledge.files import Content, EntryFile
from knowledge.golden import Golden
from knowledge.publishing import NEAR, is_left_out, questions_for
from retrieval.evaluate import SHOWN, Labelled
from retrieval.normalise import Normaliser

PRECISION = 0.98

Rows = Sequence[tuple[str, str]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Exam:
    """``rows`` are the normalised questions of the knowledge and their entries.

    ``known`` are asked where all entries are taught, ``near`` where those of ``left_out`` are not: these
    alone would answer them.
    """

    knowledge: Knowledge
    golden: Golden
    rows: Rows
    left_out: frozenset[str]
    known: tuple[Labelled, ...]
    near: tuple[Labelled, ...]

    @classmethod
    def of(cls, content: Content, entries: int | None = None) -> Exam:
        """All of the content, or whole subjects of it until there are as many ``entries``.

        Raises `ValueError` where no question is near: too few entries to leave any out.
        """
        knowledge, golden = _part(content, entries) if entries else (content.knowledge, content.golden)
        normaliser = Normaliser(knowledge.synonyms)
        rows = [
            (normaliser(question), entry.id) for entry in knowledge.entries for question in entry.questions
        ]
        left_out = frozenset(entry.id for entry in knowledge.entries if is_left_out(entry.id))
        known = tuple(questions_for("test", golden, normaliser))
        near = tuple(Labelled(q.text, None, kind=NEAR) for q in known if q.label in left_out and not q.also)
        if not near:
            raise ValueError("no question of a left-out entry is among these subjects; take more entries")
        return cls(knowledge, golden, rows, left_out, known, near)

    def without_near(self) -> Exam:
        """The same without near questions, for which each peer is taught a second time."""
        return replace(self, left_out=frozenset(), near=())

    @property
    def rows_without_left_out(self) -> Rows:
        return [row for row in self.rows if row[1] not in self.left_out]

    @property
    def asked(self) -> tuple[Labelled, ...]:
        return (*self.known, *self.near)

    @property
    def described(self) -> dict[str, int]:
        inside = sum(item.label is not None for item in self.known)
        return {
            "entries": len(self.knowledge.entries),
            "questions": len(self.rows),
            "asked_answerable": inside,
            "asked_far": len(self.known) - inside,
            "asked_near": len(self.near),
        }


@dataclass(frozen=True)
class Marks:
    """Shares are 0 to 1. ``coverage_at_98`` is the greatest share of answerable questions answered where at
    least 98% of all answers given are right, by a threshold chosen on these same questions."""

    top1: float
    recall_at_5: float
    coverage_at_98: float
    auroc: float
    auroc_far: float
    auroc_near: float | None  # None where no near question was asked

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def marks(asked: Sequence[Labelled], answers: Sequence[Answer]) -> Marks:
    inside = np.array([item.label is not None for item in asked])
    near = np.array([item.kind == NEAR for item in asked])
    right = np.array(
        [bool(item.right & set(labels[:1])) for item, (labels, _) in zip(asked, answers, strict=True)]
    )
    among = np.array(
        [bool(item.right & set(labels[:SHOWN])) for item, (labels, _) in zip(asked, answers, strict=True)]
    )
    score = np.array([score for _, score in answers])
    return Marks(
        top1=float(right[inside].mean()),
        recall_at_5=float(among[inside].mean()),
        coverage_at_98=coverage(score, right, inside),
        auroc=float(roc_auc_score(inside, score)),
        auroc_far=float(roc_auc_score(inside[~near], score[~near])),
        auroc_near=float(roc_auc_score(inside[inside | near], score[inside | near])) if near.any() else None,
    )


def coverage(score: NDArray[np.float64], right: Flags, inside: Flags, precision: float = PRECISION) -> float:
    """The greatest share of ``inside`` at or above a threshold where ``precision`` of all there are right."""
    order = np.argsort(-score, kind="stable")
    last_of_ties = np.append(np.diff(score[order]) != 0, True)
    given = np.arange(1, len(order) + 1)
    kept = last_of_ties & (np.cumsum(right[order]) >= precision * given)
    return float(np.max(np.cumsum(inside[order])[kept], initial=0) / inside.sum())


def _part(content: Content, entries: int) -> tuple[Knowledge, Golden]:
    """Whole subjects in an order that their names alone decide."""
    subjects = [file for file in content.files if isinstance(file.held, EntryFile)]
    chosen: list[str] = []
    for file in sorted(subjects, key=lambda file: hashlib.sha256(file.name.encode()).digest()):
        if len(chosen) < entries and isinstance(file.held, EntryFile):
            chosen += [entry.id for entry in file.held.entries]
    kept = frozenset(chosen)
    known, golden = content.knowledge, content.golden
    return (
        known.model_copy(update={"entries": tuple(entry for entry in known.entries if entry.id in kept)}),
        golden.model_copy(update={"questions": tuple(q for q in golden.questions if q.entry in kept)}),
    )
