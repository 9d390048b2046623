"""Knowledge in and out: which form a path has, and what the database holds against what is offered to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import library
from knowledge.binder import content_of
from knowledge.changes import Holding
from knowledge.entries import Entry
from knowledge.files import FOLDERS, Content, ContentFile, read_content, write_content
from knowledge.sheets import tables_of
from knowledge.workbook import read_csv, read_xlsx, write_csv, write_xlsx


class Format(StrEnum):
    yaml = "yaml"
    xlsx = "xlsx"
    csv = "csv"


class UnknownSource(Exception):
    """There is nothing at the path that knowledge could be read from."""


class TargetTaken(Exception):
    """Something stands where an export would be written."""


class ChangedMeanwhile(Exception):
    """The database no longer holds what the report of changes was made from."""


def format_of(target: Path) -> Format:
    """The form that a name asks for."""
    return Format.xlsx if target.suffix.lower() == ".xlsx" else Format.yaml


def read(source: Path) -> Content:
    """The content at ``source``. Raises `UnknownSource` and `knowledge.files.WrongContent`."""
    if source.is_file():
        return content_of(read_xlsx(source), source.name)
    if source.is_dir() and any(source.glob("*.csv")):
        return content_of(read_csv(source), source.name)
    if any((source / folder).is_dir() for folder in FOLDERS):
        return read_content(source)
    raise UnknownSource(
        f"{source} is no Excel file, no folder of CSV files and no folder with {', '.join(FOLDERS)}"
    )


def write(target: Path, form: Format, files: Sequence[ContentFile]) -> None:
    """Write ``files`` to ``target``, which must be free: old files beside new ones would be read as one.

    Raises `TargetTaken` and `knowledge.files.WrongContent`.
    """
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise TargetTaken(f"{target} exists already; name another place or remove it first")
    match form:
        case Format.yaml:
            write_content(target, files)
        case Format.xlsx:
            write_xlsx(target, tables_of(files))
        case Format.csv:
            write_csv(target, tables_of(files))


def held(session: Session) -> Holding:
    """All that the database holds, in whatever state."""
    rows = session.scalars(select(library.EntryRow).order_by(library.EntryRow.place)).all()
    published = library.published(session)
    return Holding(
        policies=published.policies,
        entries=tuple(Entry.model_validate(row.content) for row in rows),
        terms=published.terms,
        golden=library.golden(session),
        unpublished={row.id: row.state for row in rows if row.state != "published"},
    )


def offered(content: Content) -> Holding:
    """What the database would hold after an import: every entry published."""
    knowledge = content.knowledge
    return Holding(knowledge.policies, knowledge.entries, content.golden, terms=knowledge.terms)


def replace(session: Session, reported: Holding, content: Content, now: datetime) -> None:
    """Put ``content`` in place of what was ``reported``. Raises `ChangedMeanwhile` where that is no longer so."""
    if held(session) != reported:
        raise ChangedMeanwhile(
            "somebody else changed the knowledge in the database; look at the report again"
        )
    library.replace_all(session, content.knowledge, content.golden, now)
