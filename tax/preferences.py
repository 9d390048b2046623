"""Tax preferences as data: conditions with dates in force and citations, from ``tax/conditions/preferences/``. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from tax.calculation import Basis
from tax.facts import FILE as FACTS
from tax.predicates import Predicate, parse

FOLDER = Path(__file__).parent / "conditions" / "preferences"


class UnknownPreference(Exception):
    """No preference has this id; the text says so."""


@dataclass(frozen=True)
class Terms:
    """What a preference asks and gives in ``[start, end)``; ``end`` is None where no end is known."""

    start: date
    end: date | None
    basis: tuple[Basis, ...]
    when: Predicate
    benefit: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Preference:
    """A preference and its terms over time, oldest first."""

    id: str
    title: str
    tax: str
    versions: tuple[Terms, ...]

    def terms(self, day: date) -> Terms | None:
        """The terms in force on ``day``, None where none are known."""
        return next((t for t in self.versions if t.start <= day and (t.end is None or day < t.end)), None)


@cache
def preferences() -> dict[str, Preference]:
    """The shipped preferences by id, in the order of their files."""
    return {
        raw["id"]: _preference(raw) for path in _files() for raw in yaml.safe_load(path.read_text("utf-8"))
    }


def preference(name: str) -> Preference:
    """The preference ``name``. Raises `UnknownPreference`."""
    if name not in preferences():
        raise UnknownPreference(f"没有“{name}”这项优惠，请从目录里选。")
    return preferences()[name]


@cache
def rules_version() -> str:
    """A short hash of all conditions and facts: the same as long as no rule changes."""
    text = b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in [FACTS, *_files()])
    return sha256(text).hexdigest()[:12]


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.yml"))


def _preference(raw: dict[str, Any]) -> Preference:
    return Preference(raw["id"], raw["title"], raw["tax"], tuple(_terms(each) for each in raw["versions"]))


def _terms(raw: dict[str, Any]) -> Terms:
    start, end = raw["from"], raw.get("to")
    documents = raw["basis"] if isinstance(raw["basis"], list) else [raw["basis"]]
    basis = tuple(
        Basis(d["document_no"], d["title"], d.get("from", start), d.get("to", end), d.get("clause"))
        for d in documents
    )
    return Terms(start, end, basis, parse(raw["when"]), raw["benefit"], tuple(raw.get("notes", ())))
