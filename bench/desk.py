"""``python -m bench.desk``: from sent to shown with a full desk, and the memory it takes, as JSON.

200 conversations that 50 agents hold, a stream for each person and each agent, 20 messages a second, half of them
from people and half from agents; on SQLite, and on PostgreSQL with Redis. Sender, streams and server share the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.rasa_process import free_port
from app.settings import ROOT
from bench.machine import resident_mb
from bot import handoff, log
from desk import staff
from store.database import Database
from tests import services

RESULTS = ROOT / "bench" / "results"
CONVERSATIONS = 200
AGENTS = 50
MESSAGES_A_SECOND = 20
SECONDS = 30
START_S = 60
SERVER = "import uvicorn; from app.assembly import assemble; from app.settings import Settings; from app.web import create_app; s = Settings(); uvicorn.run(create_app(assemble(s)), port=s.port, log_level='warning', access_log=False)"  # fmt: skip


@dataclass
class Agent:
    """``open`` is the conversation on their screen; ``token`` goes with what their page's script sends."""

    name: str
    link: str
    held: list[str] = field(default_factory=list)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    token: str = ""

    @property
    def open(self) -> str:
        return self.held[0]


@dataclass
class Office:
    address: str
    agents: list[Agent]
    tokens: dict[str, str]
    sent_at: dict[str, float] = field(default_factory=dict)
    shown_ms: dict[str, list[float]] = field(default_factory=lambda: {"to_agent": [], "to_person": []})

    def saw(self, side: str, text: str) -> None:
        for marker in re.findall(r"#[a-f]{12}#", text):
            if (began := self.sent_at.pop(side + marker, None)) is not None:
                self.shown_ms[side].append((time.perf_counter() - began) * 1000)


def main() -> None:
    figures: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1), "conversations": CONVERSATIONS, "agents_streams": AGENTS,
        "peoples_streams": CONVERSATIONS, "messages_a_second": MESSAGES_A_SECOND, "seconds": SECONDS,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        figures["sqlite"] = _measured(Path(folder), f"sqlite:///{folder}/bench.sqlite3", "")
    with (
        tempfile.TemporaryDirectory() as folder,
        services.postgres() as server,
        services.redis(Path(folder)) as redis,
    ):
        figures["postgresql_redis"] = _measured(Path(folder), services.new_database(server), redis)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "desk.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def _measured(data: Path, url: str, redis: str) -> dict[str, Any]:
    port = free_port()
    office = _filled(url, f"http://127.0.0.1:{port}")
    settings = {"PORT": str(port), "DATA": str(data), "DATABASE_URL": url, "REDIS_URL": redis, "RASA_URL": "http://127.0.0.1:9"}  # fmt: skip
    environment = os.environ | {f"SHUIWEN_{name}": value for name, value in settings.items()}
    with _server(office.address, environment) as process:
        before = round(resident_mb(process.pid))
        asyncio.run(_busy(office))
        return {
            "memory_before_mb": before,
            "memory_after_mb": round(resident_mb(process.pid)),
            "lost": len(office.sent_at),
            **{side: _percentiles(values) for side, values in office.shown_ms.items()},
        }


def _filled(url: str, address: str) -> Office:
    """A database with the agents and what they hold."""
    database, now = Database(url), datetime.now(UTC)
    database.migrate()
    office = Office(address, [], {})
    with database.writing() as session:
        for number in range(AGENTS):
            name = f"坐席{number}"
            link = f"{address}/desk/sign-in/{staff.invite(session, name, now)}"
            agent, account = Agent(name, link), staff.named(session, name)
            assert account
            for _ in range(CONVERSATIONS // AGENTS):
                chat, token = log.open_conversation(session, "web", "", now)
                log.append(session, chat.id, "customer", "小规模免税吗", now)
                handoff.request(session, log.load(session, chat.id), "asked_for_agent", now)
                handoff.claim(session, log.load(session, chat.id), account.id, name, now)
                agent.held.append(chat.id)
                office.tokens[chat.id] = token
            office.agents.append(agent)
    database.close()
    return office


@contextmanager
def _server(address: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, env=environment)  # noqa: S603
    try:
        end = time.monotonic() + START_S
        while time.monotonic() < end and not _alive(address):
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait()


def _alive(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).is_success
    except httpx.HTTPError:
        return False


async def _busy(office: Office) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=office.address, timeout=httpx.Timeout(60, read=None), limits=limits, trust_env=False
    ) as http:
        for agent in office.agents:
            await _sign_in(office, agent)
        streams = [asyncio.create_task(_agents_stream(office, http, agent)) for agent in office.agents]
        streams += [
            asyncio.create_task(_persons_stream(office, http, chat, token))
            for chat, token in office.tokens.items()
        ]
        await asyncio.sleep(5)
        sending = []
        for number in range(MESSAGES_A_SECOND * SECONDS):
            agent = office.agents[number % AGENTS]
            send = _agent_sends if number % 2 else _person_sends
            sending.append(asyncio.create_task(send(office, http, agent, number)))
            await asyncio.sleep(1 / MESSAGES_A_SECOND)
        await asyncio.gather(*sending)
        await asyncio.sleep(5)
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


async def _sign_in(office: Office, agent: Agent) -> None:
    async with httpx.AsyncClient(base_url=office.address, follow_redirects=True, trust_env=False) as browser:
        page = await browser.post(agent.link)
        found = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert found
        agent.token, agent.cookies = found[1], browser.cookies


async def _agents_stream(office: Office, http: httpx.AsyncClient, agent: Agent) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
    query = {"conversation": agent.open, "after": "2"}
    async with http.stream("GET", "/desk/events", params=query, headers={"Cookie": cookies}) as stream:
        event = ""
        async for line in stream.aiter_lines():
            event = line if line.startswith("event:") else event
            if line.startswith("data:") and event == "event: lines":
                office.saw("to_agent", line)


async def _persons_stream(office: Office, http: httpx.AsyncClient, chat: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with http.stream("GET", f"/api/conversations/{chat}/events", headers=headers) as stream:
        async for line in stream.aiter_lines():
            office.saw("to_person", line)


async def _person_sends(office: Office, http: httpx.AsyncClient, agent: Agent, number: int) -> None:
    marker = _marked(office, "to_agent")
    body = {"client_txn_id": f"p{number}", "text": f"请问 {marker}"}
    headers = {"Authorization": f"Bearer {office.tokens[agent.open]}"}
    (
        await http.post(f"/api/conversations/{agent.open}/messages", json=body, headers=headers)
    ).raise_for_status()


async def _agent_sends(office: Office, http: httpx.AsyncClient, agent: Agent, number: int) -> None:
    chat = agent.held[number % len(agent.held)]
    marker = _marked(office, "to_person")
    body = {"client_txn_id": f"a{number}", "text": f"答复 {marker}"}
    cookies = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
    headers = {"X-Form-Token": agent.token, "Cookie": cookies}
    (
        await http.post(f"/desk/api/conversations/{chat}/messages", json=body, headers=headers)
    ).raise_for_status()


def _marked(office: Office, side: str) -> str:
    # Letters alone: digits may look like a telephone number, and are masked.
    marker = f"#{''.join(secrets.choice('abcdef') for _ in range(12))}#"
    office.sent_at[side + marker] = time.perf_counter()
    return marker


def _percentiles(values: list[float]) -> dict[str, float]:
    parts = statistics.quantiles(values, n=100)
    return {
        "count": len(values), "p50_ms": round(parts[49], 1), "p95_ms": round(parts[94], 1),
        "max_ms": round(max(values), 1),
    }  # fmt: skip


if __name__ == "__main__":
    main()
