from __future__ import annotations

from actions.guide import NO_GUIDE
from knowledge.release import Release
from tests.actions.talking import Talk

THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"


def procedure(release: Release) -> tuple[str, int]:
    """The question of an entry of the release that has steps, and how many."""
    entry = next(e for e in release.knowledge.entries if e.versions and len(e.versions[-1].how) > 2)
    return entry.question, len(entry.versions[-1].how)


async def test_a_procedure_is_walked_through_to_its_end(talk: Talk, release: Release) -> None:
    question, steps = procedure(release)
    said = await talk.last(f"一步一步教我{question}", "guide")
    assert (said["outcome"], said["step"], said["steps"]) == ("answered", 0, steps)
    assert said["citations"]
    for step in range(1, steps + 1):
        said = await talk.last("下一步")
        assert said["step"] == step
        assert said["text"].startswith(f"第{step}步")
    said = await talk.last("下一步")
    assert "走完" in said["text"]
    assert talk.slots["guide"] is None


async def test_the_guide_goes_back_and_repeats(talk: Talk, release: Release) -> None:
    await talk.say(f"一步一步教我{procedure(release)[0]}", "guide")
    await talk.say("下一步")
    await talk.say("下一步")
    assert (await talk.last("上一步"))["step"] == 1
    assert (await talk.last("再说一遍"))["step"] == 1


async def test_a_question_in_between_is_answered_and_the_guide_goes_on(talk: Talk, release: Release) -> None:
    await talk.say(f"一步一步教我{procedure(release)[0]}", "guide")
    await talk.say("下一步")
    assert (await talk.last(THRESHOLD))["entry"] == "vat-small-threshold"
    assert (await talk.last("下一步"))["step"] == 2


async def test_the_procedure_answered_last_is_walked_through_on_request(talk: Talk, release: Release) -> None:
    question, steps = procedure(release)
    await talk.ask(question)
    assert (await talk.last("一步一步教我"))["steps"] == steps


async def test_the_guide_is_left_by_its_last_button(talk: Talk, release: Release) -> None:
    said = await talk.last(f"一步一步教我{procedure(release)[0]}", "guide")
    assert [button["title"] for button in said["buttons"]] == ["下一步", "结束"]
    await talk.say("结束")
    assert (await talk.last("下一步"))["text"] == NO_GUIDE


async def test_what_has_no_steps_is_answered_as_usual(talk: Talk, release: Release) -> None:
    entry = next(e for e in release.knowledge.entries if e.versions and not e.versions[-1].how)
    said = await talk.last(f"一步一步教我{entry.question}", "guide")
    assert said["outcome"] == "answered"
    assert "step" not in said


async def test_without_a_guide_the_last_answer_is_repeated(talk: Talk) -> None:
    first = await talk.ask(THRESHOLD)
    assert (await talk.last("再说一遍"))["text"] == first["text"]
    talk.slots.clear()
    assert (await talk.last("再说一遍"))["outcome"] == "smalltalk"
