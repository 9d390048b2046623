"""How often one address and one conversation may ask for something, so that nobody takes all of it."""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Network, ip_address

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.contract import Problem, problem_response

REMEMBERED = 50_000
_SAID = re.compile(r"/api/conversations/([^/]+)/(?:messages|files|cases|ratings|rating)\b")
_ASKED = ("/api/", "/chat")


@dataclass(frozen=True)
class Allowance:
    """``burst`` at once, then ``a_minute``; none where ``a_minute`` is 0."""

    burst: int
    a_minute: float


class Buckets:
    """Token buckets by name; the least recently used are forgotten. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, allowance: Allowance) -> float:
        """Take one token; 0 where there was one, otherwise the seconds until there is."""
        if not allowance.a_minute:
            return 0.0
        now, a_second = self._clock(), allowance.a_minute / 60
        level, at = self._levels.pop(name, (float(allowance.burst), now))
        level = min(float(allowance.burst), level + (now - at) * a_second)
        missing = max(0.0, 1 - level)
        self._levels[name] = (level if missing else level - 1, now)
        if len(self._levels) > REMEMBERED:
            self._levels.popitem(last=False)
        return missing / a_second


class Rates:
    """ASGI middleware over the taxpayers' API and page. Each process counts for itself."""

    def __init__(
        self, app: ASGIApp, clock: Callable[[], float], address: Allowance, conversation: Allowance
    ) -> None:
        self._app = app
        self._buckets = Buckets(clock)
        self._address = address
        self._conversation = conversation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        waits = [self._buckets.take(*bucket) for bucket in self._buckets_of(scope)]
        if not any(waits):
            await self._app(scope, receive, send)
        else:
            await _refusal(Request(scope), math.ceil(max(waits)))(scope, receive, send)

    def _buckets_of(self, scope: Scope) -> Iterator[tuple[str, Allowance]]:
        if scope["type"] != "http" or not scope["path"].startswith(_ASKED) or scope["method"] == "OPTIONS":
            return
        host = _holder((scope.get("client") or ("?",))[0])
        yield f"address {scope['method'] == 'GET'} {host}", self._address
        if scope["method"] != "GET" and (said := _SAID.match(scope["path"])):
            yield f"conversation {said[1]}", self._conversation


def _holder(host: str) -> str:
    """Who is behind an address: a holder of IPv6 has 2**64 of them."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return host
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))


def _refusal(request: Request, seconds: int) -> PlainTextResponse | Response:
    sentence = f"您发送得太快了，请{seconds}秒后再试。"
    retry = {"Retry-After": str(seconds)}
    if "text/html" in request.headers.get("accept", ""):
        return PlainTextResponse(sentence, HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
    response = problem_response(Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", sentence), request)
    response.headers.update(retry)
    return response
