"""Tables of text in files that spreadsheets open: an Excel workbook, or a folder of CSV files.

Text that a spreadsheet would run as a formula stays text, without loss: a workbook's cells are all typed and
formatted as text; CSV has no types, so such text stands behind an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from knowledge.files import Finding, WrongContent

LONGEST_CELL = 32_767
FIRST_ROW = 2

_FORMULA_STARTS = "=+-@＝＋－＠\t\r\n"
_TEXT_FORMAT = "@"
_WIDTHS = {
    "text": 70,
    "question": 45,
    "conclusion": 70,
    "title": 45,
    "note": 45,
    "clause": 25,
    "document": 40,
}
_USUAL_WIDTH = 18
# XML has no place for these characters; OOXML writes them, and whatever looks like that writing, as _xHHHH_.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Table:
    """A sheet's text: its columns and its rows, the first of which is row 2; ``place`` is for findings."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    place: str = ""


def write_xlsx(path: Path, tables: Iterable[Table]) -> None:
    """Write ``tables`` as a workbook. Raises `WrongContent` where a text is too long for a cell."""
    fitting = [_fitting(table, path) for table in tables]
    book = Workbook(write_only=True)
    for table in fitting:
        _write_sheet(book.create_sheet(table.name), table)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def read_xlsx(path: Path) -> tuple[Table, ...]:
    """Every sheet of a workbook as text. Raises `WrongContent`: no workbook, formulas, error values."""
    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True)
            grids = {sheet.title: list(sheet.iter_rows()) for sheet in book.worksheets}
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise WrongContent([Finding(path.name, 1, "", f"not an Excel workbook: {error}")]) from error
    findings: list[Finding] = []
    tables = tuple(_table(name, f"{path.name}/{name}", grid, findings) for name, grid in grids.items())
    if findings:
        raise WrongContent(findings)
    return tables


def write_csv(folder: Path, tables: Iterable[Table]) -> None:
    """Write each table as ``NAME.csv``, in UTF-8 with the mark by which Excel knows it."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows(map(guarded, row) for row in table.rows)


def read_csv(folder: Path) -> tuple[Table, ...]:
    """Every CSV file of a folder. Raises `WrongContent` for a file that is no UTF-8 or no CSV."""
    findings: list[Finding] = []
    tables = [table for path in sorted(folder.glob("*.csv")) if (table := _read_one_csv(path, findings))]
    if findings:
        raise WrongContent(findings)
    return tuple(tables)


def guarded(text: str) -> str:
    """``text`` as it stands in CSV: behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(("'", *_FORMULA_STARTS)) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given; an apostrophe of one's own needs no second one."""
    return text[1:] if text.startswith("'") and text[1:].startswith(("'", *_FORMULA_STARTS)) else text


def _fitting(table: Table, path: Path) -> Table:
    wrong = [
        Finding(
            f"{path.name}/{table.name}", line, column, f"{len(cell)} characters do not fit a cell; use csv"
        )
        for line, row in enumerate(table.rows, FIRST_ROW)
        for column, cell in zip(table.columns, row, strict=True)
        if len(_written(cell)) > LONGEST_CELL
    ]
    if wrong:
        raise WrongContent(wrong)
    return table


def _write_sheet(sheet: WriteOnlyWorksheet, table: Table) -> None:
    sheet.freeze_panes = "A2"
    for number, name in enumerate(table.columns, 1):
        column = sheet.column_dimensions[get_column_letter(number)]  # type: ignore[attr-defined]  # not in the stubs
        column.width = _WIDTHS.get(name, _USUAL_WIDTH)
        column.number_format = _TEXT_FORMAT
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append([_text_cell(sheet, name, font=bold) for name in table.columns])
    for row in table.rows:
        sheet.append([_text_cell(sheet, text, alignment=wrapped) if text else None for text in row])


def _text_cell(
    sheet: WriteOnlyWorksheet, text: str, font: Font | None = None, alignment: Alignment | None = None
) -> Cell:
    cell = WriteOnlyCell(sheet, value=_written(text))
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT
    if font:
        cell.font = font
    if alignment:
        cell.alignment = alignment
    return cell


def _written(text: str) -> str:
    return _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _table(
    name: str, place: str, grid: Sequence[Sequence[Cell | MergedCell]], findings: list[Finding]
) -> Table:
    texts = [
        tuple(_text(cell, (place, line, number), findings) for number, cell in enumerate(row, 1))
        for line, row in enumerate(grid, 1)
    ]
    return Table(name, texts[0] if texts else (), tuple(texts[1:]), place)


def _text(cell: Cell | MergedCell, where: tuple[str, int, int], findings: list[Finding]) -> str:
    if reason := _unreadable(cell):
        place, line, column = where
        findings.append(Finding(place, line, get_column_letter(column), reason))
        return ""
    return _shown(cell.value)


def _unreadable(cell: Cell | MergedCell) -> str | None:
    if cell.data_type == "f":
        return "is a formula; write its value as text"
    if cell.data_type == "e":
        return f"holds the error {cell.value}"
    if isinstance(cell.value, float) and cell.number_format not in ("General", _TEXT_FORMAT):
        return "is a formatted number; write it as text, the way people should read it"
    if isinstance(cell.value, time) or (isinstance(cell.value, datetime) and cell.value.time() != time()):
        return "is a time of day; write a date or text"
    return None


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), value)
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()[:10]
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _read_one_csv(path: Path, findings: list[Finding]) -> Table | None:
    rows: list[tuple[str, ...]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows.extend(tuple(map(unguarded, cells)) for cells in csv.reader(file, strict=True))
    except UnicodeDecodeError:
        findings.append(Finding(path.name, len(rows) + 1, "", "not UTF-8; save it as “CSV UTF-8”"))
        return None
    except csv.Error as error:
        findings.append(Finding(path.name, len(rows) + 1, "", f"not CSV: {error}"))
        return None
    return Table(path.stem, rows[0] if rows else (), tuple(rows[1:]), path.name)
