"""``make bench``: what the whole costs on this machine, side by side in one run, as a table and as JSON.

Absolute times drift on shared machines; the ratios hold. Nothing here is asserted.
"""

from __future__ import annotations

import asyncio
import json
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from tests.journeys.conftest import Town

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results"
UV = ROOT / ".venv" / "bin" / "uv"
TURNS = 300
SENDERS = 32
MESSAGES_A_SENDER = 25
QUESTIONS = (
    "小规模纳税人月销售额多少以下免征增值税？",
    "年终奖单独计税怎么算？",
    "小型微利企业所得税优惠税率是多少？",
    "新能源汽车现在还免购置税吗，减多少？",
)


class NotAnswered(Exception):
    """A question of the benchmark was not answered, so what was timed is not an answer."""


Send = Callable[[httpx.AsyncClient, str], Awaitable[None]]


def main() -> None:
    console = Console()
    figures: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    console.print("· setting up both environments anew, from the package cache …")
    figures |= _set_up()
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder))
        console.print("· preparing: knowledge, first release …")
        figures["prepare_s"] = _timed(lambda: town.command("prepare"))
        figures["start_to_ready_s"] = _timed(town.start)
        try:
            console.print("· asking …")
            figures |= asyncio.run(_speed(town))
            figures |= _memory(town)
        finally:
            town.stop()
    _report(console, figures)


def _set_up() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, lock, python in (
        ("application", "requirements.lock", ROOT / ".venv" / "bin" / "python"),
        ("rasa", "dialogue/requirements.lock", ROOT / "dialogue" / ".venv" / "bin" / "python"),
    ):
        with tempfile.TemporaryDirectory(dir=ROOT / "var") as folder:
            venv = Path(folder) / "venv"

            def install(venv: Path = venv, lock: str = lock, python: Path = python) -> None:
                for command in (
                    [UV, "venv", "--quiet", "--python", python, venv],
                    [
                        UV,
                        "pip",
                        "sync",
                        "--quiet",
                        "--compile-bytecode",
                        "--python",
                        venv / "bin" / "python",
                        lock,
                    ],
                ):
                    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)  # noqa: S603

            found[f"setup_{name}_s"] = _timed(install)
            found[f"disk_{name}_mb"] = sum(p.stat().st_size for p in venv.rglob("*") if p.is_file()) // 2**20
    return found


async def _speed(town: Town) -> dict[str, Any]:
    """Bare utterances and answered questions in turn, so that both meet the same noise."""
    rasa = _rasa_address(town)

    async def bare(http: httpx.AsyncClient, sender: str) -> None:
        turn: dict[str, Any] = {"sender": sender, "message": "你好", "metadata": {}, "state": None}
        (await http.post(f"{rasa}/webhooks/shuiwen/webhook", json=turn)).raise_for_status()

    async def asked(http: httpx.AsyncClient, sender: str) -> None:
        question = QUESTIONS[hash(sender) % len(QUESTIONS)]
        body = {"sender": sender, "message": question}
        response = await http.post(f"{town.address}/webhooks/rest/webhook", json=body)
        outcome = response.raise_for_status().json()[0]["custom"]["outcome"]
        if outcome != "answered":
            raise NotAnswered(f"“{question}” was {outcome}; take a question that is answered")

    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        for warm in range(20):
            await bare(http, f"warm{warm}")
            await asked(http, f"warm{warm}")
        bare_ms, asked_ms = [], []
        for turn in range(TURNS):
            bare_ms.append(await _milliseconds(bare, http, f"bare{turn // 10}"))
            asked_ms.append(await _milliseconds(asked, http, f"asked{turn // 10}"))
        return {
            "bare_utterance_p50_ms": percentile(bare_ms, 50),
            "bare_utterance_p95_ms": percentile(bare_ms, 95),
            "answered_p50_ms": percentile(asked_ms, 50),
            "answered_p95_ms": percentile(asked_ms, 95),
            "answered_to_bare_p50": round(statistics.median(asked_ms) / statistics.median(bare_ms), 2),
            "messages_a_second_at_32_senders": await _throughput(asked, http),
        }


async def _throughput(send: Send, http: httpx.AsyncClient) -> float:
    async def talk(sender: int) -> None:
        for _ in range(MESSAGES_A_SENDER):
            await send(http, f"crowd{sender}")

    began = time.perf_counter()
    await asyncio.gather(*(talk(sender) for sender in range(SENDERS)))
    return round(SENDERS * MESSAGES_A_SENDER / (time.perf_counter() - began), 1)


async def _milliseconds(send: Send, http: httpx.AsyncClient, sender: str) -> float:
    began = time.perf_counter()
    await send(http, sender)
    return (time.perf_counter() - began) * 1000


def _memory(town: Town) -> dict[str, int]:
    assert town.process
    [rasa] = town.rasa_pids()
    return {"memory_application_mb": resident(town.process.pid), "memory_rasa_mb": resident(rasa)}


def resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


def _rasa_address(town: Town) -> str:
    [pid] = town.rasa_pids()
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return f"http://127.0.0.1:{words[words.index('--port') + 1]}"


def _timed(deed: Callable[[], Any]) -> float:
    began = time.perf_counter()
    deed()
    return round(time.perf_counter() - began, 1)


def percentile(values: list[float], share: int) -> float:
    return round(statistics.quantiles(values, n=100)[share - 1], 1)


def machine() -> str:
    cores = len(
        [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor")]
    )
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}"


def _report(console: Console, figures: dict[str, Any]) -> None:
    table = Table("measure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    console.print(table)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / "whole.json"
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    console.print(f"written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
