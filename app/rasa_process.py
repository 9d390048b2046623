"""The embedded Rasa: a child process that is watched and started again when it dies."""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from app.settings import ROOT

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STOP_S = 5.0


class RasaMissing(Exception):
    """There is no Rasa environment or no trained model; the text says what to do."""


def free_port() -> int:
    """A loopback port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RasaProcess:
    """Runs ``dialogue.serve`` for as long as the ``with`` block lasts."""

    def __init__(self, python: Path, model: Path, port: int, actions_url: str) -> None:
        if not python.exists():
            raise RasaMissing(f"there is no Rasa environment at {python}; run `make setup`")
        if not model.exists():
            raise RasaMissing(f"there is no trained model at {model}; run `make setup`")
        self._command = [
            str(python), "-m", "dialogue.serve",
            "--port", str(port), "--actions", actions_url, "--model", str(model.parent),
        ]  # fmt: skip
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        await self._start()
        self._watch = asyncio.create_task(self._keep_running())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch:
            self._watch.cancel()
        if self._process and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(STOP_S):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(*self._command, cwd=ROOT, stdin=DEVNULL)

    async def _keep_running(self) -> None:
        pause = FIRST_PAUSE_S
        clock: Callable[[], float] = asyncio.get_running_loop().time
        while self._process:
            began = clock()
            code = await self._process.wait()
            pause = FIRST_PAUSE_S if clock() - began > LONGEST_PAUSE_S else min(pause * 2, LONGEST_PAUSE_S)
            logger.warning("Rasa ended with code %s; starting it again in %.1f s", code, pause)
            await asyncio.sleep(pause)
            self.restarts += 1
            await self._start()
