"""The command line: ``shuiwen …``."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from app.assembly import assemble, now
from app.calculate.calc import calc
from app.calculate.deadlines import deadlines
from app.calculate.eligible import eligible
from app.commands.knowledge import knowledge, policies
from app.commands.output import COMMAND_LINE
from app.commands.public import notices, ratings
from app.commands.retention import retaining
from app.commands.staff import staff
from app.encoder import encoder
from app.evaluation import evaluate, scores_table
from app.preparation import NotPrepared, migrated, prepare, publish_now
from app.rasa_process import RasaMissing
from app.refusal import one_sentence
from app.serving import serve
from app.settings import Settings
from app.web import create_app
from bot.vault import WrongKey
from desk import audit as audit_log
from desk import staff as accounts
from knowledge import library
from knowledge.assessment import assess
from knowledge.evaluation import NotEvaluated
from knowledge.files import WrongContent
from knowledge.publishing import CannotPublish
from store.database import Database, DatabaseUnavailable

main = typer.Typer(
    no_args_is_help=True,
    help="税问: ask, cite, compute, hand over.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes cut off Chinese, which has no blanks to break lines at
)
main.add_typer(knowledge, name="knowledge")
main.add_typer(policies, name="policies")
main.add_typer(staff, name="staff")
main.add_typer(encoder, name="encoder")
main.add_typer(calc, name="calc")
main.command()(deadlines)
main.command()(eligible)
main.add_typer(retaining, name="retention")
main.add_typer(notices, name="notices")
main.command()(ratings)
main.command()(evaluate)

console = Console(stderr=True, highlight=False)

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
        serve(app, settings, parts.feed)


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
        row = publish_now(settings, migrated(settings), _progress)
        done = assess(Path(row.folder))
    Console().print(scores_table(row.number, done.bound, done.scores))


@main.command()
def releases() -> None:
    """List the releases."""
    table = Table("release", "published", "entries", "wrong at most", "coverage", "current")
    with _one_sentence(), migrated(Settings()).reading() as session:
        for row in library.releases(session):
            bound, test = row.report["bound"], row.report["test"]
            table.add_row(
                str(row.number),
                f"{row.published_at:%Y-%m-%d %H:%M}",
                str(row.report["entries"]),
                f"{bound['upper']:.1%}" if bound["held"] else "not kept, answers less",
                f"{test['coverage']:.0%}",
                "●" if row.current else "",
            )
    Console().print(table)


@main.command()
def rollback(number: Annotated[int, typer.Argument(help="The release to go back to.")]) -> None:
    """Make an earlier release the current one."""
    with _one_sentence(), migrated(Settings()).writing() as session:
        library.make_current(session, number)
    console.print(f"release {number} is current")


def _one_sentence() -> AbstractContextManager[None]:
    """End on an expected failure with its sentence instead of a stack trace."""
    return one_sentence(
        NotPrepared, CannotPublish, NotEvaluated, RasaMissing, DatabaseUnavailable, WrongContent,
        library.UnknownRelease, WrongKey,
    )  # fmt: skip


def _progress(step: str) -> None:
    console.print(f"[bold]·[/] {step} …")


def _first_invitation(database: Database) -> str | None:
    """A sign-in token for the first account, until somebody has signed in."""
    with database.writing() as session:
        if accounts.ever_signed_in(session):
            return None
        audit_log.record(session, now(), COMMAND_LINE, "link_made", FIRST_AGENT)
        return accounts.invite(session, FIRST_AGENT, now(), "administrator")


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
