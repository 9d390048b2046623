"""残疾人就业保障金 of an employer for a year. Pure.

Source: 财税〔2015〕72号第八条 (the formula); 财政部公告2019年第98号 (cap of the wage; tiers 2020–2022);
财政部公告2023年第8号 (tiers and the exemption to 2027-12-31).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tax.calculation import Calculation, Step, WrongFigure, cents, checked, money, percent
from tax.step import ZERO
from tax.table import Version, at

SUBJECT = "残疾人就业保障金"


@dataclass(frozen=True)
class DisabledFund:
    """Last year's figures of the employer.

    ``employees`` on average (seasonal work converted to years); ``disabled`` the disabled people employed;
    ``average_wage`` of its own employees and ``local_average_wage`` of society, yuan a year;
    ``quota`` the province's share (0.015 is 1.5%); ``enterprise`` False for an office or institution, which the
    exemption of small enterprises leaves out.
    """

    employees: Decimal
    disabled: Decimal
    average_wage: Decimal
    local_average_wage: Decimal
    quota: Decimal
    enterprise: bool = True


def disabled_fund(inputs: DisabledFund, day: date) -> Calculation:
    """What is ``due`` for the year of ``day``; ``full`` before the reduction.

    Raises `WrongFigure` for figures that cannot be and `NotInForce` outside 2020–2027.
    """
    version = at("disabled_fund", day, SUBJECT)
    _check(inputs, version)
    if inputs.enterprise and inputs.employees <= version["exempt"]:
        return _result(f"在职职工不超过{version['exempt']}人的企业免缴。", (), inputs, version, day)
    if inputs.disabled >= inputs.employees * inputs.quota:
        return _result("安排残疾人就业已达到规定比例，不缴。", (_missing(inputs),), inputs, version, day)
    steps = _due(inputs, version)
    return _result(f"应缴{money(steps[-1].value)}元。", steps, inputs, version, day)


def _result(
    outcome: str, steps: tuple[Step, ...], inputs: DisabledFund, version: Version, day: date
) -> Calculation:
    charged = len(steps) > 1
    return Calculation(
        headline=f"{day.year}年残疾人就业保障金：{outcome}",
        as_of=day,
        figures={
            "missing": steps[0].value if charged else ZERO,
            "full": steps[-2].value if charged else ZERO,
            "due": steps[-1].value if charged else ZERO,
        },
        steps=steps,
        basis=version.basis,
        assumptions=(
            "职工人数、工资和安排的残疾人数都是上年的数，残疾人数已按当地规定认定和折算（如重度残疾人）。",
            "当地社会平均工资和安排比例按单位所在地公布的数填写。",
        ),
        notes=_notes(inputs, version, charged=charged),
    )


def _missing(inputs: DisabledFund) -> Step:
    required = inputs.employees * inputs.quota
    working = f"{_count(inputs.employees)}×{percent(inputs.quota)}－{_count(inputs.disabled)}"
    if inputs.disabled >= required:
        return Step("差额人数", f"{working}，没有差额", ZERO, "人")
    missing = required - inputs.disabled
    return Step("差额人数", f"{working}＝{_count(missing)}", missing, "人")


def _due(inputs: DisabledFund, version: Version) -> tuple[Step, ...]:
    missing, wage, part = _missing(inputs), _wage(inputs, version), _part(inputs, version)
    full = cents(missing.value * wage.value)
    due = cents(full * part)
    return (
        missing,
        wage,
        Step("应缴费额", f"{_count(missing.value)}×{money(wage.value)}＝{money(full)}", full),
        Step("分档减缴后应缴", f"{money(full)}×{percent(part)}＝{money(due)}", due),
    )


def _wage(inputs: DisabledFund, version: Version) -> Step:
    cap = inputs.local_average_wage * version["wage_multiple"]
    label = "计费年平均工资"
    if inputs.average_wage <= cap:
        return Step(
            label, f"单位年平均工资{money(inputs.average_wage)}，未超过上限{money(cap)}", inputs.average_wage
        )
    working = f"{money(inputs.local_average_wage)}×{money(version['wage_multiple'])}＝{money(cap)}"
    return Step(label, f"{working}，单位年平均工资超过上限，按上限", cap)


def _part(inputs: DisabledFund, version: Version) -> Decimal:
    share = inputs.disabled / inputs.employees
    return next(Decimal(part) for start, part in version["tiers"] if share >= start)


def _notes(inputs: DisabledFund, version: Version, *, charged: bool) -> tuple[str, ...]:
    declare = "免缴或不缴的单位也请按当地要求在征期内申报。"
    if not charged:
        return (declare,)
    (start, part), (_, other) = version["tiers"]
    if inputs.disabled / inputs.employees < start:
        return (
            f"安排比例达到{percent(start)}（含）以上但未达规定比例的，按{percent(part)}缴纳；现在按{percent(other)}。",
        )
    return ()


def _count(people: Decimal) -> str:
    return f"{people.normalize():f}"


def _check(inputs: DisabledFund, version: Version) -> None:
    checked("在职职工人数", inputs.employees, positive=True)
    checked("安排的残疾人数", inputs.disabled)
    checked("年平均工资", inputs.average_wage, positive=True)
    checked("当地社会平均工资", inputs.local_average_wage, positive=True)
    checked("安排比例", inputs.quota)
    if inputs.disabled > inputs.employees:
        raise WrongFigure("安排的残疾人数不应超过在职职工人数，请核对。")
    if not version["least_quota"] <= inputs.quota < 1:
        least = percent(version["least_quota"])
        raise WrongFigure(
            f"安排比例由各省规定，不低于{least}，请填小数，例如{least}填{version['least_quota']}。"
        )
