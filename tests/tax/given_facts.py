"""Facts that make each preference apply on `DAY`, worked by hand, and facts drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from tax.facts import WrongFact, catalogue
from tax.predicates import Value
from tax.preferences import preferences
from tax.sample import samples

DAY = date(2026, 11, 21)

ENTITLED: dict[str, dict[str, Value]] = {
    # 季度29万9999.99元，未达到30万元起征点。
    "vat-small-exempt": {
        "vat_status": "small",
        "special_invoice": False,
        "vat_cycle": "quarter",
        "vat_sales": Decimal("299999.99"),
    },
    # 三项标准都恰好在线上。
    "small-profit": {
        "enterprise_resident": True,
        "restricted_industry": False,
        "taxable_income": Decimal(3_000_000),
        "headcount": Decimal(300),
        "total_assets": Decimal(50_000_000),
    },
    # 销售收入6000万元，研发占比4%，属5000万至2亿元一档；成立恰满365天（2025-11-21）。
    "hightech-recognition": {
        "enterprise_resident": True,
        "founded_on": date(2025, 11, 21),
        "owns_ip": True,
        "supported_field": True,
        "tech_staff_percent": Decimal(10),
        "last_year_sales": Decimal(60_000_000),
        "rd_percent": Decimal(4),
        "hightech_income_percent": Decimal(60),
        "innovation_passed": True,
        "serious_violation": False,
    },
    "hightech-rate": {"enterprise_resident": True, "hightech_certificate": True},
    "rd-deduction": {
        "enterprise_resident": True,
        "books_audited": True,
        "rd_activity": True,
        "main_industry": "other",
    },
    # 一般纳税人、上年汇算为小型微利企业。
    "six-taxes": {"vat_status": "general", "business_form": "company", "small_profit_settled": True},
    "deed-only-home-low": {"buyer_individual": True, "home_rank": "only", "home_area": Decimal(140)},
    "deed-only-home-high": {"buyer_individual": True, "home_rank": "only", "home_area": Decimal("140.01")},
    "deed-second-home-low": {"buyer_individual": True, "home_rank": "second", "home_area": Decimal(90)},
    "deed-second-home-high": {"buyer_individual": True, "home_rank": "second", "home_area": Decimal(141)},
    # 2023-12登记，2026-11是第36个月。
    "key-group-self": {
        "business_form": "sole",
        "person_group": "graduate",
        "sole_registered_on": date(2023, 12, 31),
    },
    "key-group-hire": {
        "business_form": "company",
        "person_group": "unemployed",
        "contract_months": Decimal(12),
        "social_insured": True,
        "hired_on": date(2023, 12, 1),
    },
    "veteran-self": {
        "business_form": "sole",
        "person_group": "veteran",
        "sole_registered_on": date(2024, 6, 1),
    },
    "veteran-hire": {
        "business_form": "company",
        "person_group": "veteran",
        "contract_months": Decimal(36),
        "social_insured": True,
        "hired_on": date(2026, 11, 21),
    },
    # 2023-12出生，2026-12满3岁，2026-11是最后一个月。
    "special-infant": {"resident": True, "guardian": True, "child_born_on": date(2023, 12, 25)},
    # 2023-11出生，2026-11满3岁。
    "special-children": {
        "resident": True,
        "guardian": True,
        "child_stage": "preschool",
        "child_born_on": date(2023, 11, 30),
    },
    # 2022-12入学，2026-11是第48个月。
    "special-continuing": {"resident": True, "degree_study": True, "degree_started_on": date(2022, 12, 1)},
    "special-medical": {"resident": True, "patient": "spouse", "out_of_pocket": Decimal("15000.01")},
    "special-loan": {
        "resident": True,
        "first_home_loan": True,
        "loan_months_used": Decimal(239),
        "claims_rent": False,
    },
    "special-rent": {
        "resident": True,
        "rents_home": True,
        "owns_home_at_work": False,
        "claims_loan": False,
        "spouse_claims_same_city": False,
    },
    # 1966-11出生，2026-11满60岁。
    "special-elder": {"resident": True, "elder": "parent", "elder_born_on": date(1966, 11, 30)},
    "first-violation": {
        "violation": "late_filing",
        "first_time": True,
        "slight_harm": True,
        "corrected_in_time": True,
    },
}

# One fact that turns the entitlement above into its opposite.
DENYING: dict[str, tuple[str, Value]] = {
    "vat-small-exempt": ("vat_sales", Decimal(300_000)),
    "small-profit": ("headcount", Decimal(301)),
    "hightech-recognition": ("rd_percent", Decimal("3.99")),
    "hightech-rate": ("hightech_certificate", False),
    "rd-deduction": ("main_industry", "catering"),
    "deed-only-home-low": ("home_area", Decimal("140.01")),
    "deed-only-home-high": ("home_rank", "second"),
    "deed-second-home-low": ("home_rank", "more"),
    "deed-second-home-high": ("buyer_individual", False),
    "key-group-self": ("sole_registered_on", date(2023, 11, 30)),
    "key-group-hire": ("contract_months", Decimal(11)),
    "veteran-self": ("person_group", "graduate"),
    "veteran-hire": ("social_insured", False),
    "special-infant": ("child_born_on", date(2023, 11, 30)),
    "special-children": ("child_born_on", date(2023, 12, 1)),
    "special-medical": ("out_of_pocket", Decimal(15_000)),
    "special-loan": ("loan_months_used", Decimal(240)),
    "special-rent": ("claims_loan", True),
    "special-elder": ("elder", "in_law"),
    "first-violation": ("first_time", False),
}


def consistent(raw: Mapping[str, Value], day: date = DAY) -> dict[str, Value]:
    """``raw`` without what cannot stand beside the facts before it."""
    facts: dict[str, Value] = {}
    for name, value in raw.items():
        try:
            facts = catalogue().checked({**facts, name: value}, day)
        except WrongFact:
            continue
    return facts


def _answers(day: date) -> dict[str, st.SearchStrategy[Value]]:
    terms = [each.terms(day) for each in preferences().values()]
    when = [t.when for t in terms if t]
    return {
        name: st.sampled_from(found)
        for name, fact in catalogue().facts.items()
        if (found := samples(fact, when, day))
    }


FACTS = st.fixed_dictionaries({}, optional=_answers(DAY)).map(consistent)
PREFERENCES = st.sampled_from(list(preferences().values()))
