"""Refuses bodies beyond reason before they are read, and adds safe headers to every answer."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.contract import LARGEST_BODY, LARGEST_UPLOAD, Problem, problem_response

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
UPLOADS = "/files"
STAFF_ONLY = ("/desk", "/api/desk")


class Guard:
    """ASGI middleware. Rasa's action calls (below ``exempt``) carry whole dialogues and may be large."""

    def __init__(self, app: ASGIApp, exempt: str) -> None:
        self._app = app
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
        elif _too_large(scope, largest := _largest(scope)):
            await problem_response(_refused(largest), Request(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send, scope["path"]))


def _largest(scope: Scope) -> int:
    return LARGEST_UPLOAD if scope["path"].endswith(UPLOADS) else LARGEST_BODY


def _refused(largest: int) -> Problem:
    sentence = f"请求太大，最多{largest // 1024} KB。"
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", sentence)


def _too_large(scope: Scope, largest: int) -> bool:
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    return b"transfer-encoding" in headers or not length.isdigit() or int(length) > largest


def _with_headers(send: Send, path: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(SAFE_HEADERS)
            if path.startswith(STAFF_ONLY):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
