"""Sheets in, content out: every row put into the record that holds it, or told by sheet, row and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import inf
from typing import Any

from pydantic import ValidationError

from knowledge.files import MODELS, WITH_SUBJECT, Content, ContentFile, Finding, Origin, WrongContent, gather
from knowledge.sheets import ASKED, SHEETS, Fields, Holder, Sheet, read_date, shown
from knowledge.workbook import FIRST_ROW, Table

Where = tuple[int | str, ...]

# Not str.strip(): it also takes control characters that a record's text may consist of.
_BLANK = " \t\r\n\u3000"
_PLACE = re.compile(r"\d{1,9}(\.\d{1,9})?")
_FILE_NAME = re.compile(r"[^./\\][^/\\]*")


def content_of(tables: Sequence[Table], book: str) -> Content:
    """The content that the sheets of ``book`` hold. Raises `WrongContent`: sheet, row, column, reason."""
    by_name = {table.name: table for table in tables}
    if wrong := list(_wrong_shape(by_name, book)):
        raise WrongContent(wrong)
    binder = _Binder()
    for sheet in SHEETS:
        binder.take(sheet, by_name[sheet.name])
    return binder.bound()


@dataclass(frozen=True)
class _Row:
    sheet: Sheet
    place: str
    line: int
    cells: Mapping[str, str]

    def finding(self, column: str, reason: str) -> Finding:
        return Finding(self.place, self.line, column, reason)


@dataclass
class _Leaf:
    """A content file in the making and the row of everything in it; a `knowledge.files.Origin`."""

    folder: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)
    rows: dict[Where, _Row] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"{self.folder}/{self.name}.yml"

    def finding(self, path: Sequence[int | str], reason: str) -> Finding:
        whole = tuple(path)
        cut = next(cut for cut in range(len(whole), -1, -1) if whole[:cut] in self.rows)
        row = self.rows[whole[:cut]]
        return row.finding(row.sheet.column_of(whole[cut:]), reason)


@dataclass(frozen=True)
class _Node:
    """A holder in the making: its data, and where that stands in which file."""

    leaf: _Leaf
    path: Where
    data: dict[str, Any]

    def add(self, into: Fields, record: Any, row: _Row) -> _Node:
        records = _within(self.data, into[:-1]).setdefault(into[-1], [])
        path = (*self.path, *into, len(records))
        records.append(record)
        self.leaf.rows[path] = row
        return _Node(self.leaf, path, record)


class _Refused(Exception):
    """A row that cannot be put anywhere."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class _Binder:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._nodes: dict[tuple[Holder, Fields], _Node] = {}
        self._leaves: list[_Leaf] = []

    def take(self, sheet: Sheet, table: Table) -> None:
        rows = [_Row(sheet, table.place, *numbered) for numbered in _numbered(table)]
        for row in sorted(rows, key=_order):
            try:
                self._add(row)
            except _Refused as refused:
                self.findings.append(row.finding(refused.column, refused.reason))

    def bound(self) -> Content:
        loaded: list[tuple[Origin, ContentFile]] = []
        for leaf in self._leaves:
            try:
                held = MODELS[leaf.folder].model_validate(leaf.data)
                loaded.append((leaf, ContentFile(leaf.folder, leaf.name, held)))
            except ValidationError as error:
                self.findings += [leaf.finding(issue["loc"], issue["msg"]) for issue in error.errors()]
        return gather(sorted(loaded, key=lambda pair: pair[1].rank), _one_a_cell(self.findings))

    def _add(self, row: _Row) -> None:
        _check_place(row)
        holder = self._holder(row.sheet.holder, row)
        node = holder.add(_chosen(row), self._record(row), row)
        if made := row.sheet.makes:
            self._remember(made, row, node)

    def _remember(self, made: Holder, row: _Row, node: _Node) -> None:
        outer = _key(row.sheet.holder, row)
        key = (*outer, shown(node.data.get(made.by)))[-len(made.key) :]
        if (made, key) in self._nodes:
            raise _Refused(made.by, f"{made.what} {' '.join(key)} stands in another row already")
        self._nodes[made, key] = node

    def _holder(self, holder: Holder, row: _Row) -> _Node:
        key = _key(holder, row)
        node = self._nodes.get((holder, key))
        if node is None:
            node = self._nodes[holder, key] = self._new(holder, row)
        if row.sheet.has_subject:
            _settle_subject(node.data, row.cells["subject"])
        return node

    def _new(self, holder: Holder, row: _Row) -> _Node:
        if holder.inside is None:
            return self._new_file(holder, row)
        if holder is ASKED:
            asked = {holder.by: _key(holder, row)[-1], "ask": []}
            return self._holder(holder.inside, row).add((holder.name,), asked, row)
        raise _Refused(holder.key[-1], f"there is no {holder.what} {' '.join(_key(holder, row))}")

    def _new_file(self, holder: Holder, row: _Row) -> _Node:
        (name,) = _key(holder, row)
        if not _FILE_NAME.fullmatch(name):
            raise _Refused("file", f"“{name}” cannot be a file's name")
        leaf = _Leaf(holder.folder, name, {"subject": ""} if holder.folder in WITH_SUBJECT else {})
        leaf.rows[()] = row
        self._leaves.append(leaf)
        return _Node(leaf, (), leaf.data)

    def _record(self, row: _Row) -> Any:
        record: dict[str, Any] = {}
        for column in row.sheet.columns:
            cell = row.cells[column.name]
            if not column.path:
                return cell
            if cell.strip(_BLANK):
                try:
                    _within(record, column.path[:-1])[column.path[-1]] = column.read(cell)
                except ValueError as error:
                    self.findings.append(row.finding(column.name, str(error)))
        return record


