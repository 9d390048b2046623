from __future__ import annotations

from typing import Any

import pytest

from tax.preferences import preferences
from tests.app.terminal import TODAY, printed, refusal, shuiwen, told

SMALL = {
    "居民企业": "是",
    "限制或禁止行业": "否",
    "年度应纳税所得额": "280万",
    "从业人数": "80人",
    "资产总额": "3000万",
}


def facts(**given: str) -> list[str]:
    """The options that tell the facts of `SMALL`, but for ``given``."""
    return [f"--fact={name}={answer}" for name, answer in (SMALL | given).items()]


def verdict(*words: str) -> Any:
    (found,) = told("eligible", "small-profit", *words)["verdicts"]
    return found


def test_facts_that_meet_every_condition_are_entitled() -> None:
    found = verdict(*facts())
    assert found["outcome"] == "entitled"
    assert "财政部 税务总局公告2023年第12号" in {basis["document_no"] for basis in found["basis"]}


def test_one_condition_that_fails_is_the_reason() -> None:
    found = verdict(*facts(从业人数="301"))
    assert found["outcome"] == "not_entitled"
    assert [reason["text"] for reason in found["reasons"]] == ["从业人数不超过300人"]


def test_what_is_missing_is_named_and_asked_next() -> None:
    report = told("eligible", "small-profit", *facts()[:-1])
    assert [fact["id"] for fact in report["verdicts"][0]["missing"]] == ["total_assets"]
    assert report["next"]["id"] == "total_assets"


def test_a_day_before_every_known_rule_has_no_verdict_by_a_later_one() -> None:
    found = verdict(*facts(), "--on", "2018-12-31")
    assert (found["outcome"], found["basis"]) == ("not_in_force", [])


def test_a_verdict_keeps_its_id_whatever_the_order_of_its_facts_and_loses_it_with_a_fact() -> None:
    assert verdict(*facts())["id"] == verdict(*reversed(facts()))["id"]
    assert verdict(*facts())["id"] != verdict(*facts(从业人数="81"))["id"]
    assert verdict(*facts())["id"] != verdict(*facts(), "--on", "2026-11-20")["id"]


def test_questions_end_with_the_verdict_dated_cited_and_with_its_id() -> None:
    answers = "是\n否\n280万\n80\n3000万\n"
    shown = printed("eligible", "small-profit", typed=answers)
    assert f"✓ 小型微利企业减免企业所得税（{TODAY}）：符合条件。" in shown
    assert "（财政部 税务总局公告2023年第12号），2023-01-01起，至2028-01-01（不含）" in shown
    assert f"编号：{verdict(*facts())['id']}\n" in shown


@pytest.mark.parametrize("headcount", ["80", "301", "不知道"])
def test_every_outcome_cites_its_rule(headcount: str) -> None:
    shown = printed("eligible", "small-profit", *facts()[:3], typed=f"{headcount}\n3000万\n")
    assert "依据：" in shown
    assert "编号：" in shown


def test_all_preferences_get_a_verdict_where_the_person_ends_the_questions() -> None:
    shown = printed("eligible", typed="结束\n")
    assert shown.count("编号：") == len(preferences())
    assert all(each.title in shown for each in preferences().values())


def test_an_answer_that_cannot_be_is_refused_and_the_question_asked_again() -> None:
    ran = shuiwen("eligible", "small-profit", *facts()[:3], typed="-3\n80\n3000万\n")
    assert ran.stderr == "✗ “从业人数”不能是负数。\n"
    assert ran.stdout.count("从业人数是多少") == 2
    assert "符合条件" in ran.stdout


def test_a_choice_is_answered_by_its_number_its_key_or_its_label() -> None:
    known = [
        told("eligible", "vat-small-exempt", f"--fact=vat_status={word}")["facts"]
        for word in ("1", "small", "小规模纳税人")
    ]
    assert known == [{"vat_status": "small"}] * 3


def test_a_date_is_a_fact_too() -> None:
    report = told("eligible", "special-infant", "--fact=child_born_on=2025-03-01")
    assert report["facts"] == {"child_born_on": "2025-03-01"}


def test_the_list_has_every_preference() -> None:
    assert [line.split()[0] for line in printed("eligible", "--list").splitlines()] == list(preferences())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("ostrich", "没有“ostrich”这项优惠"),
        ("--fact=headcount", "请填 项目=值"),
        ("--fact=颜色=红", "没有看懂"),
        ("--fact=headcount=-3", "不能是负数"),
        ("--fact=headcount=1e30", "不是一个数"),
        ("--fact=headcount=NaN", "不是一个数"),
        ("--fact=headcount=999999999999", "不应超过"),
        ("--fact=居民企业=也许", "请回答是或否"),
        ("--fact=vat_cycle=每周", "请从这些里选：按月、按季、按次"),
        ("--fact=founded_on=2026-02-30", "不是一个日期"),
        ("--fact=founded_on=2026-11-22", "晚于"),
        ("--on=昨天", "不是一个日期"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(words: str, says: str) -> None:
    assert says in refusal("eligible", words, "--json")
