"""Which sites may use the conversation API from their pages: our own, and those that the settings allow."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.contract import Problem, problem_response

OPEN_TO_SITES = "/api/"
NOT_ALLOWED = Problem(
    HTTPStatus.FORBIDDEN, "origin-not-allowed", "这个网站没有获准使用税问。请联系网站管理员。"
)


class Origins:
    """ASGI middleware: CORS for ``allowed`` origins below `OPEN_TO_SITES`; other sites' pages are refused.

    Cookies are never allowed across origins: an embedded widget has a token of its own conversation.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)
        self._shared = CORSMiddleware(
            app,
            allow_origins=allowed,
            allow_methods=["GET", "POST", "PUT"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if not origin or not scope["path"].startswith(OPEN_TO_SITES) or _is_own(scope, origin):
            await self._app(scope, receive, send)
        elif origin in self._allowed:
            await self._shared(scope, receive, send)
        else:
            await problem_response(NOT_ALLOWED, Request(scope))(scope, receive, send)


def _is_own(scope: Scope, origin: str) -> bool:
    return urlsplit(origin).netloc == Headers(scope=scope).get("host")
