"""``shuiwen encoder``: train the built-in encoder anew, or take another Sentence-Transformers model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from app.preparation import NotPrepared, migrated, publish_now
from app.refusal import one_sentence
from app.settings import Settings
from knowledge.files import WrongContent, read_content
from knowledge.lessons import Lessons
from knowledge.publishing import CannotPublish
from retrieval.encode import BUILT_IN, OnnxEncoder, WrongEncoder
from retrieval.encoders import Encoders
from retrieval.normalise import Normaliser
from store.database import DatabaseUnavailable

BUILT_IN_NAME = "built-in"
CHECKED_ON = 300

encoder = typer.Typer(no_args_is_help=True, help="The model that turns questions into vectors.")


class ExtraMissing(Exception):
    """torch and its companions are not installed."""


@encoder.command("show")
def show() -> None:
    """Which encoder the next release will be built with, and what is recorded of it."""
    with one_sentence(WrongEncoder):
        typer.echo(json.dumps(Encoders(Settings().encoders).chosen.card, ensure_ascii=False, indent=1))


@encoder.command("train")
def train(
    out: Annotated[Path, typer.Option(help="The folder to write.")] = BUILT_IN,
    epochs: Annotated[int | None, typer.Option(help="How often each question is seen.", min=1)] = None,
) -> None:
    """Train the built-in encoder from the content files alone, and record data, seed and scores beside it."""
    with one_sentence(ExtraMissing, WrongContent, WrongEncoder):
        training, export = _extra()
        content = read_content(Settings().content)
        lessons = Lessons.of(content.knowledge, Normaliser(content.knowledge.synonyms))
        recipe = training.Recipe(**({"epochs": epochs} if epochs else {}))
        with _bar("训练 training") as advance:
            model = training.train(lessons.examples, recipe, advance)
        card = {"recipe": asdict(recipe), "data": lessons.described}
        sample = [text for text, _ in lessons.examples[:CHECKED_ON]]
        export.export(model, BUILT_IN_NAME, out, sample, card)
        scores = lessons.scored(OnnxEncoder(out), content.golden)
        export.record(out, {"scores": scores})
    typer.echo(json.dumps(scores))


@encoder.command("use")
def use(
    name: Annotated[str, typer.Argument(help="A model of a hub, a local folder, or built-in.")],
) -> None:
    """Take a model, export and check it, and publish a release with it; on any failure nothing changes."""
    settings = Settings()
    encoders = Encoders(settings.encoders)
    refusals = (ExtraMissing, WrongContent, WrongEncoder, NotPrepared, CannotPublish, DatabaseUnavailable)
    with one_sentence(*refusals):
        before = encoders.chosen
        taken = OnnxEncoder(BUILT_IN) if name == BUILT_IN_NAME else encoders.take_in(_fetched(name, settings))
        encoders.choose(taken)
        try:
            row = publish_now(settings, migrated(settings), lambda step: typer.echo(f"· {step} …", err=True))
        except BaseException:
            encoders.choose(before)
            raise
    typer.echo(f"release {row.number} is built with {taken.name} ({taken.dimension} dimensions)")


def _fetched(name: str, settings: Settings) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        _, export = _extra()
        knowledge = read_content(settings.content).knowledge
        sample = [entry.question for entry in knowledge.entries[:CHECKED_ON]]
        export.export(export.fetch(name), name, folder, sample, {})

    return write


def _extra() -> tuple[Any, Any]:
    """The modules that need torch. Raises `ExtraMissing`."""
    try:
        from retrieval import export, training
    except ImportError as error:
        raise ExtraMissing(
            f"{error.name} is not installed; run `.venv/bin/pip install -e '.[encoder]'`"
        ) from error
    return training, export


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr; what it yields is told the share done, 0 to 1."""
    columns = (TextColumn(title), BarColumn(), TextColumn("{task.percentage:.0f}%"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=1.0)
        yield lambda share: progress.update(task, completed=share)
