"""The command line: ``shuiwen …``."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from app.assembly import assemble, now
from app.preparation import NotPrepared, import_content, prepare, publish_now
from app.rasa_process import RasaMissing
from app.settings import Settings
from app.web import create_app
from desk import staff as accounts
from knowledge import library
from knowledge.checks import check, near_duplicates
from knowledge.files import WrongContent, read_content
from knowledge.publishing import CannotPublish
from store.database import Database, DatabaseUnavailable

main = typer.Typer(
    no_args_is_help=True, help="税问: ask, cite, compute, hand over.", pretty_exceptions_enable=False
)
knowledge = typer.Typer(no_args_is_help=True, help="Check and import what may be said.")
staff = typer.Typer(no_args_is_help=True, help="Accounts of the people at the desk.")
main.add_typer(knowledge, name="knowledge")
main.add_typer(staff, name="staff")

console = Console(stderr=True, highlight=False)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

FIRST_AGENT = "管理员"


@main.command()
def run(port: Annotated[int | None, typer.Option(help="Where to listen.")] = None) -> None:
    """Prepare what is missing, start everything and print the addresses. Ctrl-C stops all of it."""
    settings = Settings(port=port) if port else Settings()
    with _one_sentence():
        parts = assemble(settings)
        prepare(settings, parts.database, _progress)
        invitation = _first_invitation(parts.database)
        app = create_app(parts)
        threading.Thread(target=_announce, args=(settings, invitation), daemon=True).start()
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
        )


@main.command("prepare")
def prepare_only() -> None:
    """Prepare what is missing, and start nothing."""
    settings = Settings()
    with _one_sentence():
        prepare(settings, Database(settings.database), _progress)


@main.command("publish")
def publish_release() -> None:
    """Publish the knowledge in the database as a new release; a running application takes it up by itself."""
    settings = Settings()
    with _one_sentence():
        row = publish_now(settings, _migrated(settings), _progress)
    _print_report(row.number, row.report)


@main.command()
def releases() -> None:
    """List the releases."""
    table = Table("release", "published", "entries", "coverage", "current")
    with _one_sentence(), _migrated(Settings()).reading() as session:
        for row in library.releases(session):
            coverage = f"{row.report['test']['coverage']:.0%}"
            when = row.published_at.isoformat(timespec="minutes")
            table.add_row(
                str(row.number), when, str(row.report["entries"]), coverage, "●" if row.current else ""
            )
    Console().print(table)


@main.command()
def rollback(number: Annotated[int, typer.Argument(help="The release to go back to.")]) -> None:
    """Make an earlier release the current one."""
    with _one_sentence(), _migrated(Settings()).writing() as session:
        library.make_current(session, number)
    console.print(f"release {number} is current")


@main.command()
def evaluate(as_json: JsonOption = False) -> None:
    """How well the current release does on the golden questions kept for testing."""
    with _one_sentence():
        with _migrated(Settings()).reading() as session:
            row = library.current(session)
        if row is None:
            raise NotPrepared("there is no release yet; run `shuiwen publish`.")
    if as_json:
        typer.echo(json.dumps(row.report["test"] | {"release": row.number}, ensure_ascii=False))
    else:
        _print_report(row.number, row.report)


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
def knowledge_import() -> None:
    """Put the content files into the database in place of what is there; `shuiwen publish` makes it live."""
    settings = Settings()
    with _one_sentence():
        import_content(settings, _migrated(settings))
    console.print("imported; run `shuiwen publish` to make it live")


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
        "golden": sum(len(item.ask) for item in golden.questions),
        "as_of_golden": len(golden.as_of),
        "negatives": len(golden.negatives),
    }
    typer.echo(
        json.dumps(counts) if as_json else "\n".join(f"{name}: {count}" for name, count in counts.items())
    )


@staff.command("link")
def staff_link(name: Annotated[str, typer.Argument(help="The agent's name as people see it.")]) -> None:
    """A one-time sign-in link for the desk, good for a day; makes the account where there is none."""
    settings = Settings()
    with _one_sentence(), _migrated(settings).writing() as session:
        token = accounts.invite(session, name, now())
    typer.echo(f"http://{settings.host}:{settings.port}/desk/sign-in/{token}")


@contextmanager
def _one_sentence() -> Iterator[None]:
    """End on an expected failure with its sentence instead of a stack trace."""
    try:
        yield
    except (
        NotPrepared, CannotPublish, RasaMissing, DatabaseUnavailable, WrongContent, library.UnknownRelease
    ) as error:  # fmt: skip
        console.print(f"[bold red]✗[/] {error}")
        sys.exit(1)


def _progress(step: str) -> None:
    console.print(f"[bold]·[/] {step} …")


def _migrated(settings: Settings) -> Database:
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    database.migrate()
    return database


def _first_invitation(database: Database) -> str | None:
    """A sign-in token for the first account, until somebody has signed in."""
    with database.writing() as session:
        return (
            None
            if accounts.ever_signed_in(session)
            else accounts.invite(session, FIRST_AGENT, now(), "administrator")
        )


def _announce(settings: Settings, invitation: str | None) -> None:
    address = f"http://{settings.host}:{settings.port}"
    began = time.monotonic()
    _progress("启动 starting Rasa and the application")
    with httpx.Client(trust_env=False, timeout=5) as http:
        while not _ready(http, address):
            time.sleep(0.2)
    console.print(f"[bold green]✓[/] 就绪 ready after {time.monotonic() - began:.1f} s")
    console.print(f"  对话 chat  {address}/chat")
    console.print(f"  坐席 desk  {address}/desk")
    if invitation:
        console.print(
            f"  首次登录（一次有效） first sign-in, once: {address}/desk/sign-in/{invitation}", soft_wrap=True
        )
    else:
        console.print("  登录链接 sign-in link: shuiwen staff link 姓名")


def _ready(http: httpx.Client, address: str) -> bool:
    try:
        return http.get(f"{address}/readyz").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _print_report(number: int, report: dict[str, dict[str, float]]) -> None:
    table = Table(f"release {number}", "value")
    bound = report["bound"]
    promise = f"≤ {bound['upper']:.1%} wrong with {bound['level']:.0%} confidence"
    table.add_row(
        "promise", promise if bound["held"] else f"target {bound['target']:.0%} not supported by the data"
    )
    for name, value in report["test"].items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    Console().print(table)
