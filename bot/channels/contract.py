"""What every channel shares: limits of sizes, how a logged event looks to clients, and how a refusal does."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from bot.attachments import LARGEST_FILE, TYPES
from bot.conversation import Event
from bot.ratings import LONGEST_SUGGESTION
from bot.routing import LONGEST_MESSAGE

PROBLEM_TYPE = "application/problem+json"
LARGEST_BODY = 256 * 1024
LARGEST_UPLOAD = LARGEST_FILE + 64 * 1024  # the file and what multipart adds
LIMITS: dict[str, Any] = {
    "message": LONGEST_MESSAGE,
    "suggestion": LONGEST_SUGGESTION,
    "upload": LARGEST_FILE,
    "types": sorted(TYPES),
}  # what clients are told, in characters and bytes


class Problem(Exception):
    """A refusal of a request, told as problem+json (RFC 9457) with a stable ``type``."""

    def __init__(self, status: HTTPStatus, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail


def problem_response(problem: Problem, request: Request) -> JSONResponse:
    body = {
        "type": f"/problems/{problem.slug}",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        "instance": request.url.path,
    }
    return JSONResponse(body, problem.status, media_type=PROBLEM_TYPE)


def public_event(event: Event) -> dict[str, Any]:
    """An event as the person may see it: no evidence, no staff account."""
    return {
        "seq": event.seq,
        "author": event.author,
        "text": event.text,
        "at": event.at.isoformat(),
        "client_txn_id": event.client_txn_id,
        "reply_to": event.reply_to,
        "data": event.data,
    }


def rest_message(event: Event, sender: str) -> dict[str, Any]:
    """An assistant's reply in the shape of Rasa's REST channel, with the typed ``custom`` beside the text."""
    custom = {key: value for key, value in event.data.items() if key != "buttons"}
    custom.setdefault("citations", [])
    message: dict[str, Any] = {"recipient_id": sender, "text": event.text}
    if buttons := event.data.get("buttons"):
        message["buttons"] = buttons
    return message | {"custom": custom | {"conversation": event.conversation}}
