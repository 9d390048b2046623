from __future__ import annotations

from datetime import date

import pytest

from actions.server import executor
from knowledge.release import Release, Shelf
from tests.actions.talking import Talk

TODAY = date(2026, 11, 21)


@pytest.fixture
def shelf(release: Release) -> Shelf:
    made = Shelf()
    made.put(release)
    return made


@pytest.fixture
def talk(shelf: Shelf) -> Talk:
    return Talk(executor(shelf, lambda: TODAY))
