"""Labelled questions kept apart from the knowledge: for calibrating a release and for testing it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from knowledge.entries import Identifier, Record, Text

QuestionKind = Literal["short", "story", "elliptical", "wrong_word"]
NegativeKind = Literal["foreign", "other_domain", "gibberish", "account", "evasion"]


class Phrasing(Record):
    """One way to ask, by situation; ``also`` names further entries whose answer serves as well."""

    text: Text
    kind: QuestionKind
    also: tuple[Identifier, ...] = ()


class GoldenEntry(Record):
    """Questions whose right answer is one entry."""

    entry: Identifier
    ask: tuple[Phrasing, ...] = Field(min_length=1)


class AsOfQuestion(Record):
    """A question with a period in it, and the versions (by their ``from``) that it must be given.

    ``expect`` is ``version`` (give ``versions``), ``before`` (earlier than the first version) or
    ``after`` (later than what is known).
    """

    text: Text
    entry: Identifier
    today: date = date(2026, 11, 21)
    expect: Literal["version", "before", "after"] = "version"
    versions: tuple[date, ...] = ()


class Negative(Record):
    """A question that must not be answered, and why."""

    text: Text
    kind: NegativeKind


class Golden(Record):
    questions: tuple[GoldenEntry, ...] = ()
    as_of: tuple[AsOfQuestion, ...] = ()
    negatives: tuple[Negative, ...] = ()
