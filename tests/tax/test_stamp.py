from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.six_taxes import Payer
from tax.stamp import Document, Stamped, stamp
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps

MONEY = st.decimals("0.01", 100_000_000, places=2)
NOW = date(2026, 11, 1)


def tax(
    document: Document, amount: float, payer: Payer = Payer.OTHER, day: date = NOW, home: bool = False
) -> Decimal:
    return stamp(Stamped(document, Decimal(str(amount)), payer, home), day).figures["tax"]


@pytest.mark.parametrize(
    ("document", "due"),
    [
        # 1,000,000元：万分之三、万分之零点五、千分之一、万分之五、万分之二点五。
        (Document.SALE, 300),
        (Document.PROCESSING, 300),
        (Document.CONSTRUCTION, 300),
        (Document.TRANSPORT, 300),
        (Document.TECHNOLOGY, 300),
        (Document.LOAN, 50),
        (Document.FINANCE_LEASE, 50),
        (Document.LEASE, 1_000),
        (Document.STORAGE, 1_000),
        (Document.CUSTODY, 1_000),
        (Document.INSURANCE, 1_000),
        (Document.LAND_GRANT, 500),
        (Document.REAL_ESTATE, 500),
        (Document.EQUITY, 500),
        (Document.INTELLECTUAL, 300),
        (Document.CAPITAL, 250),
    ],
)
def test_every_document_has_its_rate(document: Document, due: int) -> None:
    assert tax(document, 1_000_000) == due


def test_small_taxpayers_pay_half() -> None:
    assert tax(Document.LEASE, 120_000, Payer.SMALL_PROFIT) == 60  # 120,000×1‰×50%


@pytest.mark.parametrize(("day", "due"), [(date(2023, 8, 27), 1_000), (date(2023, 8, 28), 500)])
def test_securities_were_halved_on_2023_08_28_and_share_in_no_other_relief(day: date, due: int) -> None:
    assert tax(Document.SECURITIES, 1_000_000, Payer.SMALL_SCALE, day) == due


@pytest.mark.parametrize("document", [Document.REAL_ESTATE, Document.LEASE])
def test_individuals_owe_nothing_on_a_home(document: Document) -> None:
    assert tax(document, 3_000_000, Payer.SMALL_SCALE, home=True) == 0


def test_a_loan_contract_cannot_be_about_a_home_of_an_individual() -> None:
    with pytest.raises(WrongFigure, match="税目"):
        tax(Document.LOAN, 1_000, home=True)


def test_a_tax_of_less_than_a_cent_is_rounded_half_up() -> None:
    assert tax(Document.LOAN, 100) == Decimal("0.01")  # 100×0.00005＝0.005


@pytest.mark.parametrize(
    ("payer", "day"), [(Payer.OTHER, date(2022, 6, 30)), (Payer.SMALL_SCALE, date(2028, 1, 1))]
)
def test_days_whose_law_is_not_known_are_refused(payer: Payer, day: date) -> None:
    with pytest.raises(NotInForce):
        tax(Document.SALE, 1_000, payer, day)


@pytest.mark.parametrize("wrong", ["-1", "0", "NaN", "1e30"])
def test_amounts_that_cannot_be_are_refused(wrong: str) -> None:
    with pytest.raises(WrongFigure):
        stamp(Stamped(Document.SALE, Decimal(wrong), Payer.OTHER), NOW)


@given(MONEY, MONEY, st.sampled_from(Document), st.sampled_from(Payer))
def test_a_larger_sum_never_means_less_tax(
    one: Decimal, other: Decimal, document: Document, payer: Payer
) -> None:
    low, high = sorted((one, other))
    assert tax(document, float(low), payer) <= tax(document, float(high), payer)


@given(MONEY, st.sampled_from(Document), st.sampled_from(Payer))
def test_the_step_is_true_and_is_the_tax(amount: Decimal, document: Document, payer: Payer) -> None:
    result = stamp(Stamped(document, amount, payer), NOW)
    assert not wrong_steps(result)
    assert result.steps[-1].value == result.figures["tax"]
    assert result == stamp(Stamped(document, amount, payer), NOW)
