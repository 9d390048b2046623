"""The feed in one process, and across processes through a real Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.feed import Bell, Feed
from bot.redis_feed import RedisFeed
from tests import services

PATIENCE_S = 10.0


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with services.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
async def two(redis: str) -> AsyncIterator[tuple[RedisFeed, RedisFeed]]:
    """The feeds of two processes that hear each other already."""
    feeds = RedisFeed(redis), RedisFeed(redis)
    for feed in feeds:
        await feed.start()
    for here, there in (feeds, feeds[::-1]):
        with there.listen("hello") as bell:
            while "hello" not in bell.arm():
                here.ring("hello")
                await bell.wait(0.1)
    yield feeds
    for feed in feeds:
        await feed.stop()


async def rung(bell: Bell) -> set[str]:
    await bell.wait(PATIENCE_S)
    return bell.arm()


async def test_a_ring_between_arming_and_waiting_is_not_lost() -> None:
    feed = Feed()
    with feed.listen("c1", "queue") as bell:
        bell.arm()
        feed.ring("c1", "c2")
        assert await rung(bell) == {"c1"}


async def test_what_passes_is_heard_once_and_only_by_who_listens() -> None:
    feed = Feed()
    with feed.listen("c1") as bell:
        feed.say("c1", {"event": "typing"})
        feed.say("c2", {"event": "typing"})
        assert bell.passing() == [{"event": "typing"}]
        assert bell.passing() == []


async def test_a_ring_in_one_process_is_heard_in_the_other(two: tuple[RedisFeed, RedisFeed]) -> None:
    here, there = two
    with there.listen("c1") as bell:
        here.ring("c1")
        assert await rung(bell) == {"c1"}


async def test_what_passes_reaches_the_other_process_and_comes_back_to_nobody(
    two: tuple[RedisFeed, RedisFeed],
) -> None:
    here, there = two
    with there.listen("c1") as far, here.listen("c1") as near:
        here.say("c1", {"event": "typing", "who": "agent"})
        await far.wait(PATIENCE_S)
        assert far.passing() == [{"event": "typing", "who": "agent"}]
        assert near.passing() == [{"event": "typing", "who": "agent"}]


async def test_without_redis_the_bells_of_the_own_process_still_ring(tmp_path: Path) -> None:
    feed = RedisFeed(f"unix://{tmp_path / 'nothing.sock'}")
    await feed.start()
    with feed.listen("c1") as bell:
        feed.ring("c1")
        assert await rung(bell) == {"c1"}
    await feed.stop()


async def test_the_feed_goes_on_after_redis_was_restarted(tmp_path: Path) -> None:
    with services.redis(tmp_path) as url:
        here, there = RedisFeed(url), RedisFeed(url)
        await here.start()
        await there.start()
    (tmp_path / "redis.sock").unlink(missing_ok=True)
    with services.redis(tmp_path), there.listen("c1") as bell:
        heard: set[str] = set()
        for _ in range(100):
            here.ring("c1")
            await bell.wait(0.2)
            heard |= bell.arm()
            if heard:
                break
        assert heard == {"c1"}
        await here.stop()
        await there.stop()