def _within(record: dict[str, Any], path: Fields) -> dict[str, Any]:
    for step in path:
        record = record.setdefault(step, {})
    return record


def _settle_subject(data: dict[str, Any], subject: str) -> None:
    """A file has one subject: rows that leave it out follow the others."""
    if subject and data["subject"] not in ("", subject):
        raise _Refused("subject", f"the same file has the subject “{data['subject']}” in another row")
    data["subject"] = data["subject"] or subject


def _key(holder: Holder, row: _Row) -> Fields:
    """How the row names its holder, dates in one spelling."""
    return tuple(_plain(name, row.cells[name]) for name in holder.key)


def _plain(name: str, cell: str) -> str:
    if name != "from":
        return cell.strip(_BLANK)
    try:
        return shown(read_date(cell))
    except ValueError:
        return cell


def _chosen(row: _Row) -> Fields:
    into = row.sheet.into
    if not row.sheet.has_choice:
        return into[0]
    field_name = row.cells["field"].strip(_BLANK)
    chosen = next((path for path in into if path[-1] == field_name), None)
    if chosen is None:
        raise _Refused("field", f"“{field_name}” is none of {', '.join(path[-1] for path in into)}")
    return chosen


def _order(row: _Row) -> tuple[float, str]:
    """Where a row stands among the others: those without a place come last, as they stand."""
    if row.sheet.order == "from":
        return 0, _plain("from", row.cells["from"])
    place = row.cells.get("place", "").strip(_BLANK)
    return (float(place) if _PLACE.fullmatch(place) else inf), ""


def _check_place(row: _Row) -> None:
    place = row.cells.get("place", "").strip(_BLANK)
    if place and not _PLACE.fullmatch(place):
        raise _Refused("place", f"“{place}” is not a number")


def _wrong_shape(tables: Mapping[str, Table], book: str) -> Iterator[Finding]:
    """Sheets and columns that are missing or too many: with those, no row can be trusted."""
    known = {sheet.name: sheet for sheet in SHEETS}
    yield from (Finding(book, 1, "", f"the sheet {name} is missing") for name in known if name not in tables)
    for name, table in tables.items():
        if name not in known:
            yield Finding(table.place, 1, "", "is no sheet of the knowledge")
        elif reason := _header_wrong(_header(table), known[name].header):
            yield Finding(table.place, 1, "", reason)
        else:
            yield from _strays(table)


def _header(table: Table) -> Fields:
    names = [name.strip(_BLANK) for name in table.columns]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _header_wrong(found: Fields, expected: Fields) -> str | None:
    missing = [name for name in expected if name not in found]
    strange = [name or "(no name)" for name in found if name not in expected]
    twice = sorted({name for name in found if found.count(name) > 1})
    reasons = (("missing", missing), ("unknown", strange), ("twice", twice))
    return "; ".join(f"{what} columns: {', '.join(names)}" for what, names in reasons if names) or None


def _strays(table: Table) -> Iterator[Finding]:
    width = len(_header(table))
    for line, row in enumerate(table.rows, FIRST_ROW):
        if any(cell.strip(_BLANK) for cell in row[width:]):
            yield Finding(table.place, line, "", "a value stands outside the columns")


def _numbered(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not blank, with its number in the spreadsheet."""
    header = _header(table)
    for line, row in enumerate(table.rows, FIRST_ROW):
        if any(cell.strip(_BLANK) for cell in row):
            yield line, dict(zip_longest(header, row[: len(header)], fillvalue=""))


def _one_a_cell(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The first finding of each cell: what follows from an unreadable cell is not told again."""
    first: dict[tuple[str, int, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.file, finding.line, finding.field), finding)
    return tuple(first.values())
