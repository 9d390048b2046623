from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from app.assembly import Parts
from bot import log
from bot.attachments import receive
from bot.feed import Bell
from bot.outbox import HAPPENINGS, DeliveryRow
from desk import audit, staff, tokens
from desk.rights import Role
from desk.staff import StaffRow
from knowledge.proposals import ProposalRow
from tests.desk.conftest import Desk
from tests.fakes import FakeClock

Waiting = Callable[..., str]


class Worker:
    """A program that works at the desk with a token."""

    def __init__(self, client: TestClient, identity: str, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self.id = identity

    def post(self, path: str, **body: Any) -> Response:
        return self._client.post(f"/api/desk{path}", json=body, headers=self._headers)

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/desk{path}", headers=self._headers).json()

    def send(self, method: str, path: str, **body: Any) -> Response:
        return self._client.request(method, f"/api/desk{path}", json=body, headers=self._headers)


@pytest.fixture
def worker(client: TestClient, parts: Parts) -> Callable[..., Worker]:
    def make(name: str = "小王", role: Role = "agent") -> Worker:
        with parts.database.writing() as session:
            staff.invite(session, name, parts.now(), role)
            row = session.scalars(select(StaffRow).where(StaffRow.name == name)).one()
            return Worker(client, row.id, tokens.issue(session, row.id, "test", parts.now()))

    return make


Makes = Callable[..., Worker]


def test_without_a_good_token_the_api_says_nothing(client: TestClient, waiting: Waiting) -> None:
    waiting()
    for headers in ({}, {"Authorization": "Bearer swd_wrong"}):
        response = client.get("/api/desk/board", headers=headers)
        assert (response.status_code, response.json()["type"]) == (401, "/problems/wrong-token")


def test_a_revoked_token_is_of_no_use(worker: Makes, parts: Parts) -> None:
    program = worker()
    with parts.database.writing() as session:
        assert tokens.revoke(session, program.id, "test") == 1
    assert program.get("/board")["status"] == 401


def test_a_token_of_a_disabled_account_is_of_no_use(
    worker: Makes, parts: Parts, agent: Callable[[str], Desk]
) -> None:
    program = worker("小李")
    with parts.database.writing() as session:
        staff.invite(session, "老周", parts.now(), "administrator")
    administrator = agent("老周")
    disabled = administrator.browser.post(
        f"/desk/staff/{program.id}/disable", data={"form_token": administrator.token}
    )
    assert disabled.status_code == 200
    assert program.get("/board")["status"] == 401
    administrator.browser.post(f"/desk/staff/{program.id}/enable", data={"form_token": administrator.token})
    assert program.get("/board")["status"] == 401


def test_a_token_may_what_its_owners_role_may(worker: Makes, waiting: Waiting) -> None:
    chat, curator = waiting(), worker("小吴", "curator")
    for answer in (curator.get("/board"), curator.get(f"/conversations/{chat}"), curator.get("/cases")):
        assert (answer["status"], answer["type"]) == (403, "/problems/not-allowed")
    assert curator.post(f"/conversations/{chat}/claim").status_code == 403


def test_only_hashes_of_tokens_are_kept(parts: Parts, worker: Makes) -> None:
    program = worker()
    with parts.database.writing() as session:
        token = tokens.issue(session, program.id, "other", parts.now())
    assert token.encode() not in (parts.settings.data / "shuiwen.sqlite3").read_bytes()


def test_a_conversation_is_worked_from_claim_to_close(worker: Makes, waiting: Waiting) -> None:
    chat, program = waiting("小规模免税吗"), worker()
    assert program.get("/board")["waiting"] == 1
    assert program.post(f"/conversations/{chat}/claim").status_code == 201
    first = program.post(f"/conversations/{chat}/messages", text="月底前", client_txn_id="m1").json()
    again = program.post(f"/conversations/{chat}/messages", text="月底前", client_txn_id="m1").json()
    assert again == first
    program.post(f"/conversations/{chat}/notes", text="已核对")
    closed = program.post(f"/conversations/{chat}/close", topic="增值税", result="已解决").json()
    assert closed["data"]["notice"] == "closed"
    room = program.get(f"/conversations/{chat}")
    assert room["owner"] == "closed"
    assert [note["text"] for note in room["notes"]] == ["已核对"]


def test_notes_never_reach_the_log_that_the_person_sees(
    worker: Makes, waiting: Waiting, parts: Parts
) -> None:
    chat, program = waiting(), worker()
    program.post(f"/conversations/{chat}/notes", text="疑似重复来访")
    with parts.database.reading() as session:
        assert "疑似" not in "".join(event.text for event in log.events_after(session, chat))


def test_a_move_that_is_refused_says_why(worker: Makes, waiting: Waiting) -> None:
    chat = waiting()
    worker("小王").post(f"/conversations/{chat}/claim")
    second = worker("小李").post(f"/conversations/{chat}/claim")
    assert (second.status_code, second.json()["type"]) == (409, "/problems/move-refused")
    assert "已被别人接走" in second.json()["detail"]


def test_a_transfer_to_a_colleague_rings_at_their_desk(worker: Makes, waiting: Waiting) -> None:
    chat, giver, taker = waiting(), worker("小王"), worker("小李")
    giver.post(f"/conversations/{chat}/claim")
    giver.post(f"/conversations/{chat}/transfer", skill="发票", colleague=taker.id)
    ticket = giver.get(f"/conversations/{chat}")["ticket"]
    assert (ticket["skill"], ticket["offered_to"]) == ("发票", taker.id)
    unknown = giver.post(f"/conversations/{chat}/transfer", colleague="nobody")
    assert unknown.status_code in (404, 409)


def test_a_supervisor_takes_over_quietly_and_an_agent_cannot(
    worker: Makes, waiting: Waiting, parts: Parts
) -> None:
    chat, agent, supervisor = waiting(), worker("小王"), worker("老周", "supervisor")
    agent.post(f"/conversations/{chat}/claim")
    with parts.database.reading() as session:
        before = log.events_after(session, chat)
    refused = agent.post(f"/conversations/{chat}/take-over")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    assert supervisor.post(f"/conversations/{chat}/take-over").status_code == 204
    room = supervisor.get(f"/conversations/{chat}")
    assert room["agent"] == supervisor.id
    assert [note["text"] for note in room["notes"]] == ["老周接管了会话。"]
    with parts.database.reading() as session:
        assert log.events_after(session, chat) == before
    assert agent.post(f"/conversations/{chat}/messages", text="您好").status_code == 409


def test_the_room_holds_suggestions_of_the_current_release_with_their_documents(
    worker: Makes, waiting: Waiting
) -> None:
    room = worker().get(f"/conversations/{waiting('小规模纳税人月销售额多少以下免征增值税？')}")
    first = room["suggestions"][0]
    assert first["entry"] == "vat-small-threshold"
    assert first["confidence"] > 0.5
    assert first["citations"][0]["document_no"]
    assert "依据：" in first["text"]
    assert room["summary"]["sentence"].endswith("因“投诉”转人工。")


def test_an_answer_is_proposed_as_knowledge_once_with_the_talk_as_evidence(
    worker: Makes, waiting: Waiting, parts: Parts
) -> None:
    chat, program = waiting("车船税什么时候交"), worker()
    program.post(f"/conversations/{chat}/claim")
    said = program.post(f"/conversations/{chat}/messages", text="买交强险时一并交。").json()
    for _ in range(2):
        proposed = program.post(f"/conversations/{chat}/proposals", seq=said["seq"])
        assert proposed.json()["question"] == "车船税什么时候交"
    with parts.database.reading() as session:
        [row] = session.scalars(select(ProposalRow)).all()
    assert (row.answer, row.state, row.proposed_by) == ("买交强险时一并交。", "proposed", program.id)
    assert [line["author"] for line in row.evidence] == ["customer", "notice", "agent"]


def test_curators_see_what_was_proposed_and_agents_do_not(worker: Makes, waiting: Waiting) -> None:
    chat, program = waiting("车船税什么时候交"), worker()
    program.post(f"/conversations/{chat}/claim")
    said = program.post(f"/conversations/{chat}/messages", text="买交强险时一并交。").json()
    program.post(f"/conversations/{chat}/proposals", seq=said["seq"])
    assert program.get("/proposals")["status"] == 403
    [proposal] = worker("小吴", "curator").get("/proposals")
    assert (proposal["conversation"], proposal["answer"]) == (chat, "买交强险时一并交。")


def test_a_program_of_a_curator_rewords_and_decides_on_drafts(worker: Makes, waiting: Waiting) -> None:
    chat, program, curator = waiting("车船税什么时候交"), worker(), worker("小吴", "curator")
    program.post(f"/conversations/{chat}/claim")
    said = program.post(f"/conversations/{chat}/messages", text="买交强险时一并交。").json()
    made = program.post(f"/conversations/{chat}/proposals", seq=said["seq"]).json()
    assert program.post(f"/proposals/{made['id']}/decision", decision="taken").status_code == 403
    wording = {"question": "车船税何时缴纳？", "answer": "购买交强险时一并缴纳。"}
    assert curator.send("PUT", f"/proposals/{made['id']}", **wording).json()["answer"] == wording["answer"]
    assert curator.post(f"/proposals/{made['id']}/decision", decision="refused").json()["state"] == "refused"
    late = curator.post(f"/proposals/{made['id']}/decision", decision="taken")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/draft-decided")
    assert curator.get("/proposals/99/entry")["type"] == "/problems/unknown-draft"


def test_what_supervisors_change_stands_in_the_audit_log(
    worker: Makes, waiting: Waiting, parts: Parts
) -> None:
    agent, supervisor = worker("小王"), worker("老周", "supervisor")
    supervisor.send("PUT", f"/team/{agent.id}", skills=["发票"], languages=["zh"], capacity=2)
    supervisor.send("PUT", "/groups/发票/hours", spans=[])
    hook = supervisor.post("/webhooks", url="https://example.cn/hook?key=secret").json()
    supervisor.send("DELETE", f"/webhooks/{hook['id']}")
    chat = waiting()
    supervisor.post(f"/conversations/{chat}/take-over")
    with parts.database.reading() as session:
        done = [(line.actor, line.act, line.about) for line in reversed(audit.lines(session, who="老周"))]
        assert "secret" not in "".join(str(line.plain) for line in audit.lines(session))
    assert done == [
        ("老周", "team_changed", "小王"),
        ("老周", "hours_changed", "发票"),
        ("老周", "webhook_added", "https://example.cn/hook"),
        ("老周", "webhook_removed", hook["id"]),
        ("老周", "taken_over", chat),
    ]


def test_only_supervisors_list_everybodys_conversations(worker: Makes, waiting: Waiting) -> None:
    chat = waiting()
    assert worker("小王").get("/conversations")["status"] == 403
    assert [one["id"] for one in worker("老周", "supervisor").get("/conversations")] == [chat]


def test_only_an_agents_answer_can_be_proposed(worker: Makes, waiting: Waiting) -> None:
    refused = worker().post(f"/conversations/{waiting()}/proposals", seq=1)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nothing-to-propose")


def test_canned_replies_are_found_by_words_and_filled(worker: Makes, waiting: Waiting) -> None:
    chat, program = waiting(), worker()
    made = program.post("/canned", title="到厅", text="您好，我是{坐席}，编号{编号}，{未知}。").json()
    [found] = program.get(f"/canned?q=到厅&conversation={chat}")
    assert found["text"] == f"您好，我是小王，编号{chat[:8]}，{{未知}}。"
    assert program.post("/canned", title="到厅", text="又一条").status_code == 409
    changed = program.send("PUT", f"/canned/{made['id']}", title="到厅办理", text="请到厅。")
    assert changed.json()["title"] == "到厅办理"
    assert program.send("DELETE", f"/canned/{made['id']}").status_code == 204
    assert program.get("/canned?q=到厅") == []


def test_a_search_for_a_percent_sign_finds_no_more_than_that(worker: Makes) -> None:
    program = worker()
    program.post("/canned", title="税率", text="适用3%征收率。")
    assert [one["title"] for one in program.get("/canned?q=%25")] == ["税率"]


def test_a_left_message_becomes_a_case_that_agents_work_off(client: TestClient, worker: Makes) -> None:
    made = client.post("/api/conversations").json()
    address, token = (
        f"/api/conversations/{made['conversation']}",
        {"Authorization": f"Bearer {made['token']}"},
    )
    without = client.post(f"{address}/cases", json={"text": "注销带什么材料"}, headers=token)
    assert (without.status_code, without.json()["type"]) == (422, "/problems/no-contact")
    left = client.post(
        f"{address}/cases", json={"text": "注销带什么材料", "contact": "13800138000"}, headers=token
    ).json()
    assert "138****8000" in left["text"]
    assert "11月23日（周一）9:00上班后" in left["text"]
    program = worker()
    [case] = program.get("/cases")["undone"]
    assert (case["skill"], case["contact"], case["state"]) == ("征管", "138****8000", "open")
    program.post(f"/cases/{case['id']}/steps", state="not_reached", remark="无人接听")
    done = program.post(f"/cases/{case['id']}/steps", state="done").json()
    assert [step["state"] for step in done["steps"]] == ["not_reached", "done"]
    assert program.get("/cases")["undone"] == []
    unsealed = program.post(f"/cases/{case['id']}/contact")
    assert (unsealed.status_code, unsealed.json()["type"]) == (409, "/problems/no-original")
    assert program.post("/cases/999/steps", state="done").status_code == 404


def test_supervisors_set_what_agents_take_and_when_groups_work(worker: Makes) -> None:
    agent, supervisor = worker("小王"), worker("老周", "supervisor")
    equipment = {"skills": ["发票"], "languages": ["zh"], "capacity": 2}
    assert agent.send("PUT", f"/team/{agent.id}", **equipment).status_code == 403
    assert supervisor.send("PUT", f"/team/{agent.id}", **equipment).status_code == 204
    agent.post("/presence", ready=True)
    hours = {"spans": [{"opens": "08:30", "closes": "11:30"}], "special": {"2026-12-31": []}}
    assert agent.send("PUT", "/groups/发票/hours", **hours).status_code == 403
    assert supervisor.send("PUT", "/groups/发票/hours", **hours).status_code == 204
    assert agent.get("/groups/发票/hours")["special"] == {"2026-12-31": []}
    bad = {"spans": [{"opens": "18:00", "closes": "09:00"}]}
    assert supervisor.send("PUT", "/groups/发票/hours", **bad).status_code == 422


def test_webhooks_are_a_supervisors_and_their_secret_is_shown_once(worker: Makes) -> None:
    supervisor = worker("老周", "supervisor")
    assert worker("小王").get("/webhooks")["status"] == 403
    made = supervisor.post("/webhooks", url="https://example.cn/hook", events=["handoff.requested"]).json()
    assert made["secret"]
    assert supervisor.get("/webhooks") == [{key: made[key] for key in ("id", "url", "events")}]
    assert supervisor.send("DELETE", f"/webhooks/{made['id']}").status_code == 204
    assert supervisor.send("DELETE", f"/webhooks/{made['id']}").status_code == 404
    assert supervisor.post("/webhooks", url="ftp://example.cn", events=[]).status_code == 422


def test_every_move_tells_the_webhooks_in_its_own_transaction(
    worker: Makes, waiting: Waiting, parts: Parts
) -> None:
    supervisor = worker("老周", "supervisor")
    supervisor.post("/webhooks", url="http://127.0.0.1:9/hook", events=[])
    chat = waiting()
    supervisor.post(f"/conversations/{chat}/claim")
    supervisor.post(f"/conversations/{chat}/transfer", skill="个税")
    supervisor.post(f"/conversations/{chat}/claim")
    supervisor.post(f"/conversations/{chat}/return")
    with parts.database.reading() as session:
        told = [row.event for row in session.scalars(select(DeliveryRow)).all()]
    assert sorted(told) == sorted(
        ["handoff.requested", "handoff.claimed", "handoff.transferred", "handoff.claimed", "handoff.returned"]
    )
    assert set(told) <= set(HAPPENINGS)


def test_the_video_link_is_hidden_and_refused_unless_an_address_is_set(
    worker: Makes, waiting: Waiting
) -> None:
    chat, program = waiting(), worker()
    program.post(f"/conversations/{chat}/claim")
    assert program.post(f"/conversations/{chat}/video").json()["type"] == "/problems/no-video"


def test_reading_and_typing_of_the_owner_alone_reach_the_person(
    worker: Makes, waiting: Waiting, parts: Parts
) -> None:
    chat, owner, other = waiting(), worker("小王"), worker("小李")
    owner.post(f"/conversations/{chat}/claim")
    with parts.feed.listen(chat) as bell:
        for program in (other, owner):
            program.post(f"/conversations/{chat}/typing")
            program.post(f"/conversations/{chat}/seen", seq=99)
        assert heard(bell) == [
            {"event": "typing", "who": "agent"},
            {"event": "seen", "seq": 2, "by": "agent"},
        ]
    assert owner.get(f"/conversations/{chat}")["seen"] == {"agent": 2}


def heard(bell: Bell) -> list[dict[str, Any]]:
    return bell.passing()


def test_the_api_is_documented_and_the_pages_own_copy_is_not(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    paths = [path for path in described["paths"] if "desk" in path]
    assert "/api/desk/conversations/{conversation}/claim" in paths
    assert not [path for path in paths if path.startswith("/desk")]
    assert "HTTPBearer" in described["components"]["securitySchemes"]


def test_the_pages_script_needs_the_form_token(agent: Callable[[str], Desk], waiting: Waiting) -> None:
    chat, desk = waiting(), agent("小王")
    assert desk.browser.post(f"/desk/api/conversations/{chat}/claim").status_code == 403
    good = desk.browser.post(f"/desk/api/conversations/{chat}/claim", headers={"X-Form-Token": desk.token})
    assert good.status_code == 201


def test_a_role_that_changes_changes_what_a_token_may(worker: Makes, parts: Parts) -> None:
    program = worker("小王")
    with parts.database.writing() as session:
        session.execute(update(StaffRow).where(StaffRow.id == program.id).values(role="supervisor"))
    assert program.get("/webhooks") == []


def test_supervisors_get_the_numbers_of_each_group(worker: Makes, waiting: Waiting, clock: FakeClock) -> None:
    supervisor, agent = worker("老周", "supervisor"), worker("小王")
    waiting("专票怎么开", clock.at - timedelta(seconds=100))
    late = waiting("红字发票怎么开", clock.at - timedelta(minutes=30))
    assert agent.get("/groups")["status"] == 403
    numbers = {group["skill"]: group for group in supervisor.get("/groups")}
    invoices = numbers["发票"]
    assert (invoices["waiting"], invoices["warned"], invoices["late"]) == (2, 1, 1)
    assert (invoices["in_time"], numbers["个税"]["waiting"]) == (None, 0)
    agent.post(f"/conversations/{late}/claim")
    agent.post(f"/conversations/{waiting('数电发票怎么开')}/claim")
    assert {group["skill"]: group["in_time"] for group in supervisor.get("/groups")}["发票"] is not None


def test_a_file_is_got_by_token_and_by_nobody_without_one(
    client: TestClient, worker: Makes, parts: Parts
) -> None:
    with parts.database.writing() as session:
        chat, _ = log.open_conversation(session, "web", "", parts.now())
        sent = receive(session, parts.files, chat.id, "f1", "a.png", b"\x89PNG\r\n\x1a\n", parts.now())
    path = f"/conversations/{chat.id}/files/{sent.data['file']['id']}"
    assert worker("小王").send("GET", path).content == b"\x89PNG\r\n\x1a\n"
    assert worker("小吴", "curator").send("GET", path).status_code == 403
    assert client.get(f"/api/desk{path}").status_code == 401
    assert client.get(f"/desk{path}").status_code == 401
