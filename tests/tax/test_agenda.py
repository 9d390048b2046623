from __future__ import annotations

from datetime import date

import pytest

from tax.agenda import OBLIGATIONS, Kind, agenda
from tax.duty import Cycle, Duty, WrongPeriod
from tax.filing import Why


def days(kind: Kind, duty: Duty, year: int) -> list[date]:
    return [d.day for d in agenda(OBLIGATIONS[kind], year).deadlines if d.duty is duty]


def test_a_small_taxpayer_files_vat_four_times_in_2026() -> None:
    assert days(Kind.SMALL, Duty.VAT, 2026) == [
        date(2026, 1, 20),
        date(2026, 4, 20),
        date(2026, 7, 15),
        date(2026, 10, 26),
    ]


def test_a_general_taxpayer_files_vat_in_every_month_of_2026() -> None:
    assert [day.month for day in days(Kind.GENERAL, Duty.VAT, 2026)] == list(range(1, 13))


def test_a_company_settles_the_year_before() -> None:
    assert days(Kind.GENERAL, Duty.CORPORATE_SETTLEMENT, 2026) == [date(2026, 6, 1)]


def test_a_person_has_one_day_in_the_year() -> None:
    assert [d.day for d in agenda(OBLIGATIONS[Kind.PERSON], 2026).deadlines] == [date(2026, 6, 30)]


@pytest.mark.parametrize("kind", Kind)
def test_a_year_is_its_months_in_order(kind: Kind) -> None:
    year = agenda(OBLIGATIONS[kind], 2026).deadlines
    months = [d for m in range(1, 13) for d in agenda(OBLIGATIONS[kind], 2026, m).deadlines]
    assert list(year) == months
    assert [d.day for d in year] == sorted(d.day for d in year)


def test_what_is_set_locally_is_listed_once_for_the_year_and_in_no_month() -> None:
    local = [u for u in agenda(OBLIGATIONS[Kind.GENERAL], 2026).undetermined if u.why is Why.SET_LOCALLY]
    assert [u.duty for u in local] == [Duty.PROPERTY, Duty.LAND_USE, Duty.DISABLED_FUND]
    assert agenda(OBLIGATIONS[Kind.GENERAL], 2026, 11).undetermined == ()


def test_a_year_not_yet_published_has_no_days_but_says_what_is_due() -> None:
    vat: tuple[tuple[Duty, Cycle], ...] = ((Duty.VAT, Cycle.QUARTER),)
    next_year = agenda(vat, 2027)
    assert next_year.deadlines == ()
    assert {u.why for u in next_year.undetermined} == {Why.NOT_PUBLISHED}
    assert len(next_year.undetermined) == 4


def test_a_month_that_does_not_exist_is_refused() -> None:
    with pytest.raises(WrongPeriod):
        agenda(OBLIGATIONS[Kind.PERSON], 2026, 13)
