"""How a command ends where something is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text


@contextmanager
def one_sentence(*refusals: type[Exception]) -> Iterator[None]:
    """End with exit code 1 and the refusal's own sentence on stderr, word for word, instead of a stack trace."""
    try:
        yield
    except refusals as refusal:
        sentence = Text.assemble(("✗", "bold red"), f" {refusal}")  # no markup: [0, 1] stays as it is
        Console(stderr=True, highlight=False).print(sentence, soft_wrap=True)
        raise typer.Exit(1) from None
