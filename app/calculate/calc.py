"""``shuiwen calc``: one command for each calculator, its options taken from the calculator's inputs."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import typer

from app.calculate.calculators import CALCULATORS, Calculator
from app.calculate.option import JsonOption, OnOption, day_asked, options
from app.calculate.printed import print_calculation, to_json
from app.refusal import one_sentence
from tax.calculation import WrongFigure
from tax.deed import LocalRateNeeded
from tax.duty import WrongPeriod
from tax.house_sale import CostNeeded
from tax.table import NotInForce
from tax.vat_small import LawChangedInside, NoThreshold

REFUSALS = (WrongFigure, WrongPeriod, NotInForce, LawChangedInside, NoThreshold, LocalRateNeeded, CostNeeded)

calc = typer.Typer(no_args_is_help=True, help="计算税费：列出步骤、依据、假设和提示。")


def _command(calculator: Calculator) -> Callable[..., None]:
    """The calculator as a function whose signature has a keyword for each option: Typer reads signatures."""
    declared = options(calculator.inputs, calculator.texts, calculator.rates)

    def command(*, on: OnOption, as_json: JsonOption, **given: Any) -> None:
        with one_sentence(*REFUSALS):
            figures = {option.name: option.read(given[option.name]) for option in declared}
            result = calculator.calculate(calculator.inputs(**figures), day_asked(on))
        if as_json:
            typer.echo(to_json(result))
        else:
            print_calculation(result)

    shared = (
        Parameter("on", Parameter.KEYWORD_ONLY, default=None, annotation=OnOption),
        Parameter("as_json", Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption),
    )
    vars(command)["__signature__"] = Signature([*(option.parameter for option in declared), *shared])
    return command


for _calculator in CALCULATORS:
    calc.command(_calculator.name, help=_calculator.about, no_args_is_help=True)(_command(_calculator))
