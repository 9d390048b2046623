from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from actions.server import executor
from app.settings import ROOT
from knowledge.entries import Knowledge
from knowledge.release import Release, Shelf
from tests.actions.conftest import TODAY
from tests.actions.talking import Talk

THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"
SIX_TAXES = "六税两费减半政策是什么，谁能享受、减多少？"
WEATHER = "今天天气怎么样"


async def test_an_answer_comes_with_its_documents_its_day_and_its_release(talk: Talk) -> None:
    said = await talk.ask(THRESHOLD)
    assert (said["outcome"], said["entry"], said["as_of"]) == (
        "answered",
        "vat-small-threshold",
        "2026-11-21",
    )
    assert said["release"] == 1
    assert said["citations"]
    for citation in said["citations"]:
        assert citation["document_no"] in said["text"]
    assert "适用期间：2026-01-01至2027-12-31" in said["text"]


async def test_an_answer_keeps_what_was_considered_for_staff(talk: Talk) -> None:
    evidence = (await talk.ask(THRESHOLD))["evidence"]
    assert evidence["candidates"][0]["entry"] == "vat-small-threshold"
    assert (evidence["release"], evidence["as_of"]) == (1, "2026-11-21")


async def test_a_period_gets_the_rule_of_that_period(talk: Talk) -> None:
    # 2023年三季度：财政部 税务总局公告2023年第19号，月销售额10万元以下免征，执行至2027-12-31，
    # 自2026-01-01由公告2026年第10号代替。
    said = await talk.ask("2023年三季度" + THRESHOLD)
    assert said["as_of"] == "2023-09-30"
    assert "适用期间：2023-01-01至2025-12-31" in said["text"]
    assert "2026年第10号" not in said["text"]


async def test_an_unsure_question_is_asked_back_with_at_most_three_buttons(talk: Talk, unsure: str) -> None:
    said = await talk.ask(unsure)
    assert said["outcome"] == "clarifying"
    assert 1 <= len(said["buttons"]) <= 3
    assert talk.slots["offered"] == [button["payload"].split('"')[3] for button in said["buttons"]]


async def test_a_pressed_button_is_answered(talk: Talk, unsure: str) -> None:
    offered = (await talk.ask(unsure))["buttons"]
    said = await talk.press(offered[0])
    assert (said["outcome"], said["question"]) == ("answered", offered[0]["title"])
    assert talk.slots["clarifications"] == 0


@pytest.mark.parametrize(("first", "second"), [(True, True), (False, False), (False, True), (True, False)])
async def test_the_second_failure_hands_over(talk: Talk, unsure: str, first: bool, second: bool) -> None:
    assert (await talk.ask(unsure if first else WEATHER))["outcome"] == "clarifying"
    said = await talk.ask(unsure if second else WEATHER)
    assert (said["outcome"], said["reason"]) == ("handed_off", "low_confidence")
    assert "evidence" in said


async def test_an_answer_in_between_forgives_the_first_failure(talk: Talk) -> None:
    await talk.ask(WEATHER)
    await talk.ask(THRESHOLD)
    assert (await talk.ask(WEATHER))["outcome"] == "clarifying"


async def test_what_is_not_found_is_said_and_a_way_on_is_named(talk: Talk) -> None:
    said = await talk.ask(WEATHER)
    assert (said["outcome"], said["reason"], said["buttons"]) == ("clarifying", "not_found", [])
    assert "人工" in said["text"]


async def test_a_missing_fact_is_asked_and_remembered(talk: Talk) -> None:
    said = await talk.ask("增值税起征点是多少？")
    assert (said["outcome"], said["text"]) == ("clarifying", "请问是谁取得的收入？")
    assert (await talk.ask("小规模"))["entry"] == "vat-small-threshold"
    assert talk.slots["who"] == "小规模纳税人"
    assert (await talk.ask("我能享受六税两费减半吗？"))["entry"] == "six-taxes-half"


async def test_a_missing_fact_that_was_pressed_is_remembered(talk: Talk) -> None:
    offered = (await talk.ask("增值税起征点是多少？"))["buttons"]
    await talk.press(next(one for one in offered if "vat-small-threshold" in one["payload"]))
    assert (await talk.ask("我能享受六税两费减半吗？"))["entry"] == "six-taxes-half"


async def test_asking_for_a_missing_fact_is_no_failure(talk: Talk) -> None:
    for _ in range(3):
        assert (await talk.ask("增值税起征点是多少？"))["outcome"] == "clarifying"


