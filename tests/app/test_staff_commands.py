"""The commands about staff and retention, as an operator runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import ROOT
from bot.vault import Vault

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shuiwen(tmp_path: Path) -> Run:
    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from app.cli import main; main()", *words],
            cwd=ROOT,
            env=os.environ | {"SHUIWEN_DATA": str(tmp_path)} | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_link_and_a_retention_run_stand_in_the_audit_log(shuiwen: Run) -> None:
    link = shuiwen("staff", "link", "小王", "--role", "reviewer")
    assert "/desk/sign-in/" in link.stdout
    deleted = shuiwen("retention", "run")
    assert deleted.stdout.split() == [
        "originals:",
        "0",
        "evidence:",
        "0",
        "conversations:",
        "0",
        "files:",
        "0",
        "drafts:",
        "0",
        "deliveries:",
        "0",
        "sessions:",
        "0",
        "audit:",
        "0",
    ]
    lines = [json.loads(line) for line in shuiwen("staff", "audit", "--json").stdout.splitlines()]
    assert [(line["actor"], line["act"], line["about"]) for line in lines] == [
        ("命令行", "forgotten", "到期数据"),
        ("命令行", "link_made", "小王"),
    ]
    assert "小王" in shuiwen("staff", "audit", "--act", "link_made").stdout
    assert shuiwen("staff", "audit", "--who", "别人", "--json").stdout == ""


def test_a_printed_key_is_one_that_the_application_takes(shuiwen: Run) -> None:
    key = shuiwen("retention", "key").stdout.strip()
    assert Vault(key).open(Vault(key).seal("原文")) == "原文"


def test_a_refusal_is_one_sentence(shuiwen: Run) -> None:
    refused = shuiwen("staff", "link", "x" * 61)
    assert refused.returncode == 1
    assert "姓名要有1到60个字" in refused.stderr
    assert "Traceback" not in refused.stderr
