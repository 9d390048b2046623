"""Publishing: freeze a release, build its index, calibrate it, evaluate it, make it current."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge import evaluation, library, release
from knowledge.entries import Knowledge
from knowledge.golden import Golden
from retrieval.calibrate import Calibrator, bound
from retrieval.encode import Encoder
from retrieval.evaluate import Judged, Labelled, judge, scores
from retrieval.index import QuestionIndex
from retrieval.normalise import Normaliser
from retrieval.rank import FEATURES
from retrieval.search import OFFERED, Calibration, Ranker, Searcher
from store.database import Database

Split = Literal["train", "calibrate", "test"]
Progress = Callable[[str], None]

SPLITS: tuple[Split, ...] = ("train", "calibrate", "test")
LEFT_OUT_SHARE = 0.06
LEAST_GOLDEN = 50
NEAR = "near"
OFFER_THRESHOLD = 0.35
RETRIEVAL_NEGATIVES = frozenset({"foreign", "other_domain", "gibberish"})


class CannotPublish(Exception):
    """What keeps a release from being published; the present one stays."""


@dataclass(frozen=True)
class Built:
    """A searcher not yet published: the labelled questions it was taught, calibrated and tested with, and
    what it made of those for testing."""

    searcher: Searcher
    report: dict[str, Any]
    sets: dict[Split, tuple[Labelled, ...]]
    judged: tuple[Judged, ...]


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
    built = build(knowledge, golden, encoder, target, progress)
    folder = releases / f"{number:04d}"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        release.save(folder, knowledge, built.searcher)
        evaluation.save(folder, built.sets, built.judged)
    except OSError as error:
        raise CannotPublish(
            f"the release cannot be written to {folder} ({error.strerror}); free some space"
        ) from error
    with database.writing() as session:
        row = library.ReleaseRow(
            number=number, folder=str(folder), report=built.report, current=False, published_at=now
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
) -> Built:
    """A calibrated searcher and how good it is. Raises `CannotPublish`."""
    if len(knowledge.entries) < 2:
        raise CannotPublish("there are fewer than two published entries; import the knowledge first")
    if len(golden.questions) < LEAST_GOLDEN or not golden.negatives:
        raise CannotPublish(
            f"calibration needs golden questions of {LEAST_GOLDEN} entries at least, and some negatives"
        )
    normaliser = Normaliser(knowledge.synonyms)
    published = {None, *(entry.id for entry in knowledge.entries)}
    sets = {
        split: tuple(item for item in questions_for(split, golden, normaliser) if item.label in published)
        for split in SPLITS
    }
    left_out = frozenset(entry.id for entry in knowledge.entries if is_left_out(entry.id))
    progress("索引与排序模型 building the index and the ranker")
    index = _index(knowledge, normaliser, encoder)
    untaught, stranger = Ranker.fit_each([index, index.without(left_out)])
    ranker = untaught.taught([(item.text, item.right) for item in sets["train"]])
    stranger = stranger.weighing(ranker.weights)
    progress("校准 calibrating")
    asked = {split: (items, tuple(_strange(items, left_out))) for split, items in sets.items()}
    calibration = _calibrated(ranker, stranger, asked, target)
    progress("评测 evaluating")
    searcher = Searcher(ranker, calibration)
    known, strange = asked["test"]
    judged = (*judge(searcher, known), *judge(Searcher(stranger, calibration), strange))
    report = {
        "entries": len(knowledge.entries),
        "questions": len(index.owner),
        "encoder": {**encoder.card, "digest": encoder.digest},
        "golden": {split: sum(map(len, both)) for split, both in asked.items()},
        "bound": calibration.bound.as_dict(),
        "test": scores(judged, calibration.bound).as_dict(),
    }
    return Built(searcher, report, sets, judged)


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


def _index(knowledge: Knowledge, normaliser: Normaliser, encoder: Encoder) -> QuestionIndex:
    rows = [(normaliser(question), entry.id) for entry in knowledge.entries for question in entry.questions]
    return QuestionIndex.build([text for text, _ in rows], [label for _, label in rows], encoder)


def _strange(items: Sequence[Labelled], left_out: Collection[str]) -> Iterator[Labelled]:
    """The questions that left-out entries alone answer, as those that nothing known answers."""
    alone = (item for item in items if item.label in left_out and not item.also)
    return (Labelled(item.text, None, kind=NEAR) for item in alone)


def _calibrated(
    ranker: Ranker,
    stranger: Ranker,
    asked: Mapping[Split, tuple[Sequence[Labelled], Sequence[Labelled]]],
    target: Target,
) -> Calibration:
    rows = {
        split: [*(_row(ranker, item) for item in known), *(_row(stranger, item) for item in strange)]
        for split, (known, strange) in asked.items()
        if split != "test"
    }
    features, right, among = (
        {split: np.array([row[part] for row in found]) for split, found in rows.items()} for part in range(3)
    )
    first = Calibrator.fit(features["train"], right["train"])
    among_three = Calibrator.fit(features["train"], among["train"])
    kept = bound(first(features["calibrate"]), right["calibrate"], target.risk, target.level)
    return Calibration(first, among_three, kept, OFFER_THRESHOLD)


def _row(ranker: Ranker, item: Labelled) -> tuple[np.ndarray[Any, Any], bool, bool]:
    """The features of the best candidate, whether it is right, and whether one of those offered is."""
    ranking = ranker.rank(item.text)
    if ranking is None:
        return np.zeros(FEATURES), False, False
    names = [ranker.index.labels[label] for label in ranking.labels[:OFFERED]]
    return ranking.features(), names[0] in item.right, bool(item.right & set(names))
