"""What is typed otherwise than its calculator takes it: the pay of several months, and 专项附加扣除 one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.calculate.typed import amount, choice, whole
from tax.calculation import Calculation, WrongFigure
from tax.salary import BasicDeduction, Month, SalaryYear, salary
from tax.settlement import Settlement, settlement
from tax.special import Certificate, Claim, Elder, Illness, Item, Monthly, Stated

ZERO = Decimal(0)
CLAIMS = (
    "子女教育=12、子女教育=12/2（夫妻各半）、赡养老人=12、赡养老人=12/1500（分摊额）、大病医疗=5万、职业资格"
)
Figures = tuple[Decimal, ...]


@dataclass(frozen=True)
class Pay:
    """Yuan a month, oldest first: none (0), one figure for all months, or one for each month ``since`` that month."""

    gross: Figures
    social: Figures = ()
    special: Figures = ()
    other: Figures = ()
    since: int = 1
    deduction: BasicDeduction = BasicDeduction.MONTHS_HERE


@dataclass(frozen=True)
class Year:
    """A year's income and deductions, yuan; the 专项附加扣除 either as one sum or one by one (see `CLAIMS`)."""

    wages: Decimal = ZERO
    labour: Decimal = ZERO
    author: Decimal = ZERO
    royalties: Decimal = ZERO
    social: Decimal = ZERO
    special: Decimal | None = None
    claim: tuple[str, ...] = ()
    other: Decimal = ZERO
    prepaid: Decimal = ZERO
    withheld_lawfully: bool = True


def withheld(pay: Pay, day: date) -> Calculation:
    """What is withheld in the month of ``day``. Raises `WrongFigure` and `NotInForce` as `salary` does."""
    count = day.month - pay.since + 1
    if not 1 <= count <= day.month:
        raise WrongFigure(f"入职月份应在1到{day.month}之间。")
    columns = (
        _monthly("工资", pay.gross, count),
        _monthly("社保公积金", pay.social, count),
        _monthly("专项附加扣除", pay.special, count),
        _monthly("其他扣除", pay.other, count),
    )
    months = tuple(Month(*figures) for figures in zip(*columns, strict=True))
    return salary(SalaryYear(months, pay.deduction), day)


def settled(year: Year, day: date) -> Calculation:
    """The settlement of the tax year of ``day``. Raises `WrongFigure` and `NotInForce` as `settlement` does."""
    stated = () if year.special is None else (Stated(year.special),)
    inputs = Settlement(
        wages=year.wages,
        labour=year.labour,
        author=year.author,
        royalties=year.royalties,
        social=year.social,
        other=year.other,
        prepaid=year.prepaid,
        claims=(*stated, *map(claimed, year.claim)),
        withheld_lawfully=year.withheld_lawfully,
    )
    return settlement(inputs, day)


def claimed(text: str) -> Claim:
    """One claim from its typed form, see `CLAIMS`. Raises `WrongFigure`."""
    name, _, figures = text.strip().partition("=")
    first, _, second = figures.partition("/")
    match name:
        case "职业资格" if not figures:
            return Certificate()
        case "大病医疗":
            return Illness(amount(figures))
        case "赡养老人":
            return Elder(whole(first), amount(second) if second else None)
        case _ if second in ("", "2"):
            return Monthly(choice(Item, name), whole(first), half=bool(second))
    raise WrongFigure(f"“{text}”没有看懂，请填例如{CLAIMS}。")


def _monthly(name: str, figures: Figures, count: int) -> Figures:
    if len(figures) == count:
        return figures
    if len(figures) > 1:
        raise WrongFigure(f"{name}给了{len(figures)}个数：请只给一个数（各月相同），或按月给{count}个。")
    return (figures or (ZERO,)) * count
