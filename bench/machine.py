"""This machine and what a process holds of it. Standard library only: Rasa's Python reads it, too."""

from __future__ import annotations

import platform
from pathlib import Path


def machine() -> str:
    return f"{platform.machine()}, {processor()}, {cores()} cores, Python {platform.python_version()}"


def processor() -> str:
    names = [line.split(":", 1)[1].strip() for line in _cpu_lines() if line.startswith("model name")]
    return names[0] if names else "processor unknown"


def cores() -> int:
    return sum(line.startswith("processor") for line in _cpu_lines())


def resident_mb(process: int | str = "self") -> float:
    """The memory that a process holds, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _cpu_lines() -> list[str]:
    return Path("/proc/cpuinfo").read_text().splitlines()
