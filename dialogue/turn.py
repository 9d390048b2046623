"""One turn of a dialogue: a message in, messages and the new state out, or nothing changed."""

from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue import state

CHANNEL = "shuiwen"


class SilentTurn(Exception):
    """The turn ran but said nothing, which the person would see as silence."""


@dataclass(frozen=True)
class Inbound:
    """A message as the application sends it."""

    sender: str
    text: str
    metadata: dict[str, Any]
    state: dict[str, Any] | None


class Collector(OutputChannel):
    """Collects each message whole; Rasa's own collector splits text from `custom` and buttons."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, by which responses can be written for it alone."""
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep what the message has of text, buttons and custom."""
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if kept:
            self.messages.append(kept)


def without_command(text: str) -> str:
    """Make a leading slash full-width: Rasa obeys `/intent`, and anyone can type that."""
    text = text.strip()
    return "／" + text[1:] if text.startswith("/") else text


async def take(agent: Agent, inbound: Inbound) -> dict[str, Any]:
    """Run one turn from the state that the application sent; a failed one has changed nothing."""
    collector = Collector()
    tracker = state.tracker(inbound.sender, agent.domain, inbound.state or {})
    tracker = await run(agent, inbound, collector, tracker)
    if not collector.messages:
        raise SilentTurn("the turn produced no message")
    state.forget_left_forms(tracker, agent.domain)
    return reply(tracker, collector)


async def run(
    agent: Agent, inbound: Inbound, collector: Collector, tracker: DialogueStateTracker
) -> DialogueStateTracker:
    """Do what `MessageProcessor.handle_message` does, on a tracker that we hold."""
    message = UserMessage(
        without_command(inbound.text), collector, inbound.sender, None, CHANNEL, None, inbound.metadata
    )
    await agent.processor._handle_message_with_tracker(message, tracker)
    tracker = await agent.processor.run_action_extract_slots(collector, tracker)
    await agent.processor._run_prediction_loop(collector, tracker)
    return tracker


def reply(tracker: DialogueStateTracker, collector: Collector) -> dict[str, Any]:
    """Return the answer of the channel."""
    intent = tracker.latest_message.intent
    return {
        "messages": collector.messages,
        "intent": {"name": intent["name"], "confidence": round(float(intent["confidence"]), 4)},
        "state": state.read(tracker),
    }
