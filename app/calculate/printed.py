"""Results as they are printed: a calculation for people, a citation in one line, anything as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import orjson
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from tax.calculation import Basis, Calculation, Step, money


def to_json(value: object) -> str:
    """``value`` as JSON: dataclasses as objects, `Decimal` as exact strings, days in ISO form."""
    return orjson.dumps(value, default=_exact, option=orjson.OPT_INDENT_2).decode()


def print_calculation(result: Calculation) -> None:
    """Print the headline, the steps, the rules, the assumptions and the notes of ``result``."""
    out = Console(highlight=False)
    out.print(Text(result.headline, style="bold"), soft_wrap=True)
    if result.steps:
        out.print(_steps(result.steps))
    print_section(out, "依据", [cited(basis) for basis in result.basis])
    print_section(out, "假设", result.assumptions)
    print_section(out, "提示", result.notes)


def print_section(out: Console, title: str, lines: Sequence[str]) -> None:
    """Print ``lines`` under ``title``, and nothing where there are none."""
    if lines:
        out.print(Text(title, style="bold"))
    for line in lines:
        out.print(Text(f"· {line}"), soft_wrap=True)


def cited(basis: Basis) -> str:
    """A rule in one line: title, 文号, clause and the dates in force."""
    until = f"，至{basis.effective_to.isoformat()}（不含）" if basis.effective_to else ""
    return f"{basis.title}（{basis.document_no}）{basis.clause or ''}，{basis.effective_from.isoformat()}起{until}"


def columns(*names: str) -> Table:
    """An empty table whose cells break lines anywhere: Chinese has no blanks, and nothing may be cut off."""
    return Table(*(Column(name, overflow="fold") for name in names))


def _steps(steps: Sequence[Step]) -> Table:
    table = columns("步骤", "算式", "结果")
    table.columns[-1].justify = "right"
    for step in steps:
        table.add_row(Text(step.label), Text(step.formula), money(step.value))
    return table


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no JSON form")
