"""What a release was taught, calibrated and tested with, and how it did: kept beside it, to be looked at later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from retrieval.evaluate import Judged, Labelled

JUDGED = "judged.jsonl"
QUESTIONS = "questions"


class NotEvaluated(Exception):
    """A release folder without a readable evaluation; the text says what to do."""


def save(folder: Path, sets: Mapping[Any, Iterable[Labelled]], judged: Iterable[Judged]) -> None:
    """Write ``questions/train.jsonl``, ``calibrate.jsonl`` and ``test.jsonl``, and ``judged.jsonl``, below ``folder``."""
    (folder / QUESTIONS).mkdir(parents=True, exist_ok=True)
    for name, questions in sets.items():
        rows = ({"text": q.text, "label": q.label, "also": sorted(q.also), "kind": q.kind} for q in questions)
        _write(folder / QUESTIONS / f"{name}.jsonl", rows)
    _write(folder / JUDGED, (one.as_dict() for one in judged))


def load(folder: Path) -> tuple[Judged, ...]:
    """What the release in ``folder`` made of the questions for testing. Raises `NotEvaluated`."""
    try:
        lines = (folder / JUDGED).read_text(encoding="utf-8").splitlines()
        return tuple(Judged(**row | {"found": tuple(row["found"])}) for row in map(json.loads, lines))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotEvaluated(f"the evaluation in {folder} cannot be read ({error}); publish again") from error


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
