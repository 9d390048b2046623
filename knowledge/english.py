"""Short English versions of some entries, each tied to the version in time that it translates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, TypeAdapter

from knowledge.entries import Identifier, Record, Text

SOURCE = Path(__file__).parent / "english.yml"
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class EnglishVersion(Record):
    """``words``: a question fits where it has a word of each group."""

    entry: Identifier
    start: date = Field(alias="from")
    question: Text
    words: tuple[tuple[str, ...], ...] = Field(min_length=2)
    answer: Text

    def fits(self, said: frozenset[str]) -> bool:
        return all(said & set(group) for group in self.words)


@cache
def shipped() -> tuple[EnglishVersion, ...]:
    records = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[EnglishVersion, ...]).validate_python(records)


def fitting(versions: Sequence[EnglishVersion], question: str) -> EnglishVersion | None:
    """The one version that fits ``question``; None where none does, or several do."""
    said = frozenset(_WORD.findall(question.lower()))
    found = [version for version in versions if version.fits(said)]
    return found[0] if len(found) == 1 else None
