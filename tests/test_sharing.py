"""Two processes with one database and one Redis: each knows at once what the other did, and counts with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from redis.asyncio import Redis

from tests.support.redis import RedisServer
from tests.support.service import GUEST, HOME, PAGE, Clock, World, open_world, settings
from tests.support.streams import Stream
from widget import cache, live, sharing, site_directory
from widget.app import Application, create_app
from widget.limits import RULES

FOREVER = 3_600.0  # seconds


@pytest.fixture
async def first(
    database_url: str, clock: Clock, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """What it knows it trusts until it is told otherwise."""
    monkeypatch.setattr(cache, "TRUST", FOREVER)
    monkeypatch.setattr(site_directory, "TRUST", FOREVER)
    monkeypatch.setattr(live, "PAUSE", FOREVER)
    monkeypatch.setattr(sharing, "PAUSE", 0.05)
    async with open_world(database_url, clock, redis_url=redis_server.url, limits=True) as world:
        yield world


@pytest.fixture
async def other(first: World, database_url: str, clock: Clock, redis_server: RedisServer) -> AsyncIterator[Application]:
    app = create_app(settings(database_url, redis_url=redis_server.url, limits=True), clock=clock)
    async with app.lifespan(app.starlette):
        await _listening(redis_server, 2)
        yield app


@pytest.fixture
async def second(other: Application) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(other), base_url=HOME) as client:
        yield client


async def _listening(server: RedisServer, processes: int) -> None:
    async with Redis.from_url(server.url, socket_timeout=1.0) as redis:
        await _until(lambda: _subscribers(redis), lambda number: number == processes)


async def _subscribers(redis: Redis) -> int:
    with contextlib.suppress(OSError):
        return int((await redis.pubsub_numsub(sharing.CHANNEL))[0][1])
    return 0


async def _until(read: Callable[[], Awaitable[Any]], good: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(30):
        while not good(await read()):
            await asyncio.sleep(0.01)


async def _post(client: httpx2.AsyncClient, text: str) -> httpx2.Response:
    return await client.post("/api/v1/blog/comments", json={"url": PAGE, "text": text, "guest": GUEST})


async def _frame(client: httpx2.AsyncClient) -> str:
    return (await client.get("/embed/blog", params={"url": PAGE})).text


async def test_comment_posted_to_one_process_is_in_the_next_answer_of_the_other(
    first: World, second: httpx2.AsyncClient
) -> None:
    assert "Nobody has said anything yet" in await _frame(second)
    await first.post("Told by Redis.")
    await _until(lambda: _frame(second), lambda html: "Told by Redis." in html)


async def test_setting_changed_in_one_process_is_known_to_the_other(first: World, second: httpx2.AsyncClient) -> None:
    assert (await _post(second, "By a guest.")).status_code == 201
    await first.set_site("blog", guests="off")

    async def refused() -> int:
        first.clock.pass_seconds(60)
        return (await _post(second, f"By a guest at {first.clock.time}.")).status_code

    await _until(refused, lambda status: status == 401)


async def test_guest_is_counted_by_both_processes_together(first: World, second: httpx2.AsyncClient) -> None:
    for number in range(RULES["post"].burst):
        assert (await _post(second if number % 2 else first.client, f"Number {number}.")).status_code == 201
    refusals = [await _post(client, "One too many.") for client in (first.client, second)]
    assert [refusal.status_code for refusal in refusals] == [429, 429]
    assert int(refusals[0].headers["retry-after"]) == RULES["post"].every // 1_000


async def test_service_goes_on_without_redis_and_with_it_again(
    first: World, second: httpx2.AsyncClient, redis_server: RedisServer
) -> None:
    redis_server.stop()
    assert (await _post(first.client, "Without Redis.")).status_code == 201
    assert (await _post(second, "Also without.")).status_code == 201
    redis_server.start()
    await _listening(redis_server, 2)

    async def told() -> str:
        first.clock.pass_seconds(60)
        await first.post(f"With Redis again at {first.clock.time}.")
        return await _frame(second)

    await _until(told, lambda html: "With Redis again" in html)


@pytest.mark.parametrize(
    "noise", [b"", b"{}", b"[]", b'["x","Unknown"]', b'["x","PageChanged"]', b'["x","SiteChanged",{}]']
)
async def test_message_that_no_process_would_send_is_passed_over(
    first: World, second: httpx2.AsyncClient, redis_server: RedisServer, noise: bytes
) -> None:
    await _frame(second)
    async with Redis.from_url(redis_server.url) as redis:
        await redis.publish(sharing.CHANNEL, noise)
    await first.post("Heard all the same.")
    await _until(lambda: _frame(second), lambda html: "Heard all the same." in html)


async def test_comment_posted_to_one_process_is_told_to_those_who_have_the_thread_open_at_the_other(
    first: World, other: Application
) -> None:
    async with Stream(other).open() as stream:
        await first.post("Told by Redis.")
        await stream.until(lambda now: len(now.events) > 0)
    assert "Told by Redis." in stream.events[0].body["comments"][0]["html"]
