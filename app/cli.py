"""The command line: ``shuiwen …``."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from app import retention
from app.assembly import assemble, now
from app.calculate.calc import calc
from app.calculate.deadlines import deadlines
from app.calculate.eligible import eligible
from app.encoder import encoder
from app.evaluation import evaluate, scores_table
from app.preparation import NotPrepared, migrated, prepare, publish_now
from app.rasa_process import RasaMissing
from app.refusal import one_sentence
from app.settings import ROOT, Settings
from app.web import create_app
from bot import ratings as feedback
from bot.vault import WrongKey, new_key
from desk import audit as audit_log
from desk import staff as accounts
from desk import tokens
from desk.audit import ACT_NAMES
from desk.rights import Role
from knowledge import library, transfer
from knowledge.assessment import assess
from knowledge.audit import audit
from knowledge.changes import Change, changes
from knowledge.checks import check, near_duplicates
from knowledge.evaluation import NotEvaluated
from knowledge.files import Content, WrongContent, read_content, shelved
from knowledge.publishing import CannotPublish
from knowledge.timeline import UnknownPolicy, lines, timeline
from knowledge.transfer import Format
from store.database import Database, DatabaseUnavailable
from widget import notices as board

main = typer.Typer(
    no_args_is_help=True,
    help="税问: ask, cite, compute, hand over.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes cut off Chinese, which has no blanks to break lines at
)
knowledge = typer.Typer(no_args_is_help=True, help="Check and import what may be said.")
policies = typer.Typer(no_args_is_help=True, help="The documents behind the answers.")
staff = typer.Typer(no_args_is_help=True, help="Accounts of the people at the desk.")
retaining = typer.Typer(no_args_is_help=True, help="How long data are kept, and the key that seals them.")
notices = typer.Typer(no_args_is_help=True, help="Notices that taxpayers see in the chat.")
main.add_typer(knowledge, name="knowledge")
main.add_typer(policies, name="policies")
main.add_typer(staff, name="staff")
main.add_typer(encoder, name="encoder")
main.add_typer(calc, name="calc")
main.command()(deadlines)
main.command()(eligible)
main.add_typer(retaining, name="retention")
main.add_typer(notices, name="notices")
main.command()(evaluate)

console = Console(stderr=True, highlight=False)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

FIRST_AGENT = "管理员"
COMMAND_LINE = "命令行"


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


@retaining.command("run")
def retention_run() -> None:
    """Delete what is older than its days in the settings, and say how much; the application does it daily."""
    settings = Settings()
    with _one_sentence():
        deleted = retention.run(migrated(settings), settings, now(), COMMAND_LINE)
    for kind, count in deleted.items():
        typer.echo(f"{kind}: {count}")


@retaining.command("key")
def retention_key() -> None:
    """A new key for SHUIWEN_PRIVACY_KEYS; put it before the old ones, which still open what they sealed."""
    typer.echo(new_key())


@notices.command("add")
def notices_add(
    text: Annotated[str, typer.Argument(help="What taxpayers read.")],
    first_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last_day: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
) -> None:
    """Show a notice in the chat from one day to another."""
    with _one_sentence(), migrated(Settings()).writing() as session:
        number = board.add(session, text, first_day.date(), last_day.date())
    console.print(f"notice {number}")


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


@main.command()
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
    """End on an expected failure with its sentence instead of a stack trace."""
    return one_sentence(
        NotPrepared, CannotPublish, NotEvaluated, RasaMissing, DatabaseUnavailable, WrongContent,
        library.UnknownRelease, UnknownPolicy, WrongKey, accounts.StaffRefused, transfer.UnknownSource,
        transfer.TargetTaken, transfer.ChangedMeanwhile, board.WrongNotice,
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
