"""Knowledge goes through Excel, CSV and YAML without loss, and what is wrong in a sheet is told by its cell."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from pydantic import TypeAdapter, ValidationError

from knowledge import transfer
from knowledge.checks import check
from knowledge.entries import (
    Ask,
    Citation,
    Entry,
    Figure,
    Gap,
    Option,
    Policy,
    Relation,
    Tags,
    Term,
    Text,
    Version,
)
from knowledge.files import Content, ContentFile, EntryFile, Glossary, PolicyFile, WrongContent, read_content
from knowledge.golden import AsOfQuestion, Golden, GoldenEntry, Negative, Phrasing
from knowledge.transfer import Format
from knowledge.workbook import guarded, unguarded
from tests.knowledge.small import FILES, POLICY, RATE

CONTENT = Path(__file__).parent.parent.parent / "knowledge" / "content"

_AWKWARD = (
    "=1+1", "+1", "-1", "@now", "'=1", "'quoted", "''", "#N/A", "_x0041_", "1.0", "007", "yes", "null", "~",
    "2020-01-01", "a\r\nb", "a\rb", "a\n\nb", "a\x0bb", "\x1f", "\ufffe", "\ufeff", "a\u2028b", "😀", "、", "，", "# no",
)  # fmt: skip


def _stripped(text: str) -> str | None:
    try:
        return str(TypeAdapter(Text).validate_python(text))
    except ValidationError:
        return None


_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(_stripped)
texts = st.sampled_from(_AWKWARD) | _any_text.filter(lambda text: text is not None)
lines = st.lists(texts, max_size=3).map(tuple)
ids = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
id_lists = st.lists(ids, max_size=2).map(tuple)
days = st.dates()
perhaps = st.none() | texts

policies = st.builds(
    Policy,
    id=ids,
    title=texts,
    documents=lines,
    issuer=texts,
    tax=st.sampled_from([("增值税",), ("契税", "社保费非税")]),
    region=texts,
    applies_to=texts,
    effective_from=st.dates(max_value=date(2000, 1, 1)),
    effective_to=st.none() | st.dates(min_value=date(2001, 1, 1)),
    ended_by=perhaps,
    replaces=lines,
    replaced_by=lines,
    key_figures=lines,
    facts=st.lists(texts, min_size=1, max_size=3).map(tuple),
    status=texts,
    confidence=st.sampled_from(["high", "low"]),
    verification=st.just("memory_only"),
)
citations = st.builds(Citation, policy=ids, document=perhaps, clause=perhaps, background=st.booleans())


gaps = st.tuples(days, days, texts).map(lambda args: Gap(start=args[0], end=args[1], reason=args[2]))


@st.composite
def versions(draw: st.DrawFn) -> tuple[Version, ...]:
    starts = sorted(draw(st.sets(days.filter(lambda day: day < date.max), min_size=1, max_size=3)))
    return tuple(
        Version(
            start=start,
            end=end,
            conclusion=draw(texts),
            conditions=draw(lines),
            how=draw(lines),
            materials=draw(lines),
            where=draw(perhaps),
            how_long=draw(perhaps),
            note=draw(perhaps),
            figures=tuple(draw(st.lists(st.builds(Figure, name=texts, value=texts), max_size=2))),
            citations=tuple(draw(st.lists(citations, min_size=1, max_size=2))),
            withheld=draw(st.booleans()),
        )
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    )


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    choice = draw(st.booleans())
    options = st.builds(Option, label=texts, entry=ids, who=st.none() | st.just("企业"))
    return Entry(
        id=draw(ids),
        question=draw(texts),
        similar_questions=tuple(draw(st.lists(texts, min_size=8, max_size=9))),
        kind="choice" if choice else "policy",
        tags=Tags(tax=("增值税", "契税"), who=draw(st.sampled_from([(), ("企业", "自然人")]))),
        ask=Ask(question=draw(texts), options=tuple(draw(st.lists(options, min_size=2, max_size=3))))
        if choice
        else None,
        versions=() if choice else draw(versions()),
        gaps=tuple(draw(st.lists(gaps, max_size=2))),
        related=draw(id_lists),
        relations=tuple(
            draw(st.lists(st.builds(Relation, entry=ids, kind=st.just("stacks"), note=perhaps), max_size=2))
        ),
        english=draw(perhaps),
    )


phrasings = st.builds(Phrasing, text=texts, kind=st.sampled_from(["short", "story"]))
goldens = st.builds(
    Golden,
    questions=st.lists(
        st.builds(GoldenEntry, entry=ids, ask=st.lists(phrasings, min_size=1, max_size=3)),
        max_size=3,
        unique_by=lambda item: item.entry,
    ),
    as_of=st.lists(
        st.builds(
            AsOfQuestion,
            text=texts,
            entry=ids,
            today=days,
            expect=st.sampled_from(["version", "after"]),
            versions=st.lists(days, max_size=2),
        ),
        max_size=2,
    ),
    negatives=st.lists(st.builds(Negative, text=texts, kind=st.just("foreign")), min_size=1, max_size=2),
)
glossaries = st.builds(
    Glossary,
    terms=st.lists(
        st.builds(Term, term=texts, say=st.lists(texts, min_size=1, max_size=3).map(tuple)),
        min_size=1,
        max_size=3,
        unique_by=lambda term: term.term,
    ).map(tuple),
)
some_policies = st.lists(policies, min_size=1, max_size=3, unique_by=lambda record: record.id)
some_entries = st.lists(entries(), min_size=1, max_size=3, unique_by=lambda record: record.id)
contents = st.tuples(
    st.builds(PolicyFile, subject=texts, policies=some_policies).map(
        lambda h: ContentFile("policies", "a", h)
    ),
    st.builds(EntryFile, subject=texts, entries=some_entries).map(lambda h: ContentFile("entries", "a", h)),
    glossaries.map(lambda held: ContentFile("glossary", "terms", held)),
    goldens.map(lambda held: ContentFile("golden", "a", held)),
    goldens.map(lambda held: ContentFile("golden", "b-c", held)),
)


@pytest.fixture(scope="session")
def shipped() -> Content:
    return read_content(CONTENT)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "knowledge.xlsx"
    transfer.write(path, Format.xlsx, FILES)
    return path


@pytest.mark.parametrize("form", Format)
@given(files=contents)
@example(files=FILES)
@settings(max_examples=15, deadline=None)
def test_whatever_the_models_can_hold_comes_back_equal(form: Format, files: tuple[ContentFile, ...]) -> None:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "knowledge"
        transfer.write(target, form, files)
        assert transfer.read(target).files == files


@pytest.mark.parametrize("form", [Format.csv, Format.yaml])
def test_the_shipped_content_comes_back_equal(form: Format, shipped: Content, tmp_path: Path) -> None:
    transfer.write(tmp_path / "out", form, shipped.files)
    back = transfer.read(tmp_path / "out")
    assert (back.files, back.knowledge, back.golden) == (shipped.files, shipped.knowledge, shipped.golden)


def test_a_shipped_subject_comes_back_equal_from_a_workbook(tmp_path: Path) -> None:
    files = read_content(CONTENT, "vat-small").files
    transfer.write(tmp_path / "out.xlsx", Format.xlsx, files)
    assert transfer.read(tmp_path / "out.xlsx").files == files


def test_text_that_looks_like_a_formula_is_text_in_a_workbook(book: Path) -> None:
    sheet = load_workbook(book)["policy_lines"]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells] == [
        ("=买卖合同 0.3‰", "s", "@")
    ]


def test_text_that_looks_like_a_formula_stands_behind_an_apostrophe_in_csv(tmp_path: Path) -> None:
    transfer.write(tmp_path / "out", Format.csv, FILES)
    with (tmp_path / "out" / "policy_lines.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "'=买卖合同 0.3‰" in [row[-1] for row in csv.reader(file)]


@given(text=st.sampled_from(_AWKWARD) | st.text("'=+-@ax\t\r"))
def test_the_guard_of_csv_is_undone_exactly_and_leaves_nothing_to_run(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@"))


def test_rows_that_were_sorted_in_the_spreadsheet_keep_their_places(book: Path) -> None:
    _edit(book, _sort_every_sheet_backwards)
    held = {file.folder: file.held for file in transfer.read(book).files}
    assert held["policies"] == FILES[0].held
    assert isinstance(held["entries"], EntryFile)
    assert {entry.id: entry for entry in held["entries"].entries}["stamp-rate"] == RATE


def test_dates_and_numbers_that_excel_made_of_what_was_typed_are_read(book: Path) -> None:
    def retype(workbook: Workbook) -> None:
        _set(workbook, "policies", 2, "effective_from", datetime(2022, 7, 1))  # noqa: DTZ001 - Excel has no zones
        _set(workbook, "versions", 2, "to", "2024/1/1")
        _set(workbook, "questions", 2, "place", 1)

    _edit(book, retype)
    assert transfer.read(book).files == FILES


def test_rows_without_a_place_come_last_and_blank_rows_do_not_count(book: Path) -> None:
    def add(workbook: Workbook) -> None:
        workbook["policy_lines"].append([])
        workbook["policy_lines"].append(["stamp-law", "facts", None, "新的一条"])

    _edit(book, add)
    assert transfer.read(book).knowledge.policies[0].facts == (*POLICY.facts, "新的一条")


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "reason"),
    [
        ("policies", 2, "effective_from", "next year", "“next year” is not a date like 2026-01-31"),
        ("policies", 2, "confidence", "sure", "Input should be 'high', 'medium' or 'low'"),
        ("policies", 2, "title", None, "Field required"),
        ("policies", 2, "file", "../secrets", "“../secrets” cannot be a file's name"),
        ("entries", 2, "tax", "增值税 糖税", None),
        ("entries", 3, "subject", "别的", "the same file has the subject “印花税” in another row"),
        ("entries", 3, "id", "stamp-rate", "entry stamp-rate stands in another row already"),
        ("versions", 2, "withheld", "maybe", "“maybe” is neither yes nor no"),
        ("versions", 2, "entry", "nobody", "there is no entry nobody"),
        ("version_lines", 3, "field", "facts", "“facts” is none of conditions, how, materials"),
        ("figures", 2, "from", "2021-01-01", "there is no version stamp-rate 2021-01-01"),
        ("questions", 4, "place", "third", "“third” is not a number"),
        ("negatives", 2, "kind", "odd", None),
        ("golden", 2, "text", None, "Field required"),
    ],
)
def test_a_wrong_cell_is_told_by_sheet_row_and_column(
    book: Path, sheet: str, row: int, column: str, value: str | None, reason: str | None
) -> None:
    _edit(book, lambda workbook: _set(workbook, sheet, row, column, value))
    with pytest.raises(WrongContent) as caught:
        transfer.read(book)
    told = {(found.file, found.line, found.field): found.reason for found in caught.value.findings}
    assert (f"knowledge.xlsx/{sheet}", row, column) in told
    assert reason is None or told[f"knowledge.xlsx/{sheet}", row, column] == reason


def test_what_the_checks_find_is_told_by_sheet_row_and_column(book: Path) -> None:
    def spoil(workbook: Workbook) -> None:
        _set(workbook, "figures", 2, "value", "0.5‰")
        _set(workbook, "citations", 3, "policy", "no-such-law")
        _set(workbook, "as_of", 2, "versions", "2020-01-01")

    _edit(book, spoil)
    places = {(found.file.split("/")[1], found.line, found.field) for found in check(transfer.read(book))}
    assert places >= {("figures", 2, "name"), ("citations", 3, "policy"), ("as_of", 2, "versions")}


@pytest.mark.parametrize(
    ("value", "number_format", "reason"),
    [
        ("=1+1", "General", "is a formula; write its value as text"),
        (0.05, "0%", "is a formatted number; write it as text, the way people should read it"),
        ("#N/A", "General", "holds the error #N/A"),
    ],
)
def test_a_cell_that_is_not_text_is_refused(
    book: Path, value: object, number_format: str, reason: str
) -> None:
    def put(workbook: Workbook) -> None:
        cell = workbook["figures"].cell(2, 5)
        cell.value, cell.number_format = value, number_format  # type: ignore[assignment]

    _edit(book, put)
    with pytest.raises(WrongContent, match=rf"knowledge.xlsx/figures:2: E: {reason}"):
        transfer.read(book)


def test_a_sheet_or_a_column_that_is_missing_is_told_before_any_row(book: Path) -> None:
    def spoil(workbook: Workbook) -> None:
        del workbook["golden"]
        workbook["policies"].delete_cols(3)
        workbook.create_sheet("notes")

    _edit(book, spoil)
    with pytest.raises(WrongContent) as caught:
        transfer.read(book)
    assert list(map(str, caught.value.findings)) == [
        "knowledge.xlsx:1: : the sheet golden is missing",
        "knowledge.xlsx/policies:1: : missing columns: id",
        "knowledge.xlsx/notes:1: : is no sheet of the knowledge",
    ]


def test_csv_that_is_not_utf_8_is_told_by_its_file(tmp_path: Path) -> None:
    transfer.write(tmp_path / "out", Format.csv, FILES)
    file = tmp_path / "out" / "policies.csv"
    file.write_bytes(file.read_text(encoding="utf-8-sig").encode("gb18030"))
    with pytest.raises(WrongContent, match=r"policies.csv:1: : not UTF-8"):
        transfer.read(tmp_path / "out")


def test_a_file_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "knowledge.xlsx").write_text("not at all", encoding="utf-8")
    with pytest.raises(WrongContent, match="not an Excel workbook"):
        transfer.read(tmp_path / "knowledge.xlsx")


def test_a_text_that_no_cell_can_hold_is_refused_rather_than_cut(tmp_path: Path) -> None:
    long = Golden(negatives=(Negative(text="长" * 32_768, kind="gibberish"),))
    with pytest.raises(WrongContent, match="do not fit a cell"):
        transfer.write(tmp_path / "out.xlsx", Format.xlsx, [ContentFile("golden", "a", long)])
    assert not (tmp_path / "out.xlsx").exists()


def _edit(path: Path, change: Callable[[Workbook], None]) -> None:
    workbook = load_workbook(path)
    change(workbook)
    workbook.save(path)


def _set(workbook: Workbook, sheet: str, row: int, column: str, value: Any) -> None:
    header = [cell.value for cell in workbook[sheet][1]]
    workbook[sheet].cell(row, header.index(column) + 1).value = value


def _sort_every_sheet_backwards(workbook: Workbook) -> None:
    for sheet in workbook.worksheets:
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        for number, row in enumerate(reversed(rows), 2):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column)
                cell.value = value
                cell.data_type = "s"
