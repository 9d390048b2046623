from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.settlement import Settlement, settlement
from tax.special import Elder, Item, Monthly
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

YEAR = date(2026, 12, 31)
MONEY = st.decimals(0, 2_000_000, places=2)
ZERO = Decimal(0)


def wages(amount: str | int, prepaid: str | int = 0) -> Settlement:
    return Settlement(Decimal(amount), ZERO, ZERO, ZERO, ZERO, ZERO, Decimal(prepaid))


def test_four_kinds_of_income_worked_by_hand() -> None:
    # 收入额：120,000＋50,000×80%＋20,000×80%×70%＋10,000×80%＝120,000＋40,000＋11,200＋8,000＝179,200。
    # 179,200－60,000－18,000－24,000（一个孩子）＝77,200；×10%－2,520＝5,200；已缴8,000，退2,800。
    inputs = Settlement(
        wages=Decimal(120_000),
        labour=Decimal(50_000),
        author=Decimal(20_000),
        royalties=Decimal(10_000),
        social=Decimal(18_000),
        other=ZERO,
        prepaid=Decimal(8_000),
        claims=(Monthly(Item.CHILD, 12),),
    )
    figures = settlement(inputs, YEAR).figures
    assert (figures["income"], figures["taxable"], figures["tax"]) == yuan(179_200, 77_200, 5_200)
    assert (figures["payable"], figures["refund"]) == yuan(0, 2_800)


def test_other_deductions_count_worked_by_hand() -> None:
    # 个人养老金12,000：300,000－60,000－12,000＝228,000；×20%－16,920＝28,680；已缴31,080，退2,400。
    figures = settlement(replace(wages(300_000, 31_080), other=Decimal(12_000)), YEAR).figures
    assert (figures["tax"], figures["refund"]) == yuan(28_680, 2_400)


def test_the_special_deductions_are_those_of_the_year() -> None:
    # 一孩、独生：2022年12,000＋24,000＝36,000，应税104,000，税7,880；2023年24,000＋36,000＝60,000，应税80,000，税5,480。
    inputs = replace(wages(200_000), claims=(Monthly(Item.CHILD, 12), Elder(12)))
    assert settlement(inputs, date(2022, 12, 31)).figures["tax"] == 7_880
    assert settlement(inputs, date(2023, 12, 31)).figures["tax"] == 5_480


@pytest.mark.parametrize(("prepaid", "waived"), [("6080", 1), ("6079.99", 0)])
def test_a_shortfall_of_at_most_400_yuan_is_waived(prepaid: str, waived: int) -> None:
    # 150,000－60,000＝90,000；×10%－2,520＝6,480；补400或400.01。
    assert settlement(wages(150_000, prepaid), YEAR).figures["waived"] == waived


@pytest.mark.parametrize(("amount", "waived"), [("120000", 1), ("120000.01", 0)])
def test_a_shortfall_on_income_of_at_most_120_000_is_waived(amount: str, waived: int) -> None:
    # 60,000×10%－2,520＝3,480，全额要补。
    figures = settlement(wages(amount), YEAR).figures
    assert (figures["payable"], figures["waived"]) == yuan(3_480, waived)


def test_the_120_000_are_income_before_the_20_percent_of_costs() -> None:
    # 收入100,000＋25,000＝125,000，超过12万，虽然收入额只有120,000。
    inputs = replace(wages(100_000), labour=Decimal(25_000))
    figures = settlement(inputs, YEAR).figures
    assert (figures["income"], figures["waived"]) == yuan(120_000, 0)


def test_nothing_is_waived_where_a_payer_did_not_withhold() -> None:
    inputs = replace(wages(120_000), withheld_lawfully=False)
    assert settlement(inputs, YEAR).figures["waived"] == 0


@pytest.mark.parametrize(
    ("year", "document"),
    [
        (2019, "财政部 税务总局公告2019年第94号"),
        (2020, "财政部 税务总局公告2019年第94号"),
        (2023, "财政部 税务总局公告2021年第42号"),
        (2024, "财政部 税务总局公告2023年第32号"),
        (2027, "财政部 税务总局公告2023年第32号"),
    ],
)
def test_the_waiver_is_cited_by_year(year: int, document: str) -> None:
    result = settlement(wages(120_000), date(year, 12, 31))
    assert result.figures["waived"] == 1
    assert result.basis[-1].document_no == document


def test_the_waiver_is_not_known_after_2027() -> None:
    result = settlement(wages(120_000), date(2028, 12, 31))
    assert result.figures["waived"] == 0
    assert any("尚无依据" in note for note in result.notes)


def test_a_refund_needs_an_application() -> None:
    result = settlement(wages(60_000, 100), YEAR)
    assert result.headline == "2026年度综合所得汇算应退税100元。"
    assert "2027年3月1日至6月30日" in result.notes[0]


def test_a_balance_of_nothing_says_so() -> None:
    result = settlement(wages(60_000), YEAR)
    assert result.headline == "2026年度综合所得汇算不补不退。"
    assert result.notes == ()
    assert result.figures["waived"] == 0


def test_a_shortfall_is_told_with_its_deadline_unless_it_is_waived() -> None:
    # 150,000：税6,480。
    owed, waived = settlement(wages(150_000), YEAR), settlement(wages(150_000, 6_080), YEAR)
    assert owed.headline == "2026年度综合所得汇算应补税6,480元。"
    assert "2027年3月1日至6月30日" in owed.notes[0]
    assert waived.headline.endswith("需补税400元，符合免予办理条件，可以不补。")
    assert waived.notes == ()


def test_2018_is_refused() -> None:
    with pytest.raises(NotInForce):
        settlement(wages(100_000), date(2018, 12, 31))


@given(MONEY, MONEY)
def test_more_income_never_means_less_tax(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert (
        settlement(wages(str(low)), YEAR).figures["tax"] <= settlement(wages(str(high)), YEAR).figures["tax"]
    )


@given(MONEY)
def test_one_cent_more_costs_at_most_a_cent(amount: Decimal) -> None:
    more = amount + Decimal("0.01")
    taxes = [settlement(wages(str(a)), YEAR).figures["tax"] for a in (amount, more)]
    assert taxes[1] - taxes[0] <= Decimal("0.01")


@given(MONEY, MONEY, MONEY, MONEY)
def test_every_step_comes_to_its_value(one: Decimal, two: Decimal, three: Decimal, four: Decimal) -> None:
    inputs = Settlement(one, two, three, four, ZERO, ZERO, prepaid=one / 10)
    result = settlement(inputs, YEAR)
    assert wrong_steps(result) == []
    assert result.steps[-1].value == result.figures["payable"] + result.figures["refund"]
    assert result == settlement(inputs, YEAR)


@pytest.mark.parametrize(
    "wrong",
    [
        wages(-1),
        wages("NaN"),
        wages("1e30"),
        wages(100_000, -1),
        wages(100_000, 100_001),
        replace(wages(100_000), social=Decimal(100_001)),
        replace(wages(100_000), labour=Decimal("Infinity")),
    ],
)
def test_figures_that_cannot_be_are_refused(wrong: Settlement) -> None:
    with pytest.raises(WrongFigure):
        settlement(wrong, YEAR)
