"""What several processes share by Redis (or Valkey): how often somebody did something, and what changed.

Nothing is kept there that would be missed. While it does not answer, each process counts for itself and notices what
others changed within a second (`cache.TRUST`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from widget.background import Background
from widget.events import Event, PageChanged, SiteChanged
from widget.limits import RULES, CountsInMemory

logger = logging.getLogger("palaver.redis")
PATIENCE = 0.25  # seconds for an answer: longer than it ever takes, and shorter than anybody minds
PAUSE = 2.0  # seconds for which it is not asked again after it did not answer
CHANNEL = "palaver:events"
_FAILURES = (RedisError, OSError)
_SHARED: dict[str, Callable[..., Event]] = {shape.__name__: shape for shape in (PageChanged, SiteChanged)}
# `CountsInMemory.count`, in one step for all processes
_COUNT = """
local now, burst, every = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window = burst * every
local full_again = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if full_again > now + window then full_again = now end
local wait = full_again + every - (now + window)
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%d', full_again + every), 'PX', full_again + every - now)
return 0
"""


class Shared(Background):
    """`url` is `redis://…`, `rediss://…` or `unix://…`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis: Redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._hearing: Redis = Redis.from_url(url, socket_connect_timeout=PATIENCE, health_check_interval=30)
        self._script = self._redis.register_script(_COUNT)
        self._here = CountsInMemory()
        self._name = secrets.token_hex(8)  # by which it knows its own events
        self._silent_until = 0.0

    async def count(self, rule: str, key: str, now: int) -> int:
        """As `limits.Counts` says."""
        if time.monotonic() >= self._silent_until:
            burst, every, _ = RULES[rule]
            try:
                return int(await self._script(keys=[f"palaver:limit:{rule}:{key}"], args=[now, burst, every]))
            except _FAILURES as error:
                self._did_not_answer(error)
        return await self._here.count(rule, key, now)

    def hear(self, event: Event) -> None:
        """What this process did, for the others."""
        if isinstance(event, PageChanged | SiteChanged):
            self.start(self._publish(event))

    async def _publish(self, event: PageChanged | SiteChanged) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            await self._redis.publish(CHANNEL, msgspec.json.encode([self._name, type(event).__name__, *event]))
        except _FAILURES as error:
            self._did_not_answer(error)

    def _did_not_answer(self, error: Exception) -> None:
        self._silent_until = time.monotonic() + PAUSE
        logger.warning("Redis did not answer; each process counts and checks for itself meanwhile: %s", error)

    async def listen(self, *hearers: Callable[[Event], None]) -> None:
        """Tell them what other processes did, until cancelled."""
        while True:
            try:
                async with self._hearing.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if (event := self._read(message["data"])) is not None:
                            for hear in hearers:
                                hear(event)
            except _FAILURES as error:
                logger.warning("Redis tells nothing of other processes: %s", error)
                await asyncio.sleep(PAUSE)

    def _read(self, data: Any) -> Event | None:
        """An event of another process; None for our own, and for what no process of this version would send."""
        try:
            sender, name, *values = msgspec.json.decode(data, type=list[Any])
            event = _SHARED[name](*msgspec.convert(values, list[str | int]))
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
            logger.warning("Redis told something that cannot be read")
            return None
        return event if sender != self._name else None

    async def close(self) -> None:
        await super().close()
        await self._redis.aclose()
        await self._hearing.aclose()
