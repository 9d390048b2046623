"""`knowledge import` reports first, asks, and changes nothing it was not told to; `knowledge export` feeds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from app.cli import main
from knowledge import library, transfer
from knowledge.changes import Holding
from knowledge.files import ContentFile, PolicyFile, read_content, write_content
from knowledge.transfer import ChangedMeanwhile, Format
from store.database import Database
from tests.knowledge.small import FILES, GOLDEN, POLICY, RATE, WHEN


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content folder of settings that keep everything in ``tmp_path``."""
    monkeypatch.setenv("SHUIWEN_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("SHUIWEN_CONTENT", str(tmp_path / "content"))
    monkeypatch.delenv("SHUIWEN_DATABASE_URL", raising=False)
    write_content(tmp_path / "content", FILES)
    return tmp_path / "content"


@pytest.fixture
def stored(folder: Path) -> Iterator[Database]:
    """The database that the commands use, with the folder's content in it."""
    assert _run("import", "--yes").exit_code == 0
    database = Database(f"sqlite:///{folder.parent / 'var' / 'shuiwen.sqlite3'}")
    yield database
    database.close()


def test_a_dry_run_reports_and_stores_nothing(folder: Path) -> None:
    result = _run("import", "--dry-run")
    assert result.exit_code == 0
    assert "+ entry stamp-rate" in result.stdout.splitlines()
    assert "entry: 2 added" in result.stdout
    with closing(Database(f"sqlite:///{folder.parent / 'var' / 'shuiwen.sqlite3'}")) as database:
        assert _policies(database) == ()


def test_an_import_that_is_not_confirmed_stores_nothing(stored: Database, folder: Path) -> None:
    _retitle(folder)
    assert _run("import", answer="n\n").exit_code == 1
    assert _policies(stored) == ("印花税法",)


def test_an_import_that_is_confirmed_stores_what_was_reported(stored: Database, folder: Path) -> None:
    _retitle(folder)
    result = _run("import", answer="y\n")
    assert "~ policy stamp-law: title" in result.stdout
    assert _policies(stored) == ("新印花税法",)


def test_the_same_content_again_would_change_nothing_and_is_not_asked_about(stored: Database) -> None:
    result = _run("import")
    assert (result.exit_code, result.stdout.strip()) == (0, "nothing would change")
    assert _policies(stored) == ("印花税法",)


@pytest.mark.parametrize("form", Format)
def test_what_was_exported_in_any_form_imports_as_no_change(
    stored: Database, folder: Path, form: Format
) -> None:
    target = folder.parent / "out"
    for options in ([], ["--from-database"]):
        assert _run("export", str(target), "--format", form, *options).exit_code == 0
        assert transfer.read(target).files == FILES
        assert "nothing would change" in _run("import", str(target)).stdout
        target = folder.parent / "out-of-database"
    assert _policies(stored) == ("印花税法",)


def test_a_name_that_ends_in_xlsx_asks_for_a_workbook(folder: Path) -> None:
    assert _run("export", str(folder.parent / "out.xlsx")).exit_code == 0
    assert "entries" in load_workbook(folder.parent / "out.xlsx").sheetnames


def test_what_only_the_database_knows_is_exported_to_a_file_of_its_own(
    stored: Database, folder: Path
) -> None:
    extra = WHEN.model_copy(update={"id": "stamp-where"})
    with stored.writing() as session:
        knowledge = library.published(session)
        grown = knowledge.model_copy(update={"entries": (*knowledge.entries, extra)})
        library.replace_all(session, grown, GOLDEN, datetime.now(UTC))
    assert _run("export", str(folder.parent / "out"), "--from-database").exit_code == 0
    files = {file.path: file.held for file in read_content(folder.parent / "out").files}
    assert getattr(files["entries/new.yml"], "entries", None) == (extra,)
    assert files["entries/stamp.yml"] == FILES[1].held


def test_an_export_over_something_that_exists_is_refused(folder: Path) -> None:
    result = _run("export", str(folder))
    assert result.exit_code == 1
    assert "exists already" in " ".join(result.stderr.split())
    assert read_content(folder).files == FILES


def test_wrong_input_is_told_by_sheet_row_and_column_and_changes_nothing(
    stored: Database, folder: Path
) -> None:
    path = folder.parent / "out.xlsx"
    assert _run("export", str(path)).exit_code == 0
    book = load_workbook(path)
    book["policies"]["I2"] = "tomorrow"
    book["figures"]["E2"] = "9‰"
    book.save(path)
    result = _run("import", str(path), "--yes")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "out.xlsx/policies:2: effective_from: “tomorrow” is not a date like 2026-01-31",
        "1 findings; nothing was changed",
    ]
    book["policies"]["I2"] = "2022-07-01"
    book.save(path)
    result = _run("import", str(path), "--yes")
    assert result.exit_code == 1
    assert "out.xlsx/figures:2: name: “9‰” is not in the text" in result.stdout
    with stored.reading() as session:
        assert transfer.held(session) == Holding((POLICY,), (RATE, WHEN), GOLDEN)


def test_a_source_that_holds_no_knowledge_is_refused(stored: Database, folder: Path) -> None:
    for source in (folder.parent / "nowhere", folder.parent / "var"):
        result = _run("import", str(source), "--yes")
        assert result.exit_code == 1
        assert "no folder of CSV files" in " ".join(result.stderr.split())
    assert _policies(stored) == ("印花税法",)


def test_what_changed_since_the_report_is_not_overwritten(stored: Database, folder: Path) -> None:
    content = read_content(folder)
    with stored.reading() as session:
        reported = transfer.held(session)
    with stored.writing() as session:
        library.replace_all(
            session, content.knowledge.model_copy(update={"entries": (RATE,)}), GOLDEN, datetime.now(UTC)
        )
    with pytest.raises(ChangedMeanwhile), stored.writing() as session:
        transfer.replace(session, reported, content, datetime.now(UTC))


def _run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, ["knowledge", *arguments], input=answer)


def _retitle(folder: Path) -> None:
    policy = POLICY.model_copy(update={"title": "新印花税法"})
    write_content(
        folder, [ContentFile("policies", "stamp", PolicyFile(subject="印花税", policies=(policy,)))]
    )


def _policies(database: Database) -> tuple[str, ...]:
    with database.reading() as session:
        return tuple(policy.title for policy in library.published(session).policies)
