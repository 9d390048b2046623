"""What becomes of an answer that an agent proposed as knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx2 import Response

from app.assembly import Parts
from bot import handoff, log
from desk import audit
from desk.rights import Role
from knowledge import proposals
from knowledge.files import WrongContent, read_content
from tests.desk.conftest import Desk

SignIn = Callable[[str, Role], Desk]


def post(desk: Desk, path: str, **form: str) -> Response:
    return desk.browser.post(f"/desk/drafts/{path}", data={"form_token": desk.token, **form})


@pytest.fixture
def draft(parts: Parts, signed_in: SignIn) -> int:
    """A draft that an agent proposed from the page of a conversation."""
    with parts.database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", parts.now())
        log.append(session, chat.id, "customer", "您好，我想问下增值税", parts.now(), client_txn_id="t1")
        log.append(session, chat.id, "customer", "小规模按季申报吗", parts.now(), client_txn_id="t2")
        handoff.request(session, log.load(session, chat.id), "asked_for_agent", parts.now())
    agent = signed_in("小王", "agent")
    agent.act(chat.id, "claim")
    answered = agent.act(chat.id, "reply", text="按季申报。张科长电话13800138000")
    seq = re.search(r'name="seq" value="(\d+)">提为知识', answered.text)
    assert seq
    agent.act(chat.id, "propose", seq=seq[1])
    with parts.database.reading() as session:
        [row] = proposals.proposed(session)
    return row.id


def test_a_curator_sees_the_draft_with_the_conversation_that_it_came_from(
    draft: int, signed_in: SignIn
) -> None:
    page = signed_in("小吴", "curator").browser.get("/desk/drafts").text
    for words in (f"草稿{draft}", "小规模按季申报吗", "按季申报。张科长电话", "我想问下增值税"):
        assert words in page


def test_who_comes_to_write_knowledge_finds_the_drafts_from_their_account(signed_in: SignIn) -> None:
    assert 'href="/desk/drafts"' in signed_in("小吴", "curator").browser.get("/desk/account").text
    assert 'href="/desk/drafts"' not in signed_in("小王", "agent").page()


def test_a_draft_holds_no_identifier_even_where_the_agent_wrote_one(draft: int, parts: Parts) -> None:
    with parts.database.reading() as session:
        row = proposals.load(session, draft)
    assert "13800138000" not in f"{row.answer}{row.evidence}"
    assert "138****8000" in row.answer


def test_drafts_are_closed_to_who_does_not_write_knowledge(draft: int, signed_in: SignIn) -> None:
    desk = signed_in("老周", "supervisor")
    assert desk.browser.get("/desk/drafts").status_code == 403
    assert desk.browser.get(f"/desk/drafts/{draft}/entry").status_code == 403
    assert post(desk, f"{draft}/decision", decision="taken").status_code == 403


def test_a_draft_is_reworded_and_then_taken_once(draft: int, signed_in: SignIn, parts: Parts) -> None:
    desk = signed_in("小吴", "curator")
    assert "都要填写" in post(desk, str(draft), question=" ", answer="按季。").text
    assert "已保存" in post(desk, str(draft), question="小规模多久申报一次？", answer="按季。").text
    assert "已采用" in post(desk, f"{draft}/decision", decision="taken", why="vat-file").text
    for late in (
        post(desk, f"{draft}/decision", decision="refused"),
        post(desk, str(draft), question="改", answer="改"),
    ):
        assert "已经处理过" in late.text
    assert "没有这份草稿" in post(desk, "99/decision", decision="taken").text
    with parts.database.reading() as session:
        row = proposals.load(session, draft)
        acts = [(line.actor, line.act, line.detail) for line in audit.lines(session, who=f"草稿{draft}")]
    assert (row.question, row.answer, row.state) == ("小规模多久申报一次？", "按季。", "taken")
    assert acts == [("小吴", "draft_taken", {"why": "vat-file"}), ("小吴", "draft_reworded", {})]


def test_the_entry_file_lacks_only_what_an_agent_cannot_know(
    draft: int, signed_in: SignIn, tmp_path: Path
) -> None:
    answer = signed_in("小吴", "curator").browser.get(f"/desk/drafts/{draft}/entry")
    assert f'filename="draft-{draft}.yml"' in answer.headers["content-disposition"]
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "draft.yml").write_text(answer.text, encoding="utf-8")
    with pytest.raises(WrongContent) as wrong:
        read_content(tmp_path)
    assert [finding.field for finding in wrong.value.findings] == [
        "entries.0.similar_questions",
        "entries.0.versions.0.citations",
    ]
    assert "增值税" in answer.text
    assert "# 来访者：小规模按季申报吗" in answer.text


def test_what_was_typed_stays_a_comment_and_text_in_the_entry_file(
    signed_in: SignIn, parts: Parts, tmp_path: Path
) -> None:
    strange = "行一\n- id: x\r\n\x00\u2028entries: []\x85: {"
    with parts.database.writing() as session:
        lines = [{"author": "customer", "text": strange}]
        row = proposals.propose(session, "c1", 1, strange, strange, lines, "s1", parts.now())
        made = row.id
    text = signed_in("小吴", "curator").browser.get(f"/desk/drafts/{made}/entry").text
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "draft.yml").write_text(text, encoding="utf-8", newline="")
    with pytest.raises(WrongContent) as wrong:
        read_content(tmp_path)
    assert {finding.field for finding in wrong.value.findings} == {
        "entries.0.similar_questions",
        "entries.0.versions.0.citations",
    }


def test_text_of_a_draft_never_becomes_markup(signed_in: SignIn, parts: Parts) -> None:
    markup = "<script>alert(1)</script>"
    with parts.database.writing() as session:
        lines = [{"author": "customer", "text": markup}]
        proposals.propose(session, "c1", 1, markup, markup, lines, "s1", parts.now())
    page = signed_in("小吴", "curator").browser.get("/desk/drafts").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") == 3
