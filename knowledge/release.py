"""A release: a frozen set of entries with the searcher that was built and calibrated for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.entries import Entry, Knowledge, Policy
from knowledge.suggesting import Suggester
from retrieval.encode import BUILT_IN
from retrieval.index import WrongIndex
from retrieval.normalise import Normaliser
from retrieval.search import Searcher

KNOWLEDGE, CHECKSUMS = "knowledge.json", "checksums.json"


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
    (folder / KNOWLEDGE).write_text(knowledge.model_dump_json(by_alias=True), encoding="utf-8")
    searcher.save(folder)
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != CHECKSUMS)
    (folder / CHECKSUMS).write_text(
        json.dumps({path.name: _checksum(path) for path in files}, indent=1), encoding="utf-8"
    )


def load(folder: Path, number: int, encoders: Sequence[Path] = (BUILT_IN,)) -> Release:
    """The release in ``folder``, with its encoder from among ``encoders``.

    Raises `WrongRelease` where a file is missing, damaged or of another release.
    """
    try:
        _verify(folder)
        knowledge, searcher = read_knowledge(folder), Searcher.load(folder, encoders)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, WrongIndex) as error:
        raise WrongRelease(
            f"release {number} in {folder} cannot be loaded ({error}); run `shuiwen publish` or roll back"
        ) from error
    strange = set(searcher.labels) - set(knowledge.entry_by_id)
    if strange:
        raise WrongRelease(f"release {number}: its index knows entries that it does not hold; publish again")
    return Release(number, knowledge, searcher, Normaliser(knowledge.synonyms))


def read_knowledge(folder: Path) -> Knowledge:
    """The knowledge of the release in ``folder``. Raises `OSError` and `ValueError`."""
    return Knowledge.model_validate_json((folder / KNOWLEDGE).read_bytes())


def _verify(folder: Path) -> None:
    """Raises `ValueError` where a file is not the one that was saved, `OSError` where it is missing.

    A damaged index may crash the library that maps it into memory, so it is noticed before.
    """
    saved: dict[str, str] = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
    changed = [name for name, checksum in saved.items() if _checksum(folder / name) != checksum]
    if changed:
        raise ValueError(f"{', '.join(changed)} changed since it was published")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
