"""A person at the terminal, on 2026-11-21."""

from __future__ import annotations

import json
import re
from typing import Any

from typer.testing import CliRunner, Result

from app.cli import main

TODAY = "2026-11-21"
_CHINESE = re.compile("[\u4e00-\u9fff]")


def shuiwen(*words: str, typed: str = "") -> Result:
    """What ``shuiwen`` does with ``words``, and with what is ``typed`` when it asks."""
    return CliRunner().invoke(main, words, input=typed, env={"SHUIWEN_TODAY": TODAY})


def printed(*words: str, typed: str = "") -> str:
    """What it prints where all is well."""
    ran = shuiwen(*words, typed=typed)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def told(*words: str) -> Any:
    """The JSON that it prints."""
    return json.loads(printed(*words, "--json"))


def refusal(*words: str) -> str:
    """The sentence with which it refuses: one, in Chinese, on stderr, and nothing else; exit code 1."""
    ran = shuiwen(*words)
    assert (ran.exit_code, ran.stdout) == (1, ""), ran.output
    assert re.fullmatch("✗ .+\n", ran.stderr), ran.stderr
    assert _CHINESE.search(ran.stderr)
    return ran.stderr
