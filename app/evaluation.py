"""``shuiwen evaluate``: how well the current release does on the golden questions kept for testing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.evaluation_page import page
from app.preparation import NotPrepared, migrated
from app.refusal import one_sentence
from app.settings import Settings
from knowledge import library
from knowledge.assessment import Assessment, assess
from knowledge.evaluation import NotEvaluated
from retrieval.calibrate import Bound
from retrieval.evaluate import Scores, reliability_of
from store.database import DatabaseUnavailable

SHOWN = ("n", "top1", "recall_at_5", "mrr", "coverage", "risk", "ece")


class CannotWrite(Exception):
    """The page or its results cannot be written."""


def evaluate(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with plots, and the results as JSON beside it.")
    ] = None,
) -> None:
    """How well the current release does on the golden questions kept for testing."""
    with one_sentence(NotPrepared, NotEvaluated, CannotWrite, DatabaseUnavailable):
        row = _current(Settings())
        assessment = assess(Path(row.folder))
        results = assessment.as_dict() | {"release": row.number}
        if html:
            _write(html, configuration(row), assessment)
    if as_json:
        typer.echo(json.dumps(results, ensure_ascii=False))
    else:
        _print(row.number, assessment)


def configuration(row: library.ReleaseRow) -> dict[str, Any]:
    """What the release was made with: as recorded when it was published."""
    report = row.report
    return {
        "release": row.number,
        "published_at": row.published_at.isoformat(timespec="seconds"),
        "encoder": report["encoder"],
        "target": report["bound"]["target"],
        "level": report["bound"]["level"],
        "sizes": {"entries": report["entries"], "questions": report["questions"], **report["golden"]},
    }


def promise(bound: Bound) -> str:
    """What taxpayers may rely on, or that the data do not support the target."""
    seen = f"{bound.answered} of {bound.questions} questions answered, {bound.wrong} wrong"
    if bound.held:
        return f"≤ {bound.upper:.1%} wrong with {bound.level:.0%} confidence ({seen})"
    return (
        f"the {bound.target:.0%} target could not be kept on {bound.questions} questions: this release answers "
        "less, it asks back or hands over instead; add golden questions or allow more with SHUIWEN_RISK_TARGET"
    )


def scores_table(release: int, bound: Bound, scores: Scores) -> Table:
    """The promise and all scores of a release."""
    table = Table(f"release {release}", "value")
    table.add_row("promise", promise(bound))
    for name, value in scores.as_dict().items():
        table.add_row(name, _figure(value))
    return table


def _current(settings: Settings) -> library.ReleaseRow:
    with migrated(settings).reading() as session:
        row = library.current(session)
    if row is None:
        raise NotPrepared("there is no release yet; run `shuiwen publish`.")
    return row


def _print(release: int, assessment: Assessment) -> None:
    console = Console()
    console.print(scores_table(release, assessment.bound, assessment.scores))
    console.print(_parts_table("税种 tax", assessment.by_tax))
    console.print(_parts_table("问法 kind", assessment.by_kind))
    table = Table("不应作答 negatives", "n", "answered", "confidence")
    for kind, part in assessment.negatives.items():
        table.add_row(kind, str(part.n), _figure(part.answered), _figure(part.confidence))
    console.print(table)


def _parts_table(title: str, parts: Mapping[str, Scores]) -> Table:
    table = Table(title, *SHOWN)
    for name, scores in parts.items():
        table.add_row(name, *(_figure(getattr(scores, column)) for column in SHOWN))
    return table


def _figure(value: float | None) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value if value is not None else "–")


def _write(target: Path, made_with: dict[str, Any], assessment: Assessment) -> None:
    """The page, and beside it the same as JSON. Raises `CannotWrite`."""
    results = assessment.as_dict() | {
        "reliability": [vars(one) for one in reliability_of(assessment.judged)],
        "confused": [pair.as_dict() for pair in assessment.confused],
    }
    record = {"configuration": made_with, "results": results}
    beside = target.with_suffix(".json")
    if beside == target:
        raise CannotWrite(f"{target} is where the results go; name the page .html")
    try:
        target.write_text(page(made_with, promise(assessment.bound), assessment), encoding="utf-8")
        beside.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{target} cannot be written ({error.strerror}); choose another file") from error
