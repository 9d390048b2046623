"""``python -m bench.widget``: what the widget costs. Rasa's seat is taken by the fake of the tests.

Size of the script; time to its first paint and to the first answer in Chromium; a thousand open streams on
one process, with its memory and how late a message arrives. Nothing here is asserted.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from app.assembly import assemble
from app.rasa_process import free_port
from app.settings import Settings
from app.web import create_app
from bench.machine import machine, resident_mb
from bench.run import RESULTS, ROOT, percentile
from bot.conversation import Reply
from bot.exchange import Exchange
from tests.fakes import FakeDialogue
from widget.script import compressed, script

STREAMS = 1_000
DELIVERIES = 300
VISITS = 10
OPEN_AT_ONCE = 50
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAINTED = "() => document.querySelector('shuiwen-chat')?.shadowRoot?.querySelector('.log article')"
ANSWERED = (
    "() => document.querySelector('shuiwen-chat').shadowRoot.querySelectorAll('article.assistant').length > 1"
)


def main() -> None:
    _allow_many_files()
    figures: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    figures |= {
        "script_bytes": len(script().encode()),
        "script_gzip_bytes": len(compressed()),
        "style_gzip_bytes": len(gzip.compress((ROOT / "widget/script/widget.css").read_bytes())),
    }
    with _served() as (address, pid):
        figures |= _visits(address)
        figures["memory_before_mb"] = round(resident_mb(pid))
        figures |= asyncio.run(_streams(address, pid))
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "widget.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def serve(data: str, port: str) -> None:
    """The application without limits on rates, in a process of its own."""
    _allow_many_files()
    settings = Settings(
        data=Path(data), rasa_url="http://127.0.0.1:9", today=date(2026, 11, 21), requests_a_minute=0,
        messages_a_minute=0,
    )  # fmt: skip
    parts = assemble(settings)
    parts.database.migrate()
    dialogue = FakeDialogue()
    dialogue.replies = [Reply("月销售额没有达到10万元的，免征增值税。", "answered")]
    exchange = Exchange(parts.database, dialogue, parts.feed, parts.now)
    app = create_app(replace(parts, dialogue=dialogue, exchange=exchange))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", timeout_graceful_shutdown=1)


@contextmanager
def _served() -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        command = [sys.executable, "-m", "bench.widget", "serve", data, str(port)]
        process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - ourselves
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address)
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(10)


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}/healthz", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the application did not start")


def _visits(address: str) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        visits = [_visit(browser, address) for _ in range(VISITS + 1)][1:]
        browser.close()
    paints, answers = zip(*visits, strict=True)
    return {
        "first_paint_ms": round(statistics.median(paints)),
        "first_answer_ms": round(statistics.median(answers)),
    }


def _visit(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds from asking for the page to the greeting, and from sending a question to its answer."""
    page = browser.new_context(locale="zh-CN").new_page()
    began = time.perf_counter()
    page.goto(f"{address}/chat", wait_until="commit")
    page.wait_for_function(PAINTED)
    painted = time.perf_counter()
    page.get_by_label("您的问题").fill("小规模免税吗")
    sent = time.perf_counter()
    page.keyboard.press("Enter")
    page.wait_for_function(ANSWERED)
    answered = time.perf_counter()
    page.context.close()
    return (painted - began) * 1000, (answered - sent) * 1000


async def _streams(address: str, pid: int) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=STREAMS + 100, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits, trust_env=False) as http:
        at_once = asyncio.Semaphore(OPEN_AT_ONCE)
        streams = [Listener(http, at_once) for _ in range(STREAMS)]
        followers = [asyncio.create_task(stream.follow()) for stream in streams]
        await asyncio.gather(*(stream.caught_up.wait() for stream in streams))
        open_mb = round(resident_mb(pid))
        cpu = await _busy_share(pid)
        late = [await stream.deliver() for stream in streams[:: STREAMS // DELIVERIES][:DELIVERIES]]
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
    return {
        "streams": STREAMS, "memory_with_streams_mb": open_mb, "cpu_of_idle_streams": cpu,
        "delivery_p50_ms": percentile(late, 50), "delivery_p95_ms": percentile(late, 95),
    }  # fmt: skip


class Listener:
    """One person's open stream."""

    def __init__(self, http: httpx.AsyncClient, at_once: asyncio.Semaphore) -> None:
        self._http = http
        self._at_once = at_once
        self._came = asyncio.Event()
        self.caught_up = asyncio.Event()

    async def follow(self) -> None:
        async with self._at_once:
            made = (await self._http.post("/api/conversations")).json()
            self._path = f"/api/conversations/{made['conversation']}"
            self._token = {"Authorization": f"Bearer {made['token']}"}
            request = self._http.build_request(
                "GET", f"{self._path}/events", headers=self._token, timeout=None
            )
            response = await self._http.send(request, stream=True)
        async for line in response.aiter_lines():
            if line == "event: caught_up":
                self.caught_up.set()
            elif line.startswith("id: 1"):
                self._came.set()

    async def deliver(self) -> float:
        """Milliseconds from sending a message to its arrival on the stream."""
        began = time.perf_counter()
        body = {"client_txn_id": "t1", "text": "小规模免税吗"}
        sent = asyncio.create_task(self._http.post(f"{self._path}/messages", json=body, headers=self._token))
        await self._came.wait()
        late = (time.perf_counter() - began) * 1000
        await sent
        return late


async def _busy_share(pid: int, seconds: float = 10.0) -> float:
    """The share of one core that the process uses while nothing happens."""

    def ticks() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    await asyncio.sleep(seconds)
    return round((ticks() - before) / 100 / seconds, 2)


def _allow_many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8_192, most), most))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:4])
    else:
        main()
