"""``shuiwen notices …`` and ``shuiwen ratings``: what taxpayers are told, and what they thought."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.output import JsonOption
from app.preparation import NotPrepared, migrated
from app.refusal import one_sentence
from app.settings import Settings
from bot import ratings as feedback
from store.database import DatabaseUnavailable
from widget import notices as board

notices = typer.Typer(no_args_is_help=True, help="Notices that taxpayers see in the chat.")


@notices.command("add")
def notices_add(
    text: Annotated[str, typer.Argument(help="What taxpayers read.")],
    first_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last_day: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
) -> None:
    """Show a notice in the chat from one day to another."""
    with _one_sentence(), migrated(Settings()).writing() as session:
        number = board.add(session, text, first_day.date(), last_day.date())
    typer.echo(f"notice {number}", err=True)


@notices.command("list")
def notices_list() -> None:
    """List all notices with their days."""
    with _one_sentence(), migrated(Settings()).reading() as session:
        for row in board.everything(session):
            typer.echo(f"{row.id}\t{row.first_day}\t{row.last_day}\t{row.text}")


@notices.command("remove")
def notices_remove(
    number: Annotated[int, typer.Argument(help="As `shuiwen notices list` shows it.")],
) -> None:
    """Take a notice away."""
    with _one_sentence(), migrated(Settings()).writing() as session:
        board.remove(session, number)


def ratings(as_json: JsonOption = False) -> None:
    """What people thought: answers by entry, those found useless first; stars; the newest suggestions."""
    with _one_sentence(), migrated(Settings()).reading() as session:
        found = feedback.summary(session)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    table = Table("entry", "useful", "useless", "reasons")
    for entry in found.entries:
        reasons = "，".join(f"{reason} {count}" for reason, count in entry.reasons.items())
        table.add_row(entry.entry or "(calculation)", str(entry.useful), str(entry.useless), reasons)
    Console().print(table)
    stars = sum(stars * count for stars, count in found.stars.items())
    typer.echo(f"conversations: {sum(found.stars.values())} rated, {stars} stars in all")
    for suggestion in found.suggestions:
        typer.echo(f"· {suggestion}")


def _one_sentence() -> AbstractContextManager[None]:
    return one_sentence(NotPrepared, DatabaseUnavailable, board.WrongNotice)
