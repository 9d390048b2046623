"""The HTTP channel between the application and Rasa."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.domain import Domain
from sanic import Blueprint
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse, json

from dialogue.fixes import ActionFailed
from dialogue.turn import CHANNEL, Inbound, SilentTurn, take

logger = logging.getLogger(__name__)

# Each field, what it must be, and whether it may be left out.
Fields = tuple[tuple[str, type, bool], ...]
MESSAGE: Fields = (
    ("sender", str, False),
    ("message", str, False),
    ("metadata", dict, True),
    ("state", dict, True),
)
STATE: Fields = (("slots", dict, True), ("active_loop", str, True), ("requested_slot", str, True))
KINDS = {str: "a string", dict: "an object"}


class BadMessage(ValueError):
    """The body is not a message; the sentence says what is wrong with it."""


def read_message(body: Any, domain: Domain) -> Inbound:
    """Return the message of a request's body, or raise `BadMessage`."""
    if not isinstance(body, dict):
        raise BadMessage("The body must be a JSON object.")
    check_fields(body, MESSAGE)
    check_fields(body.get("state") or {}, STATE)
    metadata = body.get("metadata") or {}
    check_content(body, metadata.get("intent"), domain)
    return Inbound(body["sender"], body["message"], metadata, body.get("state"))


def check_fields(fields: dict[str, Any], wanted: Fields) -> None:
    """Refuse a field of the wrong kind."""
    for name, kind, optional in wanted:
        value = fields.get(name)
        if not (isinstance(value, kind) or (optional and value is None)):
            raise BadMessage(f"The field '{name}' must be {KINDS[kind]}.")


def check_content(body: dict[str, Any], intent: Any, domain: Domain) -> None:
    """Refuse a message of nobody, of nothing, or with an intent that no rule knows."""
    if not body["sender"].strip():
        raise BadMessage("The field 'sender' must not be empty.")
    if intent is None and not body["message"].strip():
        raise BadMessage("The field 'message' must not be empty.")
    if intent is not None and intent not in domain.intents:
        raise BadMessage("The intent in 'metadata' is not one of the domain's.")


def failure(error: BaseException, kind: str, status: int) -> HTTPResponse:
    """Return and log a failed turn. Only our own errors are quoted: others may hold users' words."""
    own = isinstance(error, (ActionFailed, SilentTurn))
    sentence = str(error) if own else f"the turn failed: {type(error).__name__}"
    logger.error("turn failed: kind=%s %s", kind, sentence)
    return json({"error": sentence, "kind": kind}, status=status)


def bad_message(sentence: str) -> HTTPResponse:
    """Return the answer to a body that is not a message."""
    return json({"error": sentence, "kind": "bad_message"}, status=400)


class ShuiwenInput(InputChannel):
    """`POST /webhooks/shuiwen/webhook`: one message, answered with messages and the new state."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which is a part of its address."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "ShuiwenInput":
        """Make the channel; it has no settings."""
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the route. The turn is run by `dialogue.turn`, not by Rasa's own callback."""
        routes = Blueprint(CHANNEL, CHANNEL)
        routes.add_route(receive, "/webhook", methods=["POST"])
        return routes


async def receive(request: Request) -> HTTPResponse:
    """Answer one message: 200 with the reply, 400 for a bad body, 5xx for a failed turn."""
    agent = request.app.ctx.agent
    try:
        inbound = read_message(request.json, agent.domain)
    except InvalidUsage:
        return bad_message("The body must be JSON.")
    except BadMessage as error:
        return bad_message(str(error))
    return await answer(agent, inbound)


async def answer(agent: Any, inbound: Inbound) -> HTTPResponse:
    """Take the turn; whatever goes wrong in it is a 5xx that says so."""
    try:
        return json(await take(agent, inbound))
    except ActionFailed as error:
        return failure(error, "action_failed", 502)
    except Exception as error:
        return failure(error, "failed", 500)
