"""What the current release would answer, for an agent to take, edit and send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge import wording
from knowledge.answering import Answer, Context, choose
from knowledge.release import Release

MOST = 3
SHORTEST = 4


@dataclass(frozen=True)
class Suggestion:
    """``text`` stands with its documents and its period; ``confidence`` is calibrated, for the first alone."""

    entry: str
    question: str
    text: str
    confidence: float | None
    citations: tuple[dict[str, Any], ...]
    release: int


def suggestions(release: Release | None, asked: Sequence[str], today: date) -> list[Suggestion]:
    """For the newest of ``asked`` (newest first) that the release has an idea of."""
    if release is None:
        return []
    for text in asked:
        match = release.searcher.search(release.normaliser(text)) if len(text) >= SHORTEST else None
        if match and match.top and match.among >= release.searcher.calibration.offer_threshold:
            answers = [
                (choose(release, candidate.label, text, Context(), today), candidate.label)
                for candidate in match.candidates[:MOST]
            ]
            return [
                _suggestion(release, answer, match.confidence if label == match.top.label else None)
                for answer, label in answers
                if isinstance(answer, Answer)
            ]
    return []


def _suggestion(release: Release, answer: Answer, confidence: float | None) -> Suggestion:
    return Suggestion(
        entry=answer.entry.id,
        question=answer.entry.question,
        text=wording.text_of(release, answer),
        confidence=None if confidence is None else round(confidence, 4),
        citations=tuple(wording.citations_of(release, answer)),
        release=release.number,
    )
