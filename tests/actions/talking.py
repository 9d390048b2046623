"""Plays Rasa's part of a dialogue: calls actions through the real executor and keeps the slots they set."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.executor import ActionExecutor


@dataclass
class Talk:
    """One person's dialogue. ``slots`` is its memory, ``silent`` where the last action said nothing."""

    executor: ActionExecutor
    slots: dict[str, Any] = field(default_factory=dict)

    async def run(
        self, action: str, text: str = "", intent: str = "ask", choice: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """What the action said, its ``custom`` beside text and buttons; empty where it said nothing."""
        result = await self.executor.run(call(action, self.slots, text, intent, choice))
        assert result is not None
        events = [event for event in result.events if event["event"] == "slot"]
        self.slots |= {event["name"]: event["value"] for event in events}
        if any(event["event"] == "reset_slots" for event in result.events):
            self.slots.clear()
        said = list(result.responses)
        assert len(said) <= 1
        return said[0]["custom"] | {"text": said[0]["text"], "buttons": said[0]["buttons"]} if said else {}

    async def ask(self, text: str) -> dict[str, Any]:
        return await self.run("action_answer", text)

    async def press(self, button: dict[str, str]) -> dict[str, Any]:
        choice = json.loads(button["payload"].removeprefix("/choose"))
        return await self.run("action_choose", button["title"], "choose", choice)

    async def fill(self, wanted: str | None, text: str, intent: str = "inform") -> dict[str, Any]:
        """The form's reading of ``text`` while it asks for ``wanted``: the slots that it set."""
        self.slots["requested_slot"] = wanted
        before = dict(self.slots)
        await self.run("validate_iit_month_form", text, intent)
        return {name: value for name, value in self.slots.items() if before.get(name, ...) != value}


def call(
    action: str,
    slots: dict[str, Any],
    text: str = "",
    intent: str = "ask",
    choice: dict[str, str] | None = None,
) -> dict[str, Any]:
    """An action call as Rasa 3.6 sends it."""
    message = {"text": text, "intent": {"name": intent}, "metadata": choice or {}}
    return {
        "next_action": action,
        "sender_id": "web:u1:1",
        "version": "3.6.21",
        "domain": {},
        "tracker": {
            "sender_id": "web:u1:1",
            "slots": dict(slots),
            "latest_message": message,
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        },
    }
