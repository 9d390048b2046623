"""A release: a frozen set of entries with the searcher that was built and calibrated for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from knowledge.entries import Entry, Knowledge, Policy
from knowledge.suggesting import Suggester
from retrieval.encode import BUILT_IN
from retrieval.index import WrongIndex
from retrieval.normalise import Normaliser
from retrieval.search import Searcher


class WrongRelease(Exception):
    """A release folder that cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Release:
    number: int
    knowledge: Knowledge
    searcher: Searcher
    normaliser: Normaliser

    def entry(self, entry_id: str) -> Entry | None:
        return self.knowledge.entry_by_id.get(entry_id)

    def policy(self, policy_id: str) -> Policy:
        return self.knowledge.policy_by_id[policy_id]

    @cached_property
    def suggester(self) -> Suggester:
        return Suggester(self.knowledge.entries)


def save(folder: Path, knowledge: Knowledge, searcher: Searcher) -> None:
    """Write everything that `load` needs into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "knowledge.json").write_text(knowledge.model_dump_json(by_alias=True), encoding="utf-8")
    searcher.save(folder)


def load(folder: Path, number: int, encoders: Sequence[Path] = (BUILT_IN,)) -> Release:
    """The release in ``folder``, with its encoder from among ``encoders``.

    Raises `WrongRelease` where a file is missing, damaged or of another release.
    """
    try:
        knowledge = Knowledge.model_validate_json((folder / "knowledge.json").read_bytes())
        searcher = Searcher.load(folder, encoders)
    except (OSError, ValueError, KeyError, TypeError, ValidationError, WrongIndex) as error:
        raise WrongRelease(
            f"release {number} in {folder} cannot be loaded ({error}); run `shuiwen publish` or roll back"
        ) from error
    strange = set(searcher.labels) - set(knowledge.entry_by_id)
    if strange:
        raise WrongRelease(f"release {number}: its index knows entries that it does not hold; publish again")
    return Release(number, knowledge, searcher, Normaliser(knowledge.synonyms))


class Shelf:
    """Holds the release in use. A swap is one assignment, so it never disturbs a question being answered."""

    def __init__(self) -> None:
        self._release: Release | None = None
        self.problem: str | None = None

    @property
    def release(self) -> Release | None:
        return self._release

    def put(self, release: Release) -> None:
        self._release, self.problem = release, None
