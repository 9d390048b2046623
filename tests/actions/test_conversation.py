from __future__ import annotations

from typing import get_args

import pytest

from actions.agents import REASONS
from actions.conversation import PHRASES
from bot.conversation import OUTCOMES, HandoffReason
from tests.actions.talking import Talk

THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("action_request_agent", "asked_for_agent"),
        ("action_complaint", "complaint"),
        ("action_account_data", "needs_account_data"),
    ],
)
async def test_who_needs_a_person_is_handed_over_with_the_reason(
    talk: Talk, action: str, reason: str
) -> None:
    said = await talk.run(action, "我要投诉")
    assert (said["outcome"], said["reason"]) == ("handed_off", reason)


def test_every_reason_and_outcome_is_of_the_closed_lists() -> None:
    assert {reason for reason, _ in REASONS.values()} <= set(get_args(HandoffReason))
    assert {outcome for outcome, _ in PHRASES.values()} <= OUTCOMES


@pytest.mark.parametrize("action", sorted(PHRASES))
async def test_a_tax_question_taken_for_small_talk_is_answered_after_all(talk: Talk, action: str) -> None:
    assert (await talk.run(action, THRESHOLD))["outcome"] == "answered"


@pytest.mark.parametrize("action", sorted(PHRASES))
async def test_small_talk_gets_its_phrase_and_leaves_the_memory_alone(talk: Talk, action: str) -> None:
    await talk.ask(THRESHOLD)
    before = dict(talk.slots)
    said = await talk.run(action, "你是谁呀")
    assert (said["outcome"], said["text"]) == PHRASES[action]
    assert talk.slots == before


async def test_praise_and_criticism_say_what_they_are(talk: Talk) -> None:
    assert (await talk.run("action_feedback_good", "很好"))["feedback"] == "good"
    assert (await talk.run("action_feedback_bad", "没用"))["feedback"] == "bad"
    assert "feedback" not in await talk.run("action_help", "帮助")


async def test_a_yes_to_one_offer_takes_it(talk: Talk) -> None:
    talk.slots["offered"] = ["vat-small-threshold"]
    assert (await talk.run("action_affirm", "是的"))["entry"] == "vat-small-threshold"


async def test_a_yes_to_several_offers_asks_which(talk: Talk, unsure: str) -> None:
    await talk.ask(unsure)
    assert (await talk.run("action_affirm", "是的"))["reason"] == "which_one"


async def test_a_yes_to_nothing_is_small_talk(talk: Talk) -> None:
    assert (await talk.run("action_affirm", "是的"))["outcome"] == "smalltalk"


async def test_a_no_to_what_was_offered_hands_over(talk: Talk, unsure: str) -> None:
    await talk.ask(unsure)
    said = await talk.run("action_deny", "都不是")
    assert (said["outcome"], said["reason"]) == ("handed_off", "low_confidence")


async def test_a_no_to_nothing_is_small_talk(talk: Talk) -> None:
    assert (await talk.run("action_deny", "不是"))["outcome"] == "smalltalk"


async def test_help_with_evasion_is_declined_even_where_the_words_fit_an_entry(talk: Talk) -> None:
    said = await talk.run("action_decline_evasion", THRESHOLD)
    assert (said["outcome"], said["reason"]) == ("declined", "unlawful")


async def test_starting_anew_forgets_everything(talk: Talk) -> None:
    await talk.ask(THRESHOLD)
    assert talk.slots["who"]
    await talk.run("action_restart_dialogue", "重新开始")
    assert talk.slots == {}
    assert (await talk.ask("那2024年呢"))["outcome"] == "clarifying"
