"""Sends the outbox: one signed POST a delivery, tried again later where it is not taken."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime

import httpx
from anyio import to_thread

from bot import outbox
from bot.outbox import Delivery
from store.database import Database, DatabaseUnavailable

logger = logging.getLogger(__name__)

TURN_S = 2.0
TIMEOUT_S = 10.0


class Webhooks:
    """Runs in every process; each due delivery is taken by one of them."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._http = httpx.AsyncClient(transport=transport, timeout=TIMEOUT_S, follow_redirects=False)

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            try:
                await self.turn()
            except DatabaseUnavailable as error:
                logger.error("webhooks: %s", error)
            await asyncio.sleep(TURN_S)

    async def turn(self) -> int:
        """Send what is due now; how many deliveries were taken by their receivers."""
        due = await to_thread.run_sync(self._due)
        problems = await asyncio.gather(*(self._send(delivery) for delivery in due))
        await to_thread.run_sync(self._settle, list(zip(due, problems, strict=True)))
        return problems.count(None)

    async def close(self) -> None:
        await self._http.aclose()

    async def _send(self, delivery: Delivery) -> str | None:
        """None where the receiver took it, else why not."""
        body = json.dumps(delivery.body, ensure_ascii=False).encode()
        timestamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Shuiwen-Delivery": delivery.id,
            "X-Shuiwen-Timestamp": timestamp,
            "X-Shuiwen-Signature": outbox.signature(delivery.secret, timestamp, body),
        }
        try:
            response = await self._http.post(delivery.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return repr(error)
        return None if response.is_success else f"the receiver answered {response.status_code}"

    def _due(self) -> list[Delivery]:
        with self._database.reading() as session:
            if not outbox.any_due(session, self._now()):
                return []
        with self._database.writing() as session:
            return outbox.due(session, self._now())

    def _settle(self, sent: list[tuple[Delivery, str | None]]) -> None:
        if not sent:
            return
        with self._database.writing() as session:
            for delivery, problem in sent:
                if problem is None:
                    outbox.delivered(session, delivery.id, self._now())
                else:
                    outbox.failed(session, delivery, problem, self._now())
