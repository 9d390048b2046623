"""The options of the calculators' commands: what all of them share, and one for each field of a calculator's inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from inspect import Parameter
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer

from app.assembly import today
from app.calculate.typed import amount, choice, day, key, listed, rate, whole
from app.settings import Settings
from tax.calculation import WrongFigure

OnOption = Annotated[
    str | None, typer.Option("--on", metavar="日期", help="按哪一天的规定，默认今天", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出JSON")]

_READERS: dict[type, Callable[[str], Any]] = {Decimal: amount, int: whole, date: day, str: str}
_METAVARS: dict[type, str] = {Decimal: "数", int: "整数", date: "日期", str: "文字"}


def day_asked(on: str | None) -> date:
    """The day typed as ``--on``, today where none was. Raises `WrongFigure`."""
    return Settings().today or today() if on is None else day(on)


@dataclass(frozen=True)
class Option:
    """One field: its name, its type, its help, and what the command gets where nothing was typed."""

    name: str
    type: Any
    help: str
    default: Any
    is_rate: bool

    @property
    def parameter(self) -> Parameter:
        """The option as Typer declares it; values arrive as text, for `read` to refuse in one sentence."""
        if self.type is bool:
            declared: Any = Annotated[bool, typer.Option(help=self.help)]
        else:
            metavar, text = self._described()
            form = list[str] if self.repeated else str if self.default is Parameter.empty else str | None
            declared = Annotated[form, typer.Option(metavar=metavar, help=text)]
        return Parameter(self.name, Parameter.KEYWORD_ONLY, default=_shown(self.default), annotation=declared)

    @property
    def repeated(self) -> bool:
        """Whether the option may be given again and again."""
        return get_origin(self.type) is tuple

    def read(self, given: Any) -> Any:
        """The field's value from what was typed. Raises `WrongFigure` naming the option."""
        if given is None or self.type is bool:
            return given
        try:
            return tuple(map(self._reader, given)) if self.repeated else self._reader(given)
        except WrongFigure as wrong:
            raise WrongFigure(f"--{self.name.replace('_', '-')}：{wrong}") from None

    @property
    def _value_type(self) -> Any:
        """`Decimal` of `Decimal | None` and of `tuple[Decimal, ...]`."""
        return next((each for each in get_args(self.type) if each not in (type(None), ...)), self.type)

    @property
    def _reader(self) -> Callable[[str], Any]:
        if self.is_rate:
            return rate
        kind = self._value_type
        return partial(choice, kind) if issubclass(kind, Enum) else _READERS[kind]

    def _described(self) -> tuple[str, str]:
        """What stands for the value in the help, and the help."""
        if self.is_rate:
            return "比例", f"{self.help}，例如3%"
        kind = self._value_type
        return (
            ("选项", f"{self.help}：{listed(kind)}")
            if issubclass(kind, Enum)
            else (_METAVARS[kind], self.help)
        )


def options(inputs: type, texts: Mapping[str, str], rates: tuple[str, ...] = ()) -> tuple[Option, ...]:
    """The options of the dataclass ``inputs``, with the help that ``texts`` has for each field."""
    types = get_type_hints(inputs)
    return tuple(
        Option(field.name, types[field.name], texts[field.name], _default(field), field.name in rates)
        for field in fields(inputs)
    )


def _default(field: Field[Any]) -> Any:
    return Parameter.empty if field.default is MISSING else field.default


def _shown(default: Any) -> Any:
    """The default as it would be typed."""
    if isinstance(default, Enum):
        return key(default)
    if isinstance(default, tuple):
        return list(default)
    return str(default) if isinstance(default, int | Decimal) and not isinstance(default, bool) else default
