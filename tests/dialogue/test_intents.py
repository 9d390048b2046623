"""The classifier knows no Rasa, so it is tested in the application's environment."""

from pathlib import Path

import pytest

from dialogue.intents import IntentModel, normalise, settle

EXAMPLES = {
    "ask": ["小规模免税吗", "个税怎么申报", "契税税率是多少", "印花税什么时候交"],
    "request_agent": ["转人工", "我要找人工客服", "人工客服", "请转人工"],
    "greet": ["你好", "您好", "你好呀", "您好，在吗"],
}


@pytest.fixture(scope="module")
def model() -> IntentModel:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return IntentModel.fit([t for t, _ in pairs], [i for _, i in pairs], regularisation=40.0)


@pytest.mark.parametrize(
    ("text", "same"),
    [("轉人工", "转人工"), (" OK ", "ok"), ("ＶＡＴ", "vat"), ("月薪15000", "月薪20000")],
)
def test_texts_that_differ_only_in_script_case_width_or_amount_are_the_same(text: str, same: str) -> None:
    assert normalise(text) == normalise(same)


def test_short_numbers_keep_their_meaning() -> None:
    assert normalise("88") != normalise("66")


def test_the_ranking_is_of_all_intents_and_sums_to_one(model: IntentModel) -> None:
    ranking = model.rank("轉人工客服")
    assert ranking[0]["name"] == "request_agent"
    assert {r["name"] for r in ranking} == set(EXAMPLES)
    assert sum(r["confidence"] for r in ranking) == pytest.approx(1)


def test_a_stored_model_answers_as_before(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "intents.npz")
    loaded = IntentModel.load(tmp_path / "intents.npz")
    for text in ("你好", "契税怎么交", "hello 123456", ""):
        before, after = model.rank(text), loaded.rank(text)
        assert [r["name"] for r in after] == [r["name"] for r in before]
        assert after[0]["confidence"] == pytest.approx(before[0]["confidence"], abs=1e-4)


def test_what_is_unlikely_is_taken_for_a_question() -> None:
    ranking = [{"name": "evade", "confidence": 0.3}, {"name": "ask", "confidence": 0.2}]
    assert settle(ranking, 0.35, {})["name"] == "ask"
    assert settle(ranking, 0.25, {})["name"] == "evade"


def test_an_intent_with_a_threshold_of_its_own_needs_that() -> None:
    ranking = [{"name": "evade", "confidence": 0.45}, {"name": "ask", "confidence": 0.4}]
    assert settle(ranking, 0.35, {"evade": 0.5})["name"] == "ask"
