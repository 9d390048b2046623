from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax.eligibility import Outcome, verdict
from tax.facts import WrongFact
from tax.predicates import Truth, Value
from tax.preferences import Preference, preference, preferences
from tests.tax.given_facts import DAY, DENYING, ENTITLED, FACTS, PREFERENCES


def outcome(name: str, facts: dict[str, Value], day: date = DAY) -> Outcome:
    return verdict(preference(name), facts, day).outcome


@pytest.mark.parametrize("name", preferences())
def test_every_preference_can_be_reached(name: str) -> None:
    reached = verdict(preference(name), ENTITLED[name], DAY)
    assert reached.outcome is Outcome.ENTITLED
    assert reached.terms is not None
    assert reached.terms.benefit in reached.headline
    assert reached.basis


@pytest.mark.parametrize("name", DENYING)
def test_one_fact_beyond_the_limit_denies_it_and_is_named_as_the_reason(name: str) -> None:
    fact, value = DENYING[name]
    denied = verdict(preference(name), {**ENTITLED[name], fact: value}, DAY)
    assert denied.outcome is Outcome.NOT_ENTITLED
    assert denied.reasons
    assert "不符合条件。未满足：" in denied.headline
    assert all(reason.truth is Truth.NO and reason.given for reason in denied.reasons)


def test_six_taxes_are_denied_when_none_of_the_three_kinds_fits() -> None:
    company: dict[str, Value] = {
        "vat_status": "general",
        "business_form": "company",
        "small_profit_settled": False,
        "before_first_settlement": False,
    }
    assert outcome("six-taxes", company) is Outcome.NOT_ENTITLED


def test_continuing_education_is_denied_when_neither_way_fits() -> None:
    neither: dict[str, Value] = {"resident": True, "degree_study": False, "has_certificate": False}
    assert outcome("special-continuing", neither) is Outcome.NOT_ENTITLED


@pytest.mark.parametrize("name", preferences())
def test_without_facts_every_preference_is_undecided_and_says_what_is_missing(name: str) -> None:
    unknown = verdict(preference(name), {}, DAY)
    assert unknown.outcome is Outcome.UNDECIDED
    assert unknown.missing
    assert "尚缺" in unknown.headline


@pytest.mark.parametrize(
    ("day", "cycle", "sales", "expected"),
    [
        # 2021-04-01前月10万元（含），此后15万元（含）；2023年回到10万元（含）；2026年起10万元不含本数。
        (date(2021, 3, 31), "month", 100_000, Outcome.ENTITLED),
        (date(2021, 3, 31), "month", 100_001, Outcome.NOT_ENTITLED),
        (date(2021, 4, 1), "month", 150_000, Outcome.ENTITLED),
        (date(2021, 4, 1), "quarter", 450_001, Outcome.NOT_ENTITLED),
        (date(2023, 1, 1), "quarter", 300_000, Outcome.ENTITLED),
        (date(2025, 12, 31), "quarter", 300_000, Outcome.ENTITLED),
        (date(2026, 1, 1), "quarter", 300_000, Outcome.NOT_ENTITLED),
        (date(2026, 1, 1), "month", 99_999, Outcome.ENTITLED),
        (date(2026, 1, 1), "once", 999, Outcome.ENTITLED),
        (date(2026, 1, 1), "once", 1_000, Outcome.NOT_ENTITLED),
    ],
)
def test_the_vat_threshold_is_the_one_of_the_tax_period(
    day: date, cycle: str, sales: int, expected: Outcome
) -> None:
    facts: dict[str, Value] = {
        "vat_status": "small",
        "special_invoice": False,
        "vat_cycle": cycle,
        "vat_sales": Decimal(sales),
    }
    assert outcome("vat-small-exempt", facts, day) is expected


def test_in_2022_from_april_the_three_percent_rate_was_exempt_without_limit() -> None:
    facts: dict[str, Value] = {"vat_status": "small", "special_invoice": False, "levy_rate": "three"}
    assert outcome("vat-small-exempt", facts, date(2022, 6, 1)) is Outcome.ENTITLED
    beyond: dict[str, Value] = {"vat_cycle": "month", "vat_sales": Decimal(150_001), "levy_rate": "five"}
    assert outcome("vat-small-exempt", {**facts, **beyond}, date(2022, 6, 1)) is Outcome.NOT_ENTITLED


@pytest.mark.parametrize(
    ("day", "area", "low"),
    [
        (date(2024, 11, 30), 90, True),
        (date(2024, 11, 30), 91, False),
        (date(2024, 12, 1), 140, True),
        (date(2024, 12, 1), 141, False),
    ],
)
def test_a_familys_only_home_is_taxed_low_up_to_90_and_since_december_2024_up_to_140(
    day: date, area: int, low: bool
) -> None:
    facts: dict[str, Value] = {"buyer_individual": True, "home_rank": "only", "home_area": Decimal(area)}
    outcomes = [outcome(name, facts, day) for name in ("deed-only-home-low", "deed-only-home-high")]
    assert outcomes == [Outcome.ENTITLED, Outcome.NOT_ENTITLED][:: 1 if low else -1]


def test_a_second_home_in_the_four_cities_had_no_preference_before_december_2024() -> None:
    facts: dict[str, Value] = {
        "buyer_individual": True,
        "home_rank": "second",
        "home_area": Decimal(80),
        "home_city": "shenzhen",
    }
    assert outcome("deed-second-home-low", facts, date(2024, 11, 30)) is Outcome.NOT_ENTITLED
    assert outcome("deed-second-home-low", facts, date(2024, 12, 1)) is Outcome.ENTITLED


