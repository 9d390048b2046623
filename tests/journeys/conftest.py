"""The real thing: Rasa in its own environment, the shipped knowledge, one published release, served."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.rasa_process import free_port

ROOT = Path(__file__).parent.parent.parent
SHUIWEN = ROOT / ".venv" / "bin" / "shuiwen"
START_S = 400
TODAY = "2026-11-21"


@dataclass
class Town:
    """A running 税问 with a data folder of its own."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "SHUIWEN_DATA": str(self.data),
            "SHUIWEN_PORT": str(self.port),
            "SHUIWEN_TODAY": TODAY,
        }

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SHUIWEN), *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        with (self.data / "log").open("a") as log:
            self.process = subprocess.Popen(
                [str(SHUIWEN), "run"], cwd=ROOT, env=self.environment, text=True, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Raises `AssertionError` with the log where the town does not come up."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process and self.process.poll() is None:
            if self.ready():
                return
            time.sleep(0.3)
        raise AssertionError((self.data / "log").read_text())

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """Ctrl-C."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def rasa_pids(self) -> list[int]:
        """The Rasa processes that this town started."""
        listed = subprocess.run(
            ["ps", "-wweo", "pid,args"], capture_output=True, text=True, check=True
        ).stdout
        mine = f"127.0.0.1:{self.port}/actions/"
        return [
            int(line.split()[0]) for line in listed.splitlines() if "dialogue.serve" in line and mine in line
        ]

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        body = {"sender": sender, "message": message}
        response = httpx.post(f"{self.address}/webhooks/rest/webhook", json=body, timeout=30, trust_env=False)
        assert response.status_code == 200, response.text
        replies: list[dict[str, Any]] = response.json()
        return replies

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, follow_redirects=True, timeout=30, trust_env=False)

    @contextmanager
    def agent(self, name: str) -> Iterator[Agent]:
        link = self.command("staff", "link", name).stdout.strip()
        with self.browser() as browser:
            token = re.search(r'name="form_token" value="([^"]+)"', browser.post(link).text)
            assert token
            yield Agent(browser, token[1])


@dataclass
class Agent:
    """A signed-in agent's browser, without its script."""

    browser: httpx.Client
    form_token: str

    def desk(self) -> str:
        return self.browser.get("/desk").text

    def act(self, conversation: str, move: str, **form: str) -> str:
        address = f"/desk/conversations/{conversation}/{move}"
        return self.browser.post(address, data={"form_token": self.form_token, **form}).text


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("town"))
    try:
        made.start()
        yield made
    finally:
        if made.process and made.process.poll() is None:
            made.stop()
