from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient

from app.assembly import Parts
from bot import handoff, log, ratings, tickets
from bot.conversation import Button, Reply
from bot.log import ConversationRow
from tests.fakes import FakeDialogue
from widget.page import SHOWN

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
ANSWER = Reply(
    "月销售额没有达到10万元的，免征增值税。",
    "answered",
    details={
        "citations": [
            {"document_no": "公告2026年第10号", "title": "衔接事项", "clause": "第二条", "effective_from": "2026-01-01", "effective_to": "2027-12-31"}
        ]
    },
    evidence={"release": 1, "candidates": [{"entry": "secret-entry"}]},
)  # fmt: skip
WHICH = Reply(
    "哪一个？", "clarifying", (Button("甲", '/choose{"entry": "a"}'), Button("乙", '/choose{"entry": "b"}'))
)


def say(client: TestClient, text: str, txn: str = "t1") -> str:
    page = client.post("/chat", data={"text": text, "client_txn_id": txn})
    assert page.status_code == 200
    return page.text


def said(page: str) -> list[tuple[str, str]]:
    """Author and text of each line on the page, without the greeting."""
    lines = re.findall(r'<article class="(\w+)" data-seq.*?<p class="text">(.*?)</p>', page, re.DOTALL)
    return [(author, html.unescape(text)) for author, text in lines]


def test_without_javascript_a_message_is_posted_and_its_reply_shown(
    client: TestClient, dialogue: FakeDialogue
) -> None:
    dialogue.replies = [ANSWER]
    page = say(client, "小规模免税吗")
    assert said(page) == [("customer", "小规模免税吗"), ("assistant", ANSWER.text)]
    assert "<strong>公告2026年第10号</strong> 衔接事项 第二条" in page
    assert "2026-01-01至2027-12-31" in page


