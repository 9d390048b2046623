"""Publishing: freeze a release, build its index, calibrate it, evaluate it, make it current."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge import library, release
from knowledge.entries import Knowledge
from knowledge.golden import Golden
from retrieval.calibrate import Calibrator, bound
from retrieval.evaluate import Labelled, evaluate
from retrieval.normalise import Normaliser
from retrieval.rank import FEATURES
from retrieval.search import OFFERED, Calibration, Ranker, Searcher
from store.database import Database

Split = Literal["fit", "bound", "test"]
Progress = Callable[[str], None]

LEFT_OUT_SHARE = 0.12
LEAST_GOLDEN = 50
OFFER_THRESHOLD = 0.35
RETRIEVAL_NEGATIVES = frozenset({"foreign", "other_domain", "gibberish"})


class CannotPublish(Exception):
    """What keeps a release from being published; the present one stays."""


@dataclass(frozen=True)
class Target:
    """The promise: at most ``risk`` wrong among the answers given, with probability ``level``."""

    risk: float = 0.02
    level: float = 0.95


def publish(
    database: Database,
    releases: Path,
    synonyms: dict[str, str],
    now: datetime,
    target: Target = Target(),
    progress: Progress = lambda _: None,
) -> library.ReleaseRow:
    """Build a release from what the database holds as published and make it current.

    Raises `CannotPublish`; nothing changes then. Raises `store.database.DatabaseUnavailable`.
    """
    with database.reading() as session:
        knowledge, golden = library.published(session), library.golden(session)
        number = library.next_number(session)
    normaliser = Normaliser(synonyms)
    searcher, report = build(knowledge, golden, normaliser, target, progress)
    folder = releases / f"{number:04d}"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        release.save(folder, knowledge, searcher, synonyms)
    except OSError as error:
        raise CannotPublish(
            f"the release cannot be written to {folder} ({error.strerror}); free some space"
        ) from error
    with database.writing() as session:
        row = library.ReleaseRow(
            number=number, folder=str(folder), report=report, current=False, published_at=now
        )
        session.add(row)
        session.flush()
        library.make_current(session, number)
    return row


def build(
    knowledge: Knowledge,
    golden: Golden,
    normaliser: Normaliser,
    target: Target = Target(),
    progress: Progress = lambda _: None,
) -> tuple[Searcher, dict[str, Any]]:
    """A calibrated searcher and its report. Raises `CannotPublish`."""
    if len(knowledge.entries) < 2:
        raise CannotPublish("there are fewer than two published entries; import the knowledge first")
    if len(golden.questions) < LEAST_GOLDEN or not golden.negatives:
        raise CannotPublish(
            f"calibration needs golden questions of {LEAST_GOLDEN} entries at least, and some negatives"
        )
    labelled = {split: list(_labelled(golden, normaliser, split)) for split in ("fit", "bound", "test")}
    progress("索引与排序模型 building the index and the ranker")
    ranker = _ranker(knowledge, normaliser)
    progress("校准 calibrating")
    left_out = _left_out(knowledge)
    calibration = _calibrate(ranker, ranker.without(left_out), left_out, labelled, target)
    searcher = Searcher(ranker, calibration)
    progress("评测 evaluating")
    scores = evaluate(searcher, labelled["test"])
    report = {
        "entries": len(knowledge.entries),
        "questions": sum(len(entry.questions) for entry in knowledge.entries),
        "golden": {split: len(items) for split, items in labelled.items()},
        "bound": calibration.bound.as_dict(),
        "test": scores.as_dict(),
    }
    return searcher, report


def split_of(text: str) -> Split:
    """Which of the three sets a golden question belongs to, for good: by a hash of its text."""
    share = hashlib.sha256(text.encode()).digest()[0] / 256
    return "fit" if share < 0.2 else "bound" if share < 0.7 else "test"


def _labelled(golden: Golden, normaliser: Normaliser, split: str) -> Iterator[Labelled]:
    for item in golden.questions:
        for phrasing in item.ask:
            if split_of(phrasing.text) == split:
                yield Labelled(normaliser(phrasing.text), item.entry)
    for negative in golden.negatives:
        if negative.kind in RETRIEVAL_NEGATIVES and split_of(negative.text) == split:
            yield Labelled(normaliser(negative.text), None)


def _ranker(knowledge: Knowledge, normaliser: Normaliser) -> Ranker:
    rows = [(normaliser(question), entry.id) for entry in knowledge.entries for question in entry.questions]
    return Ranker.fit([text for text, _ in rows], [label for _, label in rows])


def _left_out(knowledge: Knowledge) -> frozenset[str]:
    """Entries whose golden questions serve as out-of-scope ones from the same domain."""
    hashed = sorted(knowledge.entries, key=lambda entry: hashlib.sha256(entry.id.encode()).digest())
    return frozenset(entry.id for entry in hashed[: int(len(hashed) * LEFT_OUT_SHARE)])


def _calibrate(
    ranker: Ranker,
    strange: Ranker,
    left_out: frozenset[str],
    labelled: dict[str, list[Labelled]],
    target: Target,
) -> Calibration:
    features: dict[str, Any] = {}
    right: dict[str, Any] = {}
    among: dict[str, Any] = {}
    for split in ("fit", "bound"):
        known = [(ranker, item) for item in labelled[split]]
        unknown = [(strange, Labelled(i.text, None)) for i in labelled[split] if i.label in left_out]
        rows = [_row(judge, item) for judge, item in (*known, *unknown)]
        features[split] = np.array([row[0] for row in rows])
        right[split] = np.array([row[1] for row in rows])
        among[split] = np.array([row[2] for row in rows])
    first = Calibrator.fit(features["fit"], right["fit"])
    among_three = Calibrator.fit(features["fit"], among["fit"])
    kept = bound(first(features["bound"]), right["bound"], target.risk, target.level)
    return Calibration(first, among_three, kept, OFFER_THRESHOLD)


def _row(ranker: Ranker, item: Labelled) -> tuple[np.ndarray[Any, Any], bool, bool]:
    evidence = ranker.evidence(item.text)
    if evidence is None:
        return np.zeros(FEATURES), False, False
    names = [ranker.index.labels[label] for label in evidence.labels[:OFFERED]]
    return evidence.features(), names[0] == item.label, item.label in names
