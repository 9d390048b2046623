"""``make bench``: what the whole costs on this machine, side by side in one run, as a table and as JSON.

Absolute times drift on shared machines; the ratios hold. Nothing here is asserted.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bench.machine import machine, resident_mb
from knowledge.files import read_content
from tests.journeys.conftest import Town

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results"
UV = ROOT / ".venv" / "bin" / "uv"
TURNS = 300
SENDERS = 32
MESSAGES_A_SENDER = 25
CONVERSATIONS = 5
WARM_UP = (
    "小规模纳税人月销售额多少以下免征增值税？",
    "年终奖单独计税怎么算？",
    "小型微利企业所得税优惠税率是多少？",
    "新能源汽车现在还免购置税吗，减多少？",
)

Say = Callable[[str, str], Awaitable[str]]


def main() -> None:
    console = Console()
    figures: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load": os.getloadavg()[0],
    }
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
    """Each kind of message in turn, each from a new person, so that all meet the same noise."""
    rasa = _rasa_address(town)

    async def bare(http: httpx.AsyncClient, sender: str) -> None:
        turn: dict[str, Any] = {"sender": sender, "message": "你好", "metadata": {}, "state": None}
        (await http.post(f"{rasa}/webhooks/shuiwen/webhook", json=turn)).raise_for_status()

    async def say(http: httpx.AsyncClient, sender: str, message: str) -> str:
        body = {"sender": sender, "message": message}
        response = await http.post(f"{town.address}/webhooks/rest/webhook", json=body)
        return str(response.raise_for_status().json()[0]["custom"]["outcome"])

    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        warm = [question for question in WARM_UP if await say(http, "warm-up", question) == "answered"]
        kinds: dict[str, list[float]] = {"bare": [], "answered": [], "answered_again": [], "calculated": []}
        for turn, question in enumerate(_questions()):
            if len(kinds["answered"]) == TURNS:
                break
            first = await _milliseconds(say(http, f"first{turn}", question))
            if first.value != "answered":
                continue  # asked back: another kind of work
            kinds["answered"].append(first.ms)
            kinds["bare"].append((await _milliseconds(bare(http, f"bare{turn}"))).ms)
            kinds["answered_again"].append((await _milliseconds(say(http, f"again{turn}", question))).ms)
            amount = f"劳务报酬{10_000 + 10 * turn}元要交多少个税"
            kinds["calculated"].append((await _milliseconds(say(http, f"sum{turn}", amount))).ms)
            warm.append(question)
        bare_p50 = statistics.median(kinds["bare"])
        found: dict[str, Any] = {}
        for kind, ms in kinds.items():
            found |= {f"{kind}_p50_ms": percentile(ms, 50), f"{kind}_p95_ms": percentile(ms, 95)}
            found[f"{kind}_to_bare_p50"] = round(statistics.median(ms) / bare_p50, 2)
        found["turn_100_to_turn_5_p50"] = await _long_conversations(partial(say, http), warm)
        found["messages_a_second_at_32_senders"] = await _throughput(partial(say, http), warm)
        return found


def _questions() -> list[str]:
    """The shipped questions in an order that mixes subjects, the same in each run."""
    questions = [entry.question for entry in read_content(ROOT / "knowledge" / "content").knowledge.entries]
    random.Random(7).shuffle(questions)  # noqa: S311
    return questions


async def _long_conversations(say: Say, questions: Sequence[str]) -> float:
    """How much longer the turns about the hundredth take than those about the fifth."""
    early, late = [], []
    for number in range(CONVERSATIONS):
        for turn in range(1, 103):
            question = questions[turn % len(questions)]
            ms = (await _milliseconds(say(f"long{number}", question))).ms
            if 3 <= turn <= 7:
                early.append(ms)
            if turn >= 98:
                late.append(ms)
    return round(statistics.median(late) / statistics.median(early), 2)


async def _throughput(say: Say, questions: Sequence[str]) -> float:
    async def talk(sender: int) -> None:
        for turn in range(MESSAGES_A_SENDER):
            await say(f"crowd{sender}", questions[(sender * MESSAGES_A_SENDER + turn) % len(questions)])

    began = time.perf_counter()
    await asyncio.gather(*(talk(sender) for sender in range(SENDERS)))
    return round(SENDERS * MESSAGES_A_SENDER / (time.perf_counter() - began), 1)


@dataclass(frozen=True)
class Took:
    value: Any
    ms: float


async def _milliseconds(deed: Awaitable[Any]) -> Took:
    began = time.perf_counter()
    value = await deed
    return Took(value, (time.perf_counter() - began) * 1000)


def _memory(town: Town) -> dict[str, int]:
    assert town.process
    [rasa] = town.rasa_pids()
    return {
        "memory_application_mb": round(resident_mb(town.process.pid)),
        "memory_rasa_mb": round(resident_mb(rasa)),
    }


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
