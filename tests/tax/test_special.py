from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.calculation import WrongFigure
from tax.special import Certificate, Claim, Elder, Illness, Item, Monthly, Stated, special
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps


def total(*claims: Claim, year: int = 2026) -> Decimal:
    return special(claims, date(year, 12, 31)).figures["total"]


def illness(paid: str) -> Illness:
    return Illness(Decimal(paid))


@pytest.mark.parametrize(
    ("year", "child", "infant", "elder"),
    # 2022年：每孩1,000、独生2,000；2023年起：每孩2,000、独生3,000；各12个月。
    [(2022, 12_000, 12_000, 24_000), (2023, 24_000, 24_000, 36_000), (2026, 24_000, 24_000, 36_000)],
)
def test_three_items_were_raised_in_2023(year: int, child: int, infant: int, elder: int) -> None:
    assert total(Monthly(Item.CHILD, 12), year=year) == child
    assert total(Monthly(Item.INFANT, 12), year=year) == infant
    assert total(Elder(12), year=year) == elder


def test_before_infant_care_a_child_and_an_only_childs_elder_were_as_in_2022() -> None:
    # 1,000×12；2,000×12；分摊1,000×12
    assert total(Monthly(Item.CHILD, 12), year=2019) == 12_000
    assert total(Elder(12), year=2021) == 24_000
    assert total(Elder(12, Decimal(1_000)), year=2021) == 12_000
    with pytest.raises(WrongFigure, match="1,000"):
        total(Elder(12, Decimal(1_001)), year=2021)


def test_infant_care_began_in_2022() -> None:
    with pytest.raises(NotInForce, match="2019年至2021年没有“3岁以下婴幼儿照护”"):
        total(Monthly(Item.INFANT, 12), year=2021)


@pytest.mark.parametrize(
    ("claim", "amount"),
    [
        # 400×12；1,000×12；1,500×12；1,100×12；800×12
        (Monthly(Item.DEGREE, 12), 4_800),
        (Monthly(Item.MORTGAGE, 12), 12_000),
        (Monthly(Item.RENT_LARGE_CITY, 12), 18_000),
        (Monthly(Item.RENT_MIDDLE_CITY, 12), 13_200),
        (Monthly(Item.RENT_OTHER_CITY, 12), 9_600),
        # 定额3,600；20,000－15,000；最高80,000
        (Certificate(), 3_600),
        (illness("20000"), 5_000),
        (illness("300000"), 80_000),
    ],
)
@pytest.mark.parametrize("year", [2019, 2022, 2023, 2026])
def test_the_other_items_have_not_changed(claim: Claim, amount: int, year: int) -> None:
    assert total(claim, year=year) == amount


def test_claims_of_different_kinds_add_up() -> None:
    # 两个孩子，一个全扣、一个各半：24,000＋12,000；学历4,800；证书3,600；租房一线6个月9,000、其他6个月4,800。
    claims = (
        Monthly(Item.CHILD, 12),
        Monthly(Item.CHILD, 12, half=True),
        Monthly(Item.DEGREE, 12),
        Certificate(),
        Monthly(Item.RENT_LARGE_CITY, 6),
        Monthly(Item.RENT_OTHER_CITY, 6),
    )
    assert total(*claims) == 58_200


def test_a_shared_elder_is_capped_by_the_year() -> None:
    assert total(Elder(12, Decimal(1_500))) == 18_000
    assert total(Elder(12, Decimal(1_000)), year=2022) == 12_000
    with pytest.raises(WrongFigure, match="1,500"):
        total(Elder(12, Decimal("1500.01")))
    with pytest.raises(WrongFigure, match="1,000"):
        total(Elder(12, Decimal(1_500)), year=2022)


@pytest.mark.parametrize(
    ("paid", "deducted"),
    [("15000", 0), ("15000.01", Decimal("0.01")), ("20000", 5_000), ("95000", 80_000), ("300000", 80_000)],
)
def test_illness_is_deducted_over_the_floor_and_up_to_the_limit(paid: str, deducted: Decimal) -> None:
    assert total(illness(paid)) == deducted


def test_the_working_of_an_illness_says_what_is_cut_off() -> None:
    formulas = [
        special((illness(p),), date(2026, 12, 31)).steps[0].formula for p in ("15000", "95000", "95001")
    ]
    assert formulas == [
        "自付15,000，未超过15,000，不能扣除",
        "自付95,000－15,000＝80,000",
        "自付95,001减15,000，超过上限，按80,000扣除",
    ]


def test_nothing_claimed_is_nothing_deducted() -> None:
    assert total() == 0


def test_a_stated_sum_is_taken_and_said_to_be_unchecked() -> None:
    result = special((Stated(Decimal(36_000)),), date(2026, 12, 31))
    assert result.figures["total"] == 36_000
    assert "未逐项核对" in result.assumptions[0]


@given(st.integers(1, 12), st.booleans(), st.decimals(0, 300_000, places=2))
def test_every_step_comes_to_its_value_and_the_steps_to_the_total(
    months: int, half: bool, paid: Decimal
) -> None:
    result = special((Monthly(Item.CHILD, months, half), Elder(months), Illness(paid)), date(2026, 12, 31))
    assert wrong_steps(result) == []
    assert sum(step.value for step in result.steps) == result.figures["total"]


@given(st.decimals(0, 300_000, places=2), st.decimals(0, 300_000, places=2))
def test_a_higher_bill_never_deducts_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert total(Illness(low)) <= total(Illness(high)) <= 80_000


@pytest.mark.parametrize(
    "claims",
    [
        (Monthly(Item.MORTGAGE, 6), Monthly(Item.RENT_LARGE_CITY, 6)),
        (Monthly(Item.RENT_LARGE_CITY, 7), Monthly(Item.RENT_OTHER_CITY, 6)),
        (Monthly(Item.DEGREE, 7), Monthly(Item.DEGREE, 6)),
        (Elder(12), Elder(12, Decimal(500))),
        (Certificate(), Certificate()),
        (Monthly(Item.CHILD, 0),),
        (Monthly(Item.CHILD, 13),),
        (Monthly(Item.DEGREE, 12, half=True),),
        (Elder(12, Decimal(-1)),),
        (illness("NaN"),),
        (illness("1e30"),),
        (illness("-1"),),
        (Stated(Decimal(1_000)), Certificate()),
    ],
)
def test_claims_that_cannot_be_are_refused(claims: Sequence[Claim]) -> None:
    with pytest.raises(WrongFigure):
        total(*claims)
