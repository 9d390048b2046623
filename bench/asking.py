"""Ask one answerer question by question and take its time. Standard library only: Rasa's Python runs it, too."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.machine import resident_mb

WARM = 50

# The labels found, best first, and how sure the answerer is of the first: any number that grows with it.
Answer = tuple[list[str], float]
Answerer = Callable[[str], Answer]


@dataclass(frozen=True)
class Asked:
    """``answers`` in the order of the questions; medians a question of the time that passed and of the time
    that processors worked, in milliseconds; what loading and `WARM` first questions added to the memory, in MiB."""

    answers: list[Answer]
    p50_ms: float
    p50_cpu_ms: float
    memory_mb: float


def ask(load: Callable[[], Answerer], texts: Sequence[str]) -> Asked:
    """Libraries must have been imported before, so that their memory is not counted."""
    gc.collect()
    before = resident_mb()
    answerer = load()
    for text in texts[:WARM]:
        answerer(text)
    gc.collect()
    memory = resident_mb() - before
    answers, wall, cpu = [], [], []
    for text in texts:
        began, worked = time.perf_counter(), time.process_time()
        answers.append(answerer(text))
        cpu.append((time.process_time() - worked) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    return Asked(answers, statistics.median(wall), statistics.median(cpu), memory)
