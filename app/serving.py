"""Serves the application until it is told to stop."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI

from app.settings import Settings
from bot.feed import Feed

GRACE_S = 3


class Server(uvicorn.Server):
    """Ends the open streams when it is told to stop, so that they are not torn off."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._feed.close()
        super().handle_exit(sig, frame)


def serve(app: FastAPI, settings: Settings, feed: Feed) -> None:
    """Serve ``app`` where the settings say. Exits with code 1 where it cannot start."""
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False,
        timeout_graceful_shutdown=GRACE_S,
    )  # fmt: skip
    server = Server(config, feed)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(1)
