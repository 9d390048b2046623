from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.bonus import Bonus, bonus, traps
from tax.calculation import WrongFigure
from tax.table import NotInForce
from tests.tax.arithmetic import wrong_steps, yuan

YEAR = date(2026, 12, 31)
MONEY = st.decimals(0, 2_000_000, places=2)


def case(amount: str | int, income: int = 0, deductions: int = 0) -> Bonus:
    return Bonus(Decimal(amount), Decimal(income), Decimal(deductions))


def alone(amount: Decimal) -> Decimal:
    return bonus(Bonus(amount, Decimal(0), Decimal(0)), YEAR).figures["separate"]


def test_a_bonus_is_better_on_its_own_worked_by_hand() -> None:
    # 单独：36,000÷12＝3,000，3%，1,080；其他120,000－60,000－30,000＝30,000，3%，900；合计1,980。
    # 并入：66,000×10%－2,520＝4,080。单独少2,100。
    result = bonus(case(36_000, 120_000, 30_000), YEAR)
    figures = result.figures
    assert result.headline.endswith("单独计税少缴2,100元。")
    assert (figures["separate_total"], figures["merged_total"], figures["saving"]) == yuan(
        1_980, 4_080, 2_100
    )


def test_a_bonus_is_better_merged_when_deductions_are_left_worked_by_hand() -> None:
    # 单独：30,000×3%＝900，其他50,000不足减80,000。并入：80,000－60,000－20,000＝0。并入少900。
    result = bonus(case(30_000, 50_000, 20_000), YEAR)
    assert (result.figures["separate_total"], result.figures["merged_total"]) == yuan(900, 0)
    assert result.headline.endswith("并入综合所得少缴900元。")


def test_both_ways_alike_worked_by_hand() -> None:
    # 其他恰好60,000、无扣除：单独30,000×3%＝900；并入30,000×3%＝900。
    result = bonus(case(30_000, 60_000), YEAR)
    assert result.figures["saving"] == 0
    assert "两种办法税额相同" in result.headline


def test_one_yuan_over_36_000_costs_thousands_worked_by_hand() -> None:
    # 36,000×3%＝1,080；36,001×10%－210＝3,390.10。
    assert alone(Decimal(36_000)) == 1_080
    assert alone(Decimal(36_001)) == Decimal("3390.10")


def test_the_six_traps_worked_by_hand() -> None:
    # 起点到手＝起点－税；终点x满足 x（1－税率）＋速算＝起点到手。例：144,000到手129,810，（129,810－1,410）÷80%＝160,500。
    # 多缴＝起点按高一档的税－按低一档的税。例：144,000×20%－1,410－（14,400－210）＝13,200。
    assert [(t.start, t.end, t.cost) for t in traps(YEAR)] == [
        yuan(36_000, "38566.67", 2_310),
        yuan(144_000, 160_500, 13_200),
        yuan(300_000, "318333.33", 13_750),
        yuan(420_000, 447_500, 19_250),
        yuan(660_000, "706538.46", 30_250),
        yuan(960_000, 1_120_000, 88_000),
    ]


def test_a_bonus_in_a_trap_is_warned_of_with_its_loss() -> None:
    # 150,000：30,000－1,410＝28,590；144,000：14,190。多发6,000，多缴14,400，到手少8,400。
    result = bonus(case(150_000), YEAR)
    assert "多发6,000元，却多缴14,400元，到手少8,400元" in result.notes[0]
    assert [len(bonus(case(edge), YEAR).notes) for edge in (144_000, 160_500)] == [1, 1]


@pytest.mark.parametrize(
    ("day", "document"),
    [
        (date(2021, 12, 31), "财税〔2018〕164号"),
        (date(2022, 1, 1), "财政部 税务总局公告2021年第42号"),
        (date(2024, 1, 1), "财政部 税务总局公告2023年第30号"),
        (date(2027, 12, 31), "财政部 税务总局公告2023年第30号"),
    ],
)
def test_the_rule_is_cited_by_year(day: date, document: str) -> None:
    assert bonus(case(36_000), day).basis[0].document_no == document


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2028, 1, 1)])
def test_outside_2019_to_2027_it_is_refused(day: date) -> None:
    with pytest.raises(NotInForce, match="全年一次性奖金"):
        bonus(case(36_000), day)


@given(MONEY.filter(bool))
def test_less_is_left_than_at_the_start_exactly_within_the_traps(amount: Decimal) -> None:
    known = traps(YEAR)
    for trap in known:
        if amount > trap.start and amount not in (trap.end, trap.end + Decimal("0.01")):
            left, at_start = amount - alone(amount), trap.start - alone(trap.start)
            inside_a_later = any(later.start < amount < later.end for later in known if later != trap)
            assert (left < at_start) == (amount < trap.end) or inside_a_later


@given(MONEY.filter(bool), MONEY, MONEY)
def test_merged_tax_is_monotone_and_continuous(amount: Decimal, income: Decimal, deductions: Decimal) -> None:
    first, second = (
        bonus(Bonus(a, income, deductions), YEAR).figures["merged_total"]
        for a in (amount, amount + Decimal("0.01"))
    )
    assert 0 <= second - first <= Decimal("0.01")


@given(MONEY.filter(bool), MONEY, MONEY)
def test_every_step_comes_to_its_value(amount: Decimal, income: Decimal, deductions: Decimal) -> None:
    inputs = Bonus(amount, income, deductions)
    result = bonus(inputs, YEAR)
    assert wrong_steps(result) == []
    assert result.figures["separate"] + result.figures["rest"] == result.figures["separate_total"]
    assert result == bonus(inputs, YEAR)


@pytest.mark.parametrize("wrong", [case(0), case(-1), case("NaN"), case("1e30"), case(1, -1), case(1, 0, -1)])
def test_figures_that_cannot_be_are_refused(wrong: Bonus) -> None:
    with pytest.raises(WrongFigure):
        bonus(wrong, YEAR)
