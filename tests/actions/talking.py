"""Plays Rasa's part of a dialogue: calls actions through the real executor and keeps the slots they set."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from rasa_sdk.executor import ActionExecutor

from app.settings import ROOT

FORM = "task_form"
Said = dict[str, Any]


@dataclass
class Talk:
    """One person's dialogue. ``slots`` is its memory; ``understood`` names the intent of a text."""

    executor: ActionExecutor
    understood: Callable[[str], str] = field(default=lambda _: "ask")
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    _touched: set[str] = field(default_factory=set)

    async def say(self, text: str, intent: str | None = None) -> list[Said]:
        """The replies to ``text`` by the rules of data/rules, the form first where it is active."""
        intent = intent or self.understood(text)
        if not self.form:
            return await self._ruled(text, intent)
        said = await self.run(f"validate_{FORM}", text, intent)
        replies = [said] if said else []
        if not self._took_something():
            return [*replies, *await self._ruled(text, intent)]
        if self.slots.get("requested_slot") is None:
            self.form = None
            return [*replies, await self.run("action_finish_task", text, intent)]
        return [*replies, *await self._ask(text, intent)]

    async def last(self, text: str, intent: str | None = None) -> Said:
        """The last reply to ``text``."""
        return (await self.say(text, intent))[-1]

    async def run(
        self, action: str, text: str = "", intent: str = "ask", choice: dict[str, str] | None = None
    ) -> Said:
        """What the action said, its ``custom`` beside text and buttons; empty where it said nothing."""
        result = await self.executor.run(call(action, self.slots, text, intent, choice, self.form))
        assert result is not None
        self._touched = set()
        for event in result.events:
            self._apply(event)
        said = list(result.responses)
        assert len(said) <= 2
        return said[-1]["custom"] | {"text": said[-1]["text"], "buttons": said[-1]["buttons"]} if said else {}

    async def ask(self, text: str) -> Said:
        return await self.run("action_answer", text)

    async def press(self, button: dict[str, str]) -> Said:
        choice = json.loads(button["payload"].removeprefix("/choose"))
        return await self.run("action_choose", button["title"], "choose", choice)

    def _apply(self, event: dict[str, Any]) -> None:
        if event["event"] == "slot":
            self.slots[event["name"]] = event["value"]
            self._touched.add(event["name"])
        elif event["event"] == "reset_slots":
            self.slots.clear()
        elif event["event"] == "active_loop":
            self.form = event["name"]

    def _took_something(self) -> bool:
        return bool(self._touched - {"requested_slot"})

    async def _ruled(self, text: str, intent: str) -> list[Said]:
        actions = _rules(bool(self.form)).get(intent) or [
            *_rules(False)[intent],
            *([FORM] if self.form else []),
        ]
        replies: list[Said] = []
        for action in actions:
            replies += await self._act(action, text, intent)
        if FORM not in actions and self.slots.get("collecting") and not self.form:
            replies += await self._ask(text, intent)
        return replies

    async def _act(self, action: str, text: str, intent: str) -> list[Said]:
        if action == FORM:
            return await self._ask(text, intent) if self.form else []
        if action == "action_deactivate_loop":
            self.form = self.slots["requested_slot"] = None
            return []
        if action.startswith("utter_"):
            return [{"outcome": "smalltalk", "text": action, "buttons": []}]
        said = await self.run(action, text, intent)
        return [said] if said else []

    async def _ask(self, text: str, intent: str) -> list[Said]:
        self.form, self.slots["requested_slot"] = FORM, "reply"
        return [await self.run("action_ask_reply", text, intent)]


@cache
def _rules(in_form: bool) -> dict[str, list[str]]:
    """The actions that data/rules has for each intent, in the form or outside."""
    found: dict[str, list[str]] = {}
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            steps = rule["steps"]
            opens_the_form = {"slot_was_set": [{"collecting": True}]} in steps
            if "intent" in steps[0] and bool(rule.get("condition")) == in_form and not opens_the_form:
                found[steps[0]["intent"]] = [step["action"] for step in steps if "action" in step]
    return found


def call(
    action: str,
    slots: dict[str, Any],
    text: str = "",
    intent: str = "ask",
    choice: dict[str, str] | None = None,
    form: str | None = None,
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
            "active_loop": {"name": form} if form else {},
            "latest_action_name": None,
        },
    }
