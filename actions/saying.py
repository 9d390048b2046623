"""How an action speaks: one message with its text, buttons and typed part, and memory as slots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation import Button, HandoffReason, Outcome


def say(
    dispatcher: CollectingDispatcher,
    outcome: Outcome,
    text: str,
    buttons: Sequence[Button] = (),
    **details: Any,
) -> None:
    """Send a reply; ``details`` are further fields of ``custom``, None left out."""
    custom = {"outcome": outcome} | {key: value for key, value in details.items() if value is not None}
    pressed = [{"title": button.title, "payload": button.payload} for button in buttons]
    dispatcher.utter_message(text=text, buttons=pressed, json_message=custom)


def hand_off(
    dispatcher: CollectingDispatcher, reason: HandoffReason, text: str, **details: Any
) -> list[EventType]:
    """Say why a person takes over; the conversation is moved when the reply is recorded."""
    say(dispatcher, "handed_off", text, reason=reason, **details)
    return remember(clarifications=0, offered=None)


def remember(**slots: Any) -> list[EventType]:
    return [SlotSet(name, value) for name, value in slots.items()]


def heard(tracker: Tracker) -> str:
    """The message as the person typed it."""
    return str(tracker.latest_message.get("text") or "")


def intent_of(tracker: Tracker) -> str:
    """The dialogue act that Rasa took the message for."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def pressed(tracker: Tracker) -> tuple[str | None, str | None]:
    """The entry behind the button that was pressed, and who it says is asking."""
    metadata = tracker.latest_message.get("metadata") or {}
    return metadata.get("entry"), metadata.get("who")
