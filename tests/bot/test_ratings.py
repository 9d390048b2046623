from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.assembly import Parts
from bot import ratings
from bot.conversation import Reply
from bot.ratings import RatingRow
from tests.fakes import FakeDialogue

ANSWER = Reply(
    "免征。", "answered", details={"entry": "vat-small-threshold", "release": 3}, evidence={"confidence": 0.9}
)


@pytest.fixture
def address(client: TestClient, dialogue: FakeDialogue) -> str:
    """A conversation whose line 2 is an answer; its token is in the client's headers."""
    dialogue.replies = [ANSWER]
    made = client.post("/api/conversations").json()
    client.headers["Authorization"] = f"Bearer {made['token']}"
    where = f"/api/conversations/{made['conversation']}"
    client.post(f"{where}/messages", json={"client_txn_id": "t1", "text": "小规模免税吗"})
    return where


def test_a_rating_is_kept_with_the_evidence_of_its_answer(
    client: TestClient, parts: Parts, address: str
) -> None:
    rated = client.put(f"{address}/ratings/2", json={"useful": False, "reason": "outdated"})
    assert rated.status_code == 204
    with parts.database.reading() as session:
        row = session.scalars(select(RatingRow)).one()
    assert (row.useful, row.reason, row.entry, row.release) == (False, "outdated", "vat-small-threshold", 3)
    assert row.evidence == {"confidence": 0.9}


def test_the_rating_of_the_whole_is_kept_with_what_was_answered_by_then(
    client: TestClient, parts: Parts, address: str
) -> None:
    client.put(f"{address}/rating", json={"stars": 2})
    with parts.database.reading() as session:
        row = session.scalars(select(RatingRow)).one()
    assert (row.stars, row.release) == (2, 3)
    assert row.evidence == {
        "lines": 2, "answers": [{"seq": 2, "entry": "vat-small-threshold"}], "staff": [],
    }  # fmt: skip


def test_a_second_thought_replaces_the_first(client: TestClient, parts: Parts, address: str) -> None:
    client.put(f"{address}/ratings/2", json={"useful": False, "reason": "outdated"})
    client.put(f"{address}/ratings/2", json={"useful": True, "reason": "outdated"})
    with parts.database.reading() as session:
        found = ratings.summary(session).entries
    assert [(one.entry, one.useful, one.useless, one.reasons) for one in found] == [
        ("vat-small-threshold", 1, 0, {})
    ]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("ratings/1", {"useful": True}, 409),
        ("ratings/9", {"useful": True}, 409),
        ("ratings/2", {"useful": False, "reason": "<b>"}, 422),
        ("rating", {"stars": 6}, 422),
        ("rating", {"stars": 0}, 422),
        ("rating", {"stars": 5, "suggestion": "x" * 1001}, 422),
    ],
)
def test_what_is_no_answer_or_no_rating_is_refused(
    client: TestClient, address: str, path: str, body: dict[str, object], status: int
) -> None:
    assert client.put(f"{address}/{path}", json=body).status_code == status


def test_nobody_else_can_rate(client: TestClient, address: str) -> None:
    stranger = {"Authorization": "Bearer wrong"}
    assert client.put(f"{address}/rating", json={"stars": 1}, headers=stranger).status_code == 404


def test_the_summary_counts_stars_and_keeps_suggestions(
    client: TestClient, parts: Parts, address: str
) -> None:
    client.put(f"{address}/rating", json={"stars": 4, "suggestion": " 字再大些 "})
    with parts.database.reading() as session:
        found = ratings.summary(session)
    assert (found.stars, found.suggestions, found.entries) == ({4: 1}, ("字再大些",), ())


@pytest.mark.parametrize(("said", "counted"), [("good", (1, 0)), ("bad", (0, 1))])
def test_what_is_said_in_words_is_kept_as_a_rating_of_the_last_answer(
    client: TestClient,
    parts: Parts,
    dialogue: FakeDialogue,
    address: str,
    said: str,
    counted: tuple[int, int],
) -> None:
    dialogue.replies = [Reply("已经记下。", "smalltalk", details={"feedback": said})]
    client.post(f"{address}/messages", json={"client_txn_id": "t2", "text": "说得怎么样"})
    with parts.database.reading() as session:
        [found] = ratings.summary(session).entries
    assert (found.entry, (found.useful, found.useless)) == ("vat-small-threshold", counted)


def test_what_was_pressed_counts_more_than_what_is_said(
    client: TestClient, parts: Parts, dialogue: FakeDialogue, address: str
) -> None:
    client.put(f"{address}/ratings/2", json={"useful": False, "reason": "outdated"})
    dialogue.replies = [Reply("已经记下。", "smalltalk", details={"feedback": "good"})]
    client.post(f"{address}/messages", json={"client_txn_id": "t2", "text": "谢谢，很好"})
    with parts.database.reading() as session:
        [found] = ratings.summary(session).entries
    assert (found.useful, found.reasons) == (0, {"outdated": 1})