async def test_another_period_keeps_the_question(talk: Talk) -> None:
    await talk.ask(THRESHOLD)
    said = await talk.ask("那2024年呢")
    assert (said["entry"], said["as_of"]) == ("vat-small-threshold", "2024-12-31")


async def test_another_taxpayer_keeps_the_question(talk: Talk) -> None:
    assert (await talk.ask(SIX_TAXES))["entry"] == "six-taxes-half"
    assert (await talk.ask("那一般纳税人呢"))["entry"] == "six-taxes-general-taxpayer"


async def test_a_follow_up_of_a_follow_up_still_keeps_the_question(talk: Talk) -> None:
    await talk.ask(THRESHOLD)
    direct = await talk.ask("那一般纳税人呢")
    await talk.ask("那2024年呢")
    again = await talk.ask("那一般纳税人呢")
    assert (again["entry"], again["as_of"]) == (direct["entry"], "2024-12-31")


async def test_a_period_goes_with_the_question_asked_last_though_it_is_still_open(talk: Talk) -> None:
    await talk.ask("卖股票的证券交易印花税是多少？")
    asked = await talk.ask("买车要交多少税？")
    said = await talk.ask("2022年的")
    assert said["text"] == asked["text"]


async def test_another_taxpayer_keeps_the_period(talk: Talk) -> None:
    assert (await talk.ask("2022年" + SIX_TAXES))["as_of"] == "2022-12-31"
    assert (await talk.ask("那一般纳税人呢"))["as_of"] == "2022-12-31"


async def test_a_period_without_any_question_is_not_answered(talk: Talk) -> None:
    assert (await talk.ask("那2024年呢"))["outcome"] == "clarifying"


async def test_before_everything_known_is_declined_by_name(talk: Talk) -> None:
    said = await talk.ask("1985年买卖合同的印花税税率是多少？")
    assert (said["outcome"], said["reason"]) == ("declined", "before_first_version")
    assert "从1988-10-01起" in said["text"]
    assert "citations" not in said


async def test_a_future_period_is_said_to_be_unknown_before_the_last_rule_is_shown(talk: Talk) -> None:
    said = await talk.ask("2029年" + THRESHOLD)
    first, second = said["text"].splitlines()[:2]
    assert first == f"【{THRESHOLD}】"
    assert second.startswith("2029-01-01的规定尚未公布或未收录，暂不能答复")


def withholding_release(release: Release, entry_id: str) -> Release:
    """The same release with all versions of one entry withheld."""
    entry = release.knowledge.entry_by_id[entry_id]
    versions = tuple(version.model_copy(update={"withheld": True}) for version in entry.versions)
    withheld = entry.model_copy(update={"versions": versions})
    entries = tuple(withheld if one.id == entry_id else one for one in release.knowledge.entries)
    return replace(release, knowledge=Knowledge(policies=release.knowledge.policies, entries=entries))


async def test_a_withheld_version_goes_to_a_person_and_is_not_shown(release: Release, shelf: Shelf) -> None:
    shelf.put(withholding_release(release, "vat-small-threshold"))
    said = await Talk(executor(shelf, lambda: TODAY)).ask(THRESHOLD)
    assert (said["outcome"], said["reason"]) == ("handed_off", "low_confidence")
    assert "10万" not in said["text"]


async def test_a_new_release_answers_the_next_question(talk: Talk, release: Release, shelf: Shelf) -> None:
    assert (await talk.ask(THRESHOLD))["release"] == 1
    shelf.put(replace(release, number=2))
    assert (await talk.ask(THRESHOLD))["release"] == 2


async def test_without_a_release_nothing_is_answered_and_a_person_is_offered() -> None:
    said = await Talk(executor(Shelf(), lambda: TODAY)).ask(THRESHOLD)
    assert (said["outcome"], said["reason"]) == ("failed", "no_release")
    assert "人工" in said["text"]


@pytest.mark.parametrize("entry", ["no-such-entry", ""])
async def test_a_button_of_an_entry_that_is_gone_is_refused(talk: Talk, entry: str) -> None:
    said = await talk.run("action_choose", "/choose", "choose", {"entry": entry})
    assert (said["outcome"], said["reason"]) == ("refused", "unknown_payload")


def test_every_action_of_the_domain_is_served(talk: Talk) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(talk.executor.actions) == set(domain["actions"])
