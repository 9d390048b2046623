from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from app.assembly import Parts
from bot.channels.contract import LARGEST_BODY
from tests.actions.talking import call

THRESHOLD = "小规模纳税人月销售额多少以下免征增值税？"


class Broken(Action):  # type: ignore[misc]
    """An action with a defect."""

    def name(self) -> str:
        return "action_broken"

    async def run(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002
        tracker: Tracker,  # noqa: ARG002
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        raise ZeroDivisionError("the innards of the program")


@pytest.fixture
def address(parts: Parts) -> str:
    return f"/actions/{parts.actions_secret}"


def test_who_knows_the_secret_gets_the_action_run(client: TestClient, address: str) -> None:
    body = client.post(address, json=call("action_answer", {}, THRESHOLD)).json()
    assert body["responses"][0]["custom"]["outcome"] == "answered"
    assert {event["name"] for event in body["events"]} >= {"last_entry", "last_question"}


@pytest.mark.parametrize("secret", ["wrong", "", "..", "%00"])
def test_a_wrong_secret_is_refused_and_runs_nothing(client: TestClient, secret: str) -> None:
    response = client.post(f"/actions/{secret}", json=call("action_answer", {}, THRESHOLD))
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


def test_the_secret_is_new_with_each_start_and_not_told(client: TestClient, parts: Parts) -> None:
    assert len(parts.actions_secret) >= 32
    assert parts.actions_secret not in client.get("/openapi.json").text


def test_an_unknown_action_is_named(client: TestClient, address: str) -> None:
    response = client.post(address, json=call("action_unheard_of", {}))
    assert (response.status_code, response.json()["action_name"]) == (404, "action_unheard_of")


def test_an_action_that_raises_is_a_failure_without_its_innards(
    client: TestClient, parts: Parts, address: str
) -> None:
    parts.executor.register_action(Broken())
    response = client.post(address, json=call("action_broken", {}))
    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal")
    assert "innards" not in response.text
    assert client.post(address, json=call("action_answer", {}, THRESHOLD)).status_code == 200


def test_a_call_that_is_no_json_is_a_failure_that_tells_nothing(client: TestClient, address: str) -> None:
    response = client.post(address, content=b"{")
    assert response.status_code >= 400
    assert "Traceback" not in response.text


def test_a_long_dialogue_is_taken_though_other_requests_of_its_size_are_not(
    client: TestClient, address: str
) -> None:
    padded = call("action_answer", {"padding": "税" * LARGEST_BODY}, THRESHOLD)
    assert client.post(address, json=padded).status_code == 200
    assert client.post("/webhooks/rest/webhook", json=padded).status_code == 413
