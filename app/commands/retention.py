"""``shuiwen retention …``: how long data are kept, and the key that seals them."""

from __future__ import annotations

import typer

from app import retention
from app.assembly import now
from app.commands.output import COMMAND_LINE
from app.preparation import NotPrepared, migrated
from app.refusal import one_sentence
from app.settings import Settings
from bot.vault import WrongKey, new_key
from store.database import DatabaseUnavailable

retaining = typer.Typer(no_args_is_help=True, help="How long data are kept, and the key that seals them.")


@retaining.command("run")
def retention_run() -> None:
    """Delete what is older than its days in the settings, and say how much; the application does it daily."""
    settings = Settings()
    with one_sentence(NotPrepared, DatabaseUnavailable, WrongKey):
        deleted = retention.run(migrated(settings), settings, now(), COMMAND_LINE)
    for kind, count in deleted.items():
        typer.echo(f"{kind}: {count}")


@retaining.command("key")
def retention_key() -> None:
    """A new key for SHUIWEN_PRIVACY_KEYS; put it before the old ones, which still open what they sealed."""
    typer.echo(new_key())
