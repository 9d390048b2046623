from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import Calculation, WrongFigure
from tax.disabled_fund import DisabledFund, disabled_fund
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

YEAR = date(2026, 9, 1)
PEOPLE = st.integers(31, 5_000)
WAGE = st.decimals(1, 1_000_000, places=2)


def employer(employees: str | int, disabled: str | int = 0, wage: str | int = 80_000) -> DisabledFund:
    return DisabledFund(
        Decimal(employees), Decimal(disabled), Decimal(wage), Decimal(90_000), Decimal("0.015")
    )


def due(inputs: DisabledFund, day: date = YEAR) -> Decimal:
    return disabled_fund(inputs, day).figures["due"]


def test_without_disabled_employees_ninety_percent_is_due_worked_by_hand() -> None:
    # 100×1.5%－0＝1.5；1.5×80,000＝120,000；×90%＝108,000。
    figures = disabled_fund(employer(100), YEAR).figures
    assert (figures["missing"], figures["full"], figures["due"]) == yuan("1.5", 120_000, 108_000)


def test_from_one_percent_half_is_due_worked_by_hand() -> None:
    # 1÷100＝1%；（100×1.5%－1）×80,000＝40,000；×50%＝20,000。
    assert due(employer(100, 1)) == 20_000
    # 1÷101不到1%：（101×1.5%－1）×80,000＝41,200；×90%＝37,080。
    assert due(employer(101, 1)) == 37_080


def test_a_province_may_ask_for_more_worked_by_hand() -> None:
    # 200×1.6%＝3.2；3.2×90,000＝288,000；×90%＝259,200。
    assert due(replace(employer(200, 0, 90_000), quota=Decimal("0.016"))) == 259_200


def test_the_wage_is_capped_at_twice_the_local_average_worked_by_hand() -> None:
    # 90,000×2＝180,000，单位200,000按180,000；1.5×180,000＝270,000；×90%＝243,000。
    assert due(employer(100, 0, 200_000)) == 243_000
    assert due(employer(100, 0, 180_000)) == 243_000


def test_an_enterprise_of_at_most_thirty_is_exempt_worked_by_hand() -> None:
    # 31人：31×1.5%×80,000＝37,200；×90%＝33,480。
    assert due(employer(30)) == 0
    assert due(employer(31)) == 33_480


def test_an_institution_of_thirty_is_not_exempt_worked_by_hand() -> None:
    # 30×1.5%×80,000＝36,000；×90%＝32,400。
    assert due(replace(employer(30), enterprise=False)) == 32_400


@pytest.mark.parametrize("disabled", ["1.5", "2"])
def test_an_employer_that_meets_the_quota_owes_nothing(disabled: str) -> None:
    result = disabled_fund(employer(100, disabled), YEAR)
    assert result.figures["due"] == 0
    assert "已达到规定比例" in result.headline


@pytest.mark.parametrize(
    ("day", "document"),
    [
        (date(2020, 1, 1), "财政部公告2019年第98号"),
        (date(2022, 12, 31), "财政部公告2019年第98号"),
        (date(2023, 1, 1), "财政部公告2023年第8号"),
        (date(2027, 12, 31), "财政部公告2023年第8号"),
    ],
)
def test_the_tiers_are_cited_by_year(day: date, document: str) -> None:
    result = disabled_fund(employer(100), day)
    assert result.figures["due"] == 108_000
    assert result.basis[-1].document_no == document


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2028, 1, 1)])
def test_outside_2020_to_2027_it_is_refused(day: date) -> None:
    with pytest.raises(NotInForce, match="残疾人就业保障金"):
        due(employer(100), day)


def test_who_pays_ninety_percent_is_told_of_the_half() -> None:
    assert "1%（含）以上" in disabled_fund(employer(100), YEAR).notes[0]
    assert disabled_fund(employer(100, 1), YEAR).notes == ()


def test_who_owes_nothing_is_told_to_declare() -> None:
    assert "申报" in disabled_fund(employer(30), YEAR).notes[0]


@given(PEOPLE, WAGE, WAGE)
def test_a_higher_wage_never_costs_less_and_the_cap_holds(people: int, one: Decimal, other: Decimal) -> None:
    low, high = (due(employer(people, 0, str(wage))) for wage in sorted((one, other)))
    assert low <= high <= due(employer(people, 0, 180_000))


@given(PEOPLE, WAGE, st.data())
def test_one_more_disabled_employee_never_costs_more(people: int, wage: Decimal, data: st.DataObject) -> None:
    disabled = data.draw(st.integers(0, people - 1))
    assert due(employer(people, disabled + 1, str(wage))) <= due(employer(people, disabled, str(wage)))


@given(PEOPLE, st.integers(0, 31), WAGE)
def test_every_step_comes_to_its_value(people: int, disabled: int, wage: Decimal) -> None:
    result: Calculation = disabled_fund(employer(people, disabled, str(wage)), YEAR)
    assert wrong_steps(result) == []
    assert result.steps[-1].value == result.figures["due"]
    assert result == disabled_fund(employer(people, disabled, str(wage)), YEAR)


@pytest.mark.parametrize(
    "wrong",
    [
        employer(0),
        employer(-1),
        employer("NaN"),
        employer("1e30"),
        employer(100, 101),
        employer(100, -1),
        employer(100, 0, 0),
        replace(employer(100), quota=Decimal("0.0149")),
        replace(employer(100), quota=Decimal("1.5")),
        replace(employer(100), quota=Decimal(1)),
        replace(employer(100), quota=Decimal("NaN")),
        replace(employer(100), local_average_wage=Decimal(0)),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: DisabledFund) -> None:
    with pytest.raises(WrongFigure):
        due(wrong)