@pytest.mark.parametrize(
    ("sales", "percent", "expected"),
    [
        (50_000_000, "4.9", Outcome.NOT_ENTITLED),
        (50_000_000, "5", Outcome.ENTITLED),
        (50_000_001, "4", Outcome.ENTITLED),
        (200_000_000, "3.9", Outcome.NOT_ENTITLED),
        (200_000_001, "3", Outcome.ENTITLED),
        (200_000_001, "2.9", Outcome.NOT_ENTITLED),
    ],
)
def test_the_share_of_research_that_hightech_asks_falls_with_sales(
    sales: int, percent: str, expected: Outcome
) -> None:
    tier: dict[str, Value] = {"last_year_sales": Decimal(sales), "rd_percent": Decimal(percent)}
    assert outcome("hightech-recognition", {**ENTITLED["hightech-recognition"], **tier}) is expected


@pytest.mark.parametrize(
    ("item", "gain", "day", "expected"),
    [
        ("late_filing", True, DAY, Outcome.ENTITLED),  # this item does not ask about illegal gain
        ("substitute_voucher", True, DAY, Outcome.NOT_ENTITLED),
        ("substitute_voucher", False, DAY, Outcome.ENTITLED),
        ("invoice_seal", False, date(2021, 12, 31), Outcome.NOT_ENTITLED),  # the second list began in 2022
        ("invoice_seal", False, date(2022, 1, 1), Outcome.ENTITLED),
        ("other", False, DAY, Outcome.NOT_ENTITLED),
    ],
)
def test_a_first_violation_goes_free_only_on_the_lists_of_its_day(
    item: str, gain: bool, day: date, expected: Outcome
) -> None:
    facts: dict[str, Value] = {**ENTITLED["first-violation"], "violation": item, "illegal_gain": gain}
    assert outcome("first-violation", facts, day) is expected


def test_a_new_company_is_judged_by_last_months_people_and_assets() -> None:
    new: dict[str, Value] = {
        "vat_status": "general",
        "business_form": "company",
        "before_first_settlement": True,
        "restricted_industry": False,
        "headcount": Decimal(300),
        "total_assets": Decimal(50_000_000),
    }
    assert outcome("six-taxes", new) is Outcome.ENTITLED
    assert outcome("six-taxes", {**new, "headcount": Decimal(301)}) is not Outcome.ENTITLED


def test_a_denial_is_decided_by_one_fact_though_others_are_missing() -> None:
    denied = verdict(preference("small-profit"), {"headcount": 320}, DAY)
    assert denied.outcome is Outcome.NOT_ENTITLED
    assert denied.missing == ()
    assert "从业人数不超过300人（从业人数：320人）" in denied.headline


def test_a_verdict_explains_itself_condition_by_condition() -> None:
    explained = verdict(preference("small-profit"), {"headcount": 300, "taxable_income": 3_000_001}, DAY)
    assert [(c.text, c.truth, c.given) for c in explained.conditions] == [
        ("是居民企业", Truth.MISSING, ""),
        ("从事国家非限制和禁止行业", Truth.MISSING, ""),
        ("年度应纳税所得额不超过300万元", Truth.NO, "年度应纳税所得额：3,000,001元"),
        ("从业人数不超过300人", Truth.YES, "从业人数：300人"),
        ("资产总额不超过5000万元", Truth.MISSING, ""),
    ]


def test_a_day_without_known_terms_is_answered_as_such() -> None:
    unknown = verdict(preference("vat-small-exempt"), ENTITLED["vat-small-exempt"], date(2028, 1, 1))
    assert unknown.outcome is Outcome.NOT_IN_FORCE
    assert "2019-01-01起至2028-01-01（不含）" in unknown.headline
    assert unknown.basis == ()


def test_a_fact_that_cannot_be_is_refused() -> None:
    with pytest.raises(WrongFact):
        verdict(preference("small-profit"), {"headcount": -1}, DAY)


@given(PREFERENCES, FACTS, st.randoms(use_true_random=False))
def test_the_same_input_has_the_same_id_in_any_order(
    each: Preference, facts: dict[str, Value], random: Random
) -> None:
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    one, other = verdict(each, facts, DAY), verdict(each, dict(shuffled), DAY)
    assert one == other


def test_the_id_does_not_depend_on_how_a_number_is_written() -> None:
    ids = {
        verdict(preference("small-profit"), {"headcount": n}, DAY).id for n in (300, Decimal("300.00"), 300.0)
    }
    assert len(ids) == 1


def test_another_fact_another_day_or_another_preference_has_another_id() -> None:
    inputs = [
        ("small-profit", {"headcount": 300}, DAY),
        ("small-profit", {"headcount": 301}, DAY),
        ("small-profit", {"headcount": 300}, date(2026, 11, 20)),
        ("six-taxes", {"headcount": 300}, DAY),
        ("small-profit", {}, DAY),
    ]
    assert len({verdict(preference(name), facts, day).id for name, facts, day in inputs}) == len(inputs)


@given(PREFERENCES, FACTS, st.data())
def test_a_further_fact_never_turns_a_decided_verdict(
    each: Preference, facts: dict[str, Value], data: st.DataObject
) -> None:
    fewer = {name: value for name, value in facts.items() if data.draw(st.booleans(), label=name)}
    before, after = verdict(each, fewer, DAY).outcome, verdict(each, facts, DAY).outcome
    assert before is Outcome.UNDECIDED or after is before


@given(PREFERENCES, FACTS)
def test_only_an_undecided_verdict_misses_facts_and_none_that_is_known(
    each: Preference, facts: dict[str, Value]
) -> None:
    judged = verdict(each, facts, DAY)
    assert bool(judged.missing) is (judged.outcome is Outcome.UNDECIDED)
    assert not set(judged.missing) & facts.keys()
