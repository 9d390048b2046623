"""Knowledge as sheets of plain rows that people can edit, and back without loss.

A sheet has one record a row; ``SHEETS`` says which columns it has and which record of another sheet holds it.
Words stand together in one cell, sentences in rows of their own, in the order of ``place``. The column ``file``
names the content file that a record belongs to, ``subject`` what that file is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from knowledge.files import FOLDERS, WITH_SUBJECT, ContentFile
from knowledge.workbook import Table

Fields = tuple[str, ...]
Kind = Literal["text", "date", "dates", "words", "flag"]

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_BETWEEN = re.compile(r"[\s、,，;；]+")
_FLAGS = {
    "yes": True,
    "true": True,
    "1": True,
    "是": True,
    "no": False,
    "false": False,
    "0": False,
    "否": False,
}


@dataclass(frozen=True)
class Column:
    """A column, where its value stands in the record (nowhere: it is the record), and how it is written."""

    name: str
    path: Fields
    kind: Kind = "text"

    def read(self, cell: str) -> object:
        """The value of a cell that is not blank. Raises `ValueError` with the reason."""
        return _READERS[self.kind](cell)


@dataclass(frozen=True)
class Holder:
    """What holds records: a file of ``folder``, or a record of the list ``name`` inside another holder.

    ``key`` are the columns by which a row says which one it means; ``by`` is the record's own part of that.
    """

    what: str
    key: Fields
    folder: str
    inside: Holder | None = None
    name: str = ""
    by: str = ""


@dataclass(frozen=True)
class Sheet:
    """One kind of record: who holds it, in which list (several: the column ``field`` says), in which columns."""

    name: str
    holder: Holder
    into: tuple[Fields, ...]
    columns: tuple[Column, ...]
    order: Literal["row", "place", "from"] = "row"
    makes: Holder | None = None

    @property
    def header(self) -> Fields:
        subject = ("subject",) if self.has_subject else ()
        chosen = ("field",) if self.has_choice else ()
        placed = ("place",) if self.order == "place" else ()
        return (*self.holder.key, *subject, *chosen, *placed, *(column.name for column in self.columns))

    @property
    def has_subject(self) -> bool:
        return self.holder.inside is None and self.holder.folder in WITH_SUBJECT

    @property
    def has_choice(self) -> bool:
        return len(self.into) > 1

    def column_of(self, path: Sequence[int | str]) -> str:
        """The name of the column in which the field at ``path`` of a record stands."""
        steps = tuple(step for step in path if isinstance(step, str))
        for column in self.columns:
            shorter = min(len(steps), len(column.path))
            if column.path[:shorter] == steps[:shorter]:
                return column.name
        return ".".join(map(str, path))


_POLICY_FILE, _ENTRY_FILE, _GLOSSARY_FILE, _GOLDEN_FILE = (
    Holder("file", ("file",), folder) for folder in FOLDERS
)
_POLICY = Holder("policy", ("policy",), "policies", _POLICY_FILE, "policies", "id")
_ENTRY = Holder("entry", ("entry",), "entries", _ENTRY_FILE, "entries", "id")
_VERSION = Holder("version", ("entry", "from"), "entries", _ENTRY, "versions", "from")
_TERM = Holder("term", ("term",), "glossary", _GLOSSARY_FILE, "terms", "term")
ASKED = Holder("golden question", ("file", "entry"), "golden", _GOLDEN_FILE, "questions", "entry")


def _columns(*specs: str) -> tuple[Column, ...]:
    """Columns from ``name``, ``name:kind`` or ``name:kind:path.in.record``."""
    return tuple(_column(*spec.split(":")) for spec in specs)


def _column(name: str, kind: Any = "text", path: str = "") -> Column:
    return Column(name, tuple((path or name).split(".")), kind)


_LINE = (Column("text", ()),)

SHEETS = (
    Sheet("policies", _POLICY_FILE, (("policies",),), makes=_POLICY, columns=_columns(
        "id", "title", "issuer", "tax:words", "region", "applies_to", "effective_from:date", "effective_to:date",
        "ended_on:date", "ended_by", "status", "confidence", "verification")),
    Sheet("policy_lines", _POLICY, (
        ("documents",), ("replaces",), ("replaced_by",), ("key_figures",), ("facts",)), _LINE, "place"),
    Sheet("entries", _ENTRY_FILE, (("entries",),), makes=_ENTRY, columns=_columns(
        "id", "question", "kind", "tax:words:tags.tax", "who:words:tags.who", "region:text:tags.region",
        "ask:text:ask.question", "related:words", "english")),
    Sheet("questions", _ENTRY, (("similar_questions",),), _LINE, "place"),
    Sheet("options", _ENTRY, (("ask", "options"),), _columns("label", "leads_to:text:entry", "who"), "place"),
    Sheet("versions", _ENTRY, (("versions",),), makes=_VERSION, order="from", columns=_columns(
        "from:date", "to:date", "conclusion", "where", "how_long", "note", "withheld:flag")),
    Sheet("version_lines", _VERSION, (("conditions",), ("how",), ("materials",)), _LINE, "place"),
    Sheet("figures", _VERSION, (("figures",),), _columns("name", "value"), "place"),
    Sheet("citations", _VERSION, (("citations",),), _columns(
        "policy", "document", "clause", "background:flag"), "place"),
    Sheet("gaps", _ENTRY, (("gaps",),), _columns("from:date", "to:date", "reason"), "place"),
    Sheet("relations", _ENTRY, (("relations",),), _columns("other:text:entry", "kind", "note"), "place"),
    Sheet("terms", _GLOSSARY_FILE, (("terms",),), _columns("term"), makes=_TERM),
    Sheet("sayings", _TERM, (("say",),), _LINE, "place"),
    Sheet("golden", ASKED, (("ask",),), _columns("text", "kind", "also:words"), "place"),
    Sheet("as_of", _GOLDEN_FILE, (("as_of",),), _columns(
        "text", "entry", "today:date", "expect", "versions:dates")),
    Sheet("negatives", _GOLDEN_FILE, (("negatives",),), _columns("text", "kind")),
)  # fmt: skip


def tables_of(files: Iterable[ContentFile]) -> tuple[Table, ...]:
    """All sheets of ``files``."""
    dumped = [(file, file.held.model_dump(by_alias=True)) for file in files]
    return tuple(Table(sheet.name, sheet.header, tuple(_rows(sheet, dumped))) for sheet in SHEETS)


def _rows(sheet: Sheet, files: Sequence[tuple[ContentFile, dict[str, Any]]]) -> Iterator[Fields]:
    for key, held in _held(sheet.holder, files):
        subject = (held["subject"],) if sheet.has_subject else ()
        for into in sheet.into:
            chosen = (into[-1],) if sheet.has_choice else ()
            for place, record in enumerate(_get(held, into) or (), 1):
                placed = (str(place),) if sheet.order == "place" else ()
                cells = (shown(_get(record, column.path)) for column in sheet.columns)
                yield (*key, *subject, *chosen, *placed, *cells)


def _held(
    holder: Holder, files: Sequence[tuple[ContentFile, dict[str, Any]]]
) -> Iterator[tuple[Fields, dict[str, Any]]]:
    """Every holder of a kind, with the key that its rows carry."""
    if holder.inside is None:
        yield from (((file.name,), data) for file, data in files if file.folder == holder.folder)
        return
    for key, outer in _held(holder.inside, files):
        for record in outer[holder.name]:
            yield (*key, shown(record[holder.by]))[-len(holder.key) :], record


def _get(record: Any, path: Fields) -> Any:
    for step in path:
        record = record and record[step]
    return record


def shown(value: object) -> str:
    """How a value is written in a cell."""
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case tuple() | list():
            return "、".join(map(shown, value))
        case _:
            return str(value)


def read_date(cell: str) -> date:
    if match := _DATE.fullmatch(cell.strip()):
        year, month, day = map(int, match.groups())
        with suppress(ValueError):
            return date(year, month, day)
    raise ValueError(f"“{cell}” is not a date like 2026-01-31")


def _flag(cell: str) -> bool:
    flag = _FLAGS.get(cell.strip().lower())
    if flag is None:
        raise ValueError(f"“{cell}” is neither yes nor no")
    return flag


def _words(cell: str) -> list[str]:
    return [word for word in _BETWEEN.split(cell) if word]


_READERS: Mapping[Kind, Callable[[str], object]] = {
    "text": str,
    "date": read_date,
    "dates": lambda cell: [read_date(word) for word in _words(cell)],
    "words": _words,
    "flag": _flag,
}
