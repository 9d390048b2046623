"""``shuiwen staff …``: sign-in links, tokens and the audit log of the people at the desk."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.assembly import now
from app.commands.output import COMMAND_LINE, JsonOption
from app.preparation import NotPrepared, migrated
from app.refusal import one_sentence
from app.settings import Settings
from desk import audit as audit_log
from desk import staff as accounts
from desk import tokens
from desk.audit import ACT_NAMES
from desk.rights import Role
from store.database import DatabaseUnavailable

staff = typer.Typer(no_args_is_help=True, help="Accounts of the people at the desk.")


@staff.command("link")
def staff_link(
    name: Annotated[str, typer.Argument(help="The person's name as others see it.")],
    role: Annotated[Role, typer.Option(help="The role of a new account.")] = "agent",
) -> None:
    """A one-time sign-in link for the desk, good for a day; makes the account where there is none."""
    settings = Settings()
    with _one_sentence(), migrated(settings).writing() as session:
        token = accounts.invite(session, name, now(), role)
        audit_log.record(session, now(), COMMAND_LINE, "link_made", name)
    typer.echo(f"http://{settings.host}:{settings.port}/desk/sign-in/{token}")


@staff.command("audit")
def staff_audit(
    last: Annotated[int, typer.Option(help="How many lines.", min=1)] = 50,
    act: Annotated[str, typer.Option(help="Only this act, for example unmasked.")] = "",
    who: Annotated[str, typer.Option(help="Only what this person did or had done to them.")] = "",
    as_json: JsonOption = False,
) -> None:
    """The audit log, newest first."""
    with _one_sentence(), migrated(Settings()).reading() as session:
        found = audit_log.lines(session, act=act, who=who, limit=last)
    if as_json:
        for line in found:
            typer.echo(json.dumps(line.plain, ensure_ascii=False))
        return
    table = Table("at", "who", "did", "to", "detail")
    for line in found:
        detail = " ".join(f"{name}={value}" for name, value in line.detail.items())
        when = line.at.isoformat(timespec="seconds")
        table.add_row(when, line.actor, ACT_NAMES.get(line.act, line.act), line.about, detail)
    Console().print(table)


@staff.command("token")
def staff_token(
    name: Annotated[str, typer.Argument(help="Whose token: a name that the desk knows.")],
    label: Annotated[str, typer.Option(help="What it is for, to revoke it by.")] = "api",
    revoke: Annotated[bool, typer.Option("--revoke", help="Make the tokens of that label useless.")] = False,
) -> None:
    """A token for the desk's API (/api/desk), shown this once; it may what its owner's role may."""
    with _one_sentence(), migrated(Settings()).writing() as session:
        owner = accounts.named(session, name)
        if owner is None:
            raise accounts.StaffRefused(f"没有“{name}”这个账号，可先运行 shuiwen staff link {name}。")
        if revoke:
            typer.echo(f"revoked {tokens.revoke(session, owner.id, label)}")
            audit_log.record(session, now(), COMMAND_LINE, "token_revoked", name, label=label)
        else:
            typer.echo(tokens.issue(session, owner.id, label, now()))
            audit_log.record(session, now(), COMMAND_LINE, "token_made", name, label=label)


def _one_sentence() -> AbstractContextManager[None]:
    return one_sentence(NotPrepared, DatabaseUnavailable, accounts.StaffRefused)
