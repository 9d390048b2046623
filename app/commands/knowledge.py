"""``shuiwen knowledge …`` and ``shuiwen policies …``: check, import, export and count what may be said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.assembly import now
from app.commands.output import JsonOption
from app.preparation import NotPrepared, migrated
from app.refusal import one_sentence
from app.settings import ROOT, Settings
from knowledge import library, transfer
from knowledge.audit import audit
from knowledge.changes import Change, changes
from knowledge.checks import check, near_duplicates
from knowledge.files import Content, WrongContent, read_content, shelved
from knowledge.timeline import UnknownPolicy, lines, timeline
from knowledge.transfer import Format
from store.database import DatabaseUnavailable

knowledge = typer.Typer(no_args_is_help=True, help="Check and import what may be said.")
policies = typer.Typer(no_args_is_help=True, help="The documents behind the answers.")

console = Console(stderr=True, highlight=False)


@knowledge.command("check")
def knowledge_check(
    subject: Annotated[str | None, typer.Option(help="Only the files of this name.")] = None,
    folder: Annotated[Path | None, typer.Option(help="The folder of content files.")] = None,
    near: Annotated[bool, typer.Option(help="Also report near-duplicate entries.")] = False,
) -> None:
    """Check the content files; each finding has a line, a field and a reason."""
    content = None
    try:
        content = read_content(folder or Settings().content, subject)
        findings = list(check(content))
    except WrongContent as error:
        findings = list(error.findings)
    mine = [finding for finding in findings if subject is None or Path(finding.file).stem == subject]
    for finding in mine:
        typer.echo(finding)
    if near and content:
        for entry, question, other, other_question in near_duplicates(content):
            typer.echo(f"near: {entry} “{question}” ~ {other} “{other_question}”")
    typer.echo(f"{len(mine)} findings")
    raise typer.Exit(1 if mine else 0)


@knowledge.command("import")
def knowledge_import(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of YAML or CSV files, or an .xlsx file; the shipped content by default."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report what would change.")] = False,
) -> None:
    """Report what would change, then put SOURCE in place of what the database holds; then `shuiwen publish`."""
    settings = Settings()
    content = _checked(source or settings.content)
    with _one_sentence():
        database = migrated(settings)
        with database.reading() as session:
            before = transfer.held(session)
        found = changes(before, transfer.offered(content))
        _print_changes(found)
        if dry_run or not found:
            return
        if not yes:
            typer.confirm("Import this? 导入？", abort=True)
        with database.writing() as session:
            transfer.replace(session, before, content, now())
    console.print("imported; run `shuiwen publish` to make it live")


@knowledge.command("export")
def knowledge_export(
    target: Annotated[Path, typer.Argument(help="A new folder, or a new .xlsx file.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="xlsx by default where the name says so, else yaml.")
    ] = None,
    from_database: Annotated[
        bool, typer.Option("--from-database", help="What the database holds as published.")
    ] = False,
) -> None:
    """Write the knowledge for people to edit; `shuiwen knowledge import` reads it back without loss."""
    settings = Settings()
    with _one_sentence():
        files = read_content(settings.content).files
        if from_database:
            with migrated(settings).reading() as session:
                files = shelved(library.published(session), library.golden(session), files)
        transfer.write(target, form or transfer.format_of(target), files)
    console.print(f"wrote {target}", soft_wrap=True, markup=False)


@knowledge.command("stats")
def knowledge_stats(as_json: JsonOption = False) -> None:
    """Count what the content files hold."""
    with _one_sentence():
        content = read_content(Settings().content)
    entries, golden = content.knowledge.entries, content.golden
    counts = {
        "policies": len(content.knowledge.policies),
        "entries": len(entries),
        "versions": sum(len(entry.versions) for entry in entries),
        "similar_questions": sum(len(entry.similar_questions) for entry in entries),
        "terms": len(content.knowledge.terms),
        "golden": sum(len(item.ask) for item in golden.questions),
        "as_of_golden": len(golden.as_of),
        "negatives": len(golden.negatives),
    }
    typer.echo(
        json.dumps(counts) if as_json else "\n".join(f"{name}: {count}" for name, count in counts.items())
    )


@knowledge.command("audit")
def knowledge_audit(
    out: Annotated[Path, typer.Option(help="The file to write.")] = ROOT / "docs" / "knowledge.md",
) -> None:
    """Write the audit: counts, verification, withheld versions, gaps, near duplicates and open doubts."""
    with _one_sentence():
        out.write_text(audit(read_content(Settings().content)), encoding="utf-8")
    console.print(f"wrote {out}", soft_wrap=True, markup=False)


@policies.command("timeline")
def policies_timeline(policy: Annotated[str, typer.Argument(help="The policy's id.", metavar="ID")]) -> None:
    """What a policy replaced, itself, and what replaced it, with the versions that cite each."""
    with _one_sentence():
        known = read_content(Settings().content).knowledge
        for line in lines(known, timeline(known, policy)):
            typer.echo(line)


def _checked(source: Path) -> Content:
    """What ``source`` holds, checked; ends with every finding where something is wrong."""
    with _one_sentence():
        try:
            content = transfer.read(source)
            findings = list(check(content))
        except WrongContent as error:
            findings = list(error.findings)
    if findings:
        for finding in findings:
            typer.echo(finding)
        typer.echo(f"{len(findings)} findings; nothing was changed")
        raise typer.Exit(1)
    return content


def _print_changes(found: Sequence[Change]) -> None:
    for change in found:
        typer.echo(change)
    for (kind, what), count in Counter((change.kind, change.what) for change in found).items():
        typer.echo(f"{kind}: {count} {what}")
    if not found:
        typer.echo("nothing would change")


def _one_sentence() -> AbstractContextManager[None]:
    return one_sentence(
        NotPrepared, DatabaseUnavailable, WrongContent, UnknownPolicy, transfer.UnknownSource,
        transfer.TargetTaken, transfer.ChangedMeanwhile,
    )  # fmt: skip