def test_after_a_post_the_page_can_be_reloaded_without_sending_again(
    client: TestClient, dialogue: FakeDialogue
) -> None:
    response = client.post("/chat", data={"text": "你好", "client_txn_id": "t1"}, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/chat#end")
    for _ in range(2):
        assert len(said(client.get("/chat").text)) == 2
    assert len(dialogue.heard) == 1


def test_a_retry_with_the_same_number_shows_one_message(client: TestClient, dialogue: FakeDialogue) -> None:
    pages = [say(client, "小规模免税吗", "same") for _ in range(3)]
    assert [len(said(page)) for page in pages] == [2, 2, 2]
    assert len(dialogue.heard) == 1


def test_each_page_numbers_its_next_message_anew(client: TestClient) -> None:
    numbers = re.findall(
        r'name="client_txn_id" value="(\w+)"', client.get("/chat").text + client.get("/chat").text
    )
    assert len(numbers) == len(set(numbers)) == 2


def test_text_never_becomes_markup(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [
        Reply(MARKUP, "answered", (Button(MARKUP, MARKUP),), details={"citations": [dict.fromkeys(("document_no", "title", "clause", "effective_from", "effective_to"), MARKUP)]})
    ]  # fmt: skip
    page = say(client, MARKUP)
    assert said(page) == [("customer", MARKUP), ("assistant", MARKUP)]
    assert "<script>" not in page
    assert "<img" not in page
    assert (
        page.count("&lt;script&gt;alert(1)") == 9
    )  # two lines, a button's title and payload, five of a citation


def test_buttons_are_a_form_that_chooses(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [WHICH]
    page = say(client, "退税")
    assert re.findall(r'<button name="text" value="([^"]+)">(.)</button>', page) == [
        ("/choose{&#34;entry&#34;: &#34;a&#34;}", "甲"),
        ("/choose{&#34;entry&#34;: &#34;b&#34;}", "乙"),
    ]
    say(client, '/choose{"entry": "a"}', "t2")
    assert dialogue.heard[-1][2]["entry"] == "a"


def test_only_the_last_reply_has_buttons(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [WHICH]
    say(client, "退税")
    dialogue.replies = [ANSWER]
    assert 'name="text" value="/choose' not in say(client, "小规模免税吗", "t2")


def test_a_pressed_button_is_shown_by_its_title(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [WHICH]
    say(client, "退税")
    dialogue.replies = [ANSWER]
    assert ("customer", "甲") in said(say(client, '/choose{"entry": "a"}', "t2"))


@pytest.mark.parametrize("text", ["", "   ", "税" * 3_000])
def test_what_cannot_be_taken_is_refused_in_words(
    client: TestClient, dialogue: FakeDialogue, text: str
) -> None:
    assert said(say(client, text))[-1][0] == "assistant"
    assert dialogue.heard == []


def test_when_the_assistant_is_down_the_page_says_so(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.down = True
    assert "没能答复您" in said(say(client, "小规模免税吗"))[-1][1]


def test_evidence_is_not_for_the_person(client: TestClient, dialogue: FakeDialogue) -> None:
    dialogue.replies = [ANSWER]
    assert "secret-entry" not in say(client, "小规模免税吗")


def test_looking_at_the_page_opens_no_conversation(client: TestClient, parts: Parts) -> None:
    client.get("/chat")
    with parts.database.reading() as session:
        assert session.query(ConversationRow).count() == 0


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client: TestClient) -> None:
    response = client.post("/chat", data={"text": "你好"}, follow_redirects=False)
    flags = {part.strip().lower() for part in response.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= flags


def test_over_https_the_cookie_is_secure(client: TestClient) -> None:
    browser = TestClient(client.app, base_url="https://testserver")
    cookie = browser.post("/chat/conversation").headers["set-cookie"]
    assert "secure" in cookie.lower()


@pytest.mark.parametrize("wrong", ["", "x", "{id}.", "{id}.wrong", ".{token}"])
def test_a_cookie_that_is_not_the_conversations_shows_nothing_of_it(client: TestClient, wrong: str) -> None:
    say(client, "这是秘密")
    identity, _, token = client.cookies["shuiwen_chat"].partition(".")
    stranger = TestClient(client.app, cookies={"shuiwen_chat": wrong.format(id=identity, token=token)})
    assert "这是秘密" not in stranger.get("/chat").text
    assert "这是秘密" not in say(stranger, "你好")


def test_the_script_gets_the_conversation_that_the_page_has(client: TestClient) -> None:
    first = client.post("/chat/conversation")
    assert first.status_code == 201
    assert client.post("/chat/conversation").json() == first.json()
    assert f'conversation="{first.json()["conversation"]}"' in client.get("/chat").text


def test_the_newest_lines_of_a_very_long_conversation_are_shown(client: TestClient, parts: Parts) -> None:
    say(client, "最早的一句")
    conversation = client.cookies["shuiwen_chat"].partition(".")[0]
    with parts.database.writing() as session:
        for _ in range(SHOWN):
            log.append(session, conversation, "notice", "……", parts.now())
    assert ("customer", "最新的一句") in said(say(client, "最新的一句", "t2"))


def test_an_answer_is_rated_by_a_form_once(client: TestClient, dialogue: FakeDialogue, parts: Parts) -> None:
    dialogue.replies = [ANSWER]
    assert 'action="/chat/ratings/2"' in say(client, "小规模免税吗")
    page = client.post("/chat/ratings/2", data={"useful": "no", "reason": "unclear"}).text
    assert "谢谢您的评价。" in page
    assert "/chat/ratings/2" not in page
    with parts.database.reading() as session:
        [found] = ratings.summary(session).entries
    assert (found.useless, found.reasons) == (1, {"unclear": 1})


def test_the_whole_is_rated_by_a_form_where_an_agent_has_ended_it(
    client: TestClient, dialogue: FakeDialogue, parts: Parts
) -> None:
    dialogue.replies = [Reply("好的。", "handed_off", reason="asked_for_agent")]
    assert "/chat/rating" not in say(client, "转人工")
    with parts.database.writing() as session:
        [ticket] = tickets.waiting(session)
        handoff.claim(session, log.load(session, ticket.conversation), "a1", "小周", parts.now())
        handoff.close(session, log.load(session, ticket.conversation), "a1", parts.now())
    assert 'action="/chat/rating"' in client.get("/chat").text
    page = client.post("/chat/rating", data={"stars": "4", "suggestion": "字再大些"}).text
    assert 'action="/chat/rating"' not in page
    with parts.database.reading() as session:
        found = ratings.summary(session)
    assert (found.stars, found.suggestions) == ({4: 1}, ("字再大些",))


def test_a_rating_of_somebody_elses_conversation_changes_nothing(
    client: TestClient, dialogue: FakeDialogue, parts: Parts
) -> None:
    dialogue.replies = [ANSWER]
    say(client, "小规模免税吗")
    client.cookies.clear()
    client.post("/chat/ratings/2", data={"useful": "yes"})
    client.post("/chat/rating", data={"stars": "1"})
    with parts.database.reading() as session:
        assert ratings.summary(session) == ratings.Summary((), {}, ())


@pytest.mark.parametrize(("url", "linked"), [("https://a.example/x", True), ("javascript:alert(1)", False)])
def test_a_citation_links_to_its_original_and_nowhere_else(
    client: TestClient, dialogue: FakeDialogue, url: str, *, linked: bool
) -> None:
    citation = {"document_no": "甲", "title": "乙", "effective_from": "2026-01-01", "url": url}
    dialogue.replies = [Reply("免征。", "answered", details={"citations": [citation]})]
    assert (f'href="{url}"' in say(client, "小规模免税吗")) is linked
