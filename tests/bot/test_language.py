from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import log
from bot.conversation import Button, Inbound, Reply
from bot.exchange import Exchange
from bot.language import in_traditional, language_of, traditional
from store.database import Database
from tests.fakes import FakeClock, FakeDialogue

ANSWER = Reply(
    "免征增值税。",
    "answered",
    (Button("个人所得税", '/choose{"entry": "a"}'),),
    details={
        "entry": "vat-small", "sections": [{"conclusion": "免征增值税。", "conditions": ["销售额"]}],
        "citations": [{"document_no": "财政部 税务总局公告2026年第10号", "title": "增值税法实施条例"}],
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("小規模納稅人免稅嗎", "zh-Hant"), ("小规模纳税人免税吗", "zh-Hans"), ("你好", None), ("30", None), ("", None),
        ("VAT", None), ("個稅APP怎麼用", "zh-Hant"), ("What is the VAT rate", "en"), ("hello", "en"), ("15000 yuan", None),
    ],
)  # fmt: skip
def test_the_language_is_what_the_text_shows(text: str, language: str | None) -> None:
    assert language_of(text) == language


@given(st.text(alphabet="免税个人所得电子发票小规模纳增值", min_size=1))
def test_what_was_put_into_traditional_reads_as_traditional(text: str) -> None:
    assert language_of(traditional(text)) in {"zh-Hant", None}
    assert len(traditional(text)) == len(text)


def test_documents_and_payloads_stay_as_they_are() -> None:
    said = in_traditional(ANSWER)
    assert said.text == "免徵增值稅。"
    assert said.buttons[0].payload == ANSWER.buttons[0].payload
    assert said.details["citations"] == ANSWER.details["citations"]
    assert said.details["entry"] == "vat-small"
    assert said.details["sections"][0]["conditions"] == [traditional("销售额")]


async def test_who_writes_traditional_is_answered_so_until_they_write_otherwise(
    exchange: Exchange, database: Database, dialogue: FakeDialogue, clock: FakeClock
) -> None:
    dialogue.replies = [ANSWER]
    with database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", clock())
    said = []
    for number, text in enumerate(("小規模免稅嗎", "30", "小规模免税吗", "30")):
        [reply] = await exchange.receive(Inbound(chat.id, f"t{number}", text))
        said.append(reply.text)
    assert said == [traditional(ANSWER.text)] * 2 + [ANSWER.text] * 2
