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
from retrieval.encode import Encoder
from retrieval.evaluate import Labelled, evaluate
from retrieval.normalise import Normaliser
from retrieval.rank import FEATURES
from retrieval.search import OFFERED, Calibration, Ranker, Searcher
from store.database import Database

Split = Literal["train", "calibrate", "test"]
Progress = Callable[[str], None]

SPLITS: tuple[Split, ...] = ("train", "calibrate", "test")
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
    encoder: Encoder,
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
    searcher, report = build(knowledge, golden, encoder, target, progress)
    folder = releases / f"{number:04d}"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        release.save(folder, knowledge, searcher)
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
    encoder: Encoder,
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
    normaliser = Normaliser(knowledge.synonyms)
    labelled = {split: list(questions_for(split, golden, normaliser)) for split in SPLITS}
    progress("索引与排序模型 building the index and the ranker")
    ranker = _ranker(knowledge, normaliser, encoder).taught([(i.text, i.right) for i in labelled["train"]])
    progress("校准 calibrating")
    left_out = frozenset(entry.id for entry in knowledge.entries if is_left_out(entry.id))
    calibration = _calibrate(ranker, ranker.without(left_out), left_out, labelled, target)
    searcher = Searcher(ranker, calibration)
    progress("评测 evaluating")
    scores = evaluate(searcher, labelled["test"])
    report = {
        "entries": len(knowledge.entries),
        "questions": sum(len(entry.questions) for entry in knowledge.entries),
        "encoder": {"name": encoder.name, "dimension": encoder.dimension, "digest": encoder.digest},
        "golden": {split: len(items) for split, items in labelled.items()},
        "bound": calibration.bound.as_dict(),
        "test": scores.as_dict(),
    }
    return searcher, report


def split_of(family: str) -> Split:
    """Which of the three sets a family of labelled questions belongs to, for good: by a hash of its name."""
    share = _share(family)
    return "train" if share < 0.3 else "calibrate" if share < 0.75 else "test"


def is_left_out(entry: str) -> bool:
    """Whether an entry's questions serve as out-of-scope ones from the same domain, too.

    The built-in encoder never saw these entries, so they are as strange to it as a new subject would be.
    """
    return _share(entry) < LEFT_OUT_SHARE


def questions_for(split: Split, golden: Golden, normaliser: Normaliser) -> Iterator[Labelled]:
    """The labelled questions of one set. Those of one entry in one manner are a family and stay together."""
    for item in golden.questions:
        for phrasing in item.ask:
            if split_of(f"{item.entry}/{phrasing.kind}") == split:
                text = normaliser(phrasing.text)
                yield Labelled(text, item.entry, frozenset(phrasing.also), phrasing.kind)
    for negative in golden.negatives:
        if negative.kind in RETRIEVAL_NEGATIVES and split_of(negative.text) == split:
            yield Labelled(normaliser(negative.text), None, kind=negative.kind)


def _share(name: str) -> float:
    """A number in [0, 1) that depends on ``name`` alone."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32


def _ranker(knowledge: Knowledge, normaliser: Normaliser, encoder: Encoder) -> Ranker:
    rows = [(normaliser(question), entry.id) for entry in knowledge.entries for question in entry.questions]
    return Ranker.fit([text for text, _ in rows], [label for _, label in rows], encoder)


def _calibrate(
    ranker: Ranker,
    strange: Ranker,
    left_out: frozenset[str],
    labelled: dict[Split, list[Labelled]],
    target: Target,
) -> Calibration:
    features: dict[str, Any] = {}
    right: dict[str, Any] = {}
    among: dict[str, Any] = {}
    for split in ("train", "calibrate"):
        known = [(ranker, item) for item in labelled[split]]
        unknown = [(strange, item) for item in labelled[split] if item.label in left_out]
        rows = [_row(judge, item) for judge, item in (*known, *unknown)]
        features[split] = np.array([row[0] for row in rows])
        right[split] = np.array([row[1] for row in rows])
        among[split] = np.array([row[2] for row in rows])
    first = Calibrator.fit(features["train"], right["train"])
    among_three = Calibrator.fit(features["train"], among["train"])
    kept = bound(first(features["calibrate"]), right["calibrate"], target.risk, target.level)
    return Calibration(first, among_three, kept, OFFER_THRESHOLD)


def _row(ranker: Ranker, item: Labelled) -> tuple[np.ndarray[Any, Any], bool, bool]:
    ranking = ranker.rank(item.text)
    if ranking is None:
        return np.zeros(FEATURES), False, False
    names = [ranker.index.labels[label] for label in ranking.labels[:OFFERED]]
    return ranking.features(), names[0] in item.right, bool(item.right & set(names))
