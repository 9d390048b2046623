from __future__ import annotations

import re

from tests.actions.talking import Talk


async def test_the_interview_asks_what_decides_and_ends_with_a_cited_list(talk: Talk) -> None:
    said = await talk.last("帮我看看符不符合首违不罚")
    asked = 0
    while said["outcome"] == "collecting":
        asked += 1
        reply = "未按规定的期限办理纳税申报和报送纳税资料" if said["slot"] == "violation" else "是"
        said = await talk.last(reply, "inform")
    assert asked <= 5
    assert said["outcome"] == "calculated"
    [verdict] = said["verdicts"]
    assert (verdict["preference"], verdict["outcome"], verdict["as_of"]) == (
        "first-violation",
        "entitled",
        "2026-11-21",
    )
    assert re.fullmatch("[0-9a-f]{16}", verdict["id"])
    assert verdict["id"] in said["text"]
    assert all(citation["document_no"] in said["text"] for citation in said["citations"])


async def test_one_no_ends_the_interview_and_says_why(talk: Talk) -> None:
    await talk.say("帮我看看符不符合首违不罚")
    said = await talk.last("不是", "deny")
    assert said["verdicts"][0]["outcome"] == "not_entitled"
    assert "首次发生" in said["text"]


async def test_not_knowing_is_an_answer_and_what_is_missing_is_named(talk: Talk) -> None:
    said = await talk.last("帮我判断买房契税能不能优惠")
    while said["outcome"] == "collecting":
        said = await talk.last("不清楚")
    assert {verdict["outcome"] for verdict in said["verdicts"]} == {"undecided"}
    assert all(verdict["missing"] for verdict in said["verdicts"])
    assert "尚缺" in said["text"]


async def test_the_field_is_asked_for_where_it_is_not_said(talk: Talk) -> None:
    said = await talk.last("我能享受什么优惠")
    assert said["slot"] == "topic"
    assert (await talk.last("首违不罚", "inform"))["task"] == "eligibility"


async def test_an_option_can_be_chosen_by_its_number(talk: Talk) -> None:
    await talk.say("我能享受什么优惠")
    assert (await talk.last("6", "inform"))["slot"] != "topic"


async def test_a_fact_that_cannot_be_is_refused_and_asked_for_again(talk: Talk) -> None:
    await talk.say("帮我判断买房契税能不能优惠")
    area = await talk.last("唯一住房", "inform")
    assert area["slot"] == "home_area"
    assert [button["title"] for button in area["buttons"]] == ["不清楚"]
    assert area["field"]["kind"] == "number"
    first, again = await talk.say("-5", "inform")
    assert first["reason"] == "unclear"
    assert again["slot"] == "home_area"
