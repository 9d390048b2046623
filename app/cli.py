"""The command line: ``shuiwen …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knowledge.checks import check, near_duplicates
from knowledge.files import WrongContent, read_content

CONTENT = Path(__file__).parent.parent / "knowledge" / "content"

main = typer.Typer(no_args_is_help=True, help="税问: ask, cite, compute, hand over.")
knowledge = typer.Typer(no_args_is_help=True, help="Check, import and publish what may be said.")
main.add_typer(knowledge, name="knowledge")


@knowledge.command("check")
def knowledge_check(
    subject: Annotated[str | None, typer.Option(help="Only findings in files of this name.")] = None,
    folder: Annotated[Path, typer.Option(help="The folder of content files.")] = CONTENT,
    near: Annotated[bool, typer.Option(help="Also report near-duplicate entries.")] = False,
) -> None:
    """Check every content file; each finding has a line, a field and a reason."""
    try:
        content = read_content(folder, subject)
        findings = list(check(content))
    except WrongContent as error:
        findings = list(error.findings)
        content = None
    mine = [finding for finding in findings if subject is None or Path(finding.file).stem == subject]
    for finding in mine:
        typer.echo(finding)
    if near and content:
        for entry, question, other, other_question in near_duplicates(content):
            typer.echo(f"near: {entry} “{question}” ~ {other} “{other_question}”")
    typer.echo(f"{len(mine)} findings")
    raise typer.Exit(1 if mine else 0)
