"""What it costs that forms ask once a second whether their reader has signed in by now."""

from __future__ import annotations

import asyncio
import itertools
import time

from auth.store import Attempt
from auth.tokens import hash_token, new_token, new_window_id
from bench.client import Connection, Expected, connections, send
from bench.processes import Server, database_url
from bench.report import Row
from bench.rounds import Effort, percentile, spread
from bench.world import SITE, World
from widget.db import Tx, open_database
from widget.store.attempts import add_attempt
from widget.store.sites import get_site

FRAMES = 1_000
EVERY = 1.0  # seconds, as static/signin.js asks
OK = Expected(200)


async def measure_waiting(service: Server, world: World, effort: Effort) -> list[Row]:
    """A thousand readers who are at a provider's page, each with a form that asks."""
    secrets = await _begin(world)
    requests = [send("POST", "/auth/redeem", {"site": SITE, "secret": secret}) for secret in secrets]
    shares, highs = [], []
    before = service.memory()
    async with connections(service.port, FRAMES) as opened:
        for warm in (True, *[False] * effort.rounds):
            share, seconds = await _wait(service, opened, requests, effort.waiting_seconds)
            if not warm:
                shares.append(share * 100)
                highs.append(percentile(seconds, 99) * 1e3)
        more = service.memory() - before
    share_, high = spread(shares), spread(highs)
    name = f"{FRAMES:,} forms that wait for a sign-in"
    return [
        Row(f"{name}: of one core", share_.median, " %", spread=share_, digits=0),
        Row(f"{name}: 99th percentile of an answer", high.median, " ms", spread=high, digits=0),
        Row(f"{name}: resident memory", more, " MB more", digits=0),
    ]


async def _begin(world: World) -> list[str]:
    """As many sign-ins that were begun; their secrets."""
    secrets = [new_token() for _ in range(FRAMES)]

    def begin(tx: Tx) -> None:
        site = get_site(tx, SITE)
        assert site is not None
        for secret in secrets:
            window = new_window_id(), hash_token(new_token())
            add_attempt(tx, Attempt(*window, hash_token(secret), "comment", site.id, "", "", "github", tx.now))

    database = open_database(database_url(world.folder))
    await database.write(begin)
    await database.close()
    return secrets


async def _wait(
    service: Server, opened: list[Connection], requests: list[bytes], seconds: float
) -> tuple[float, list[float]]:
    """The share of one core that the server took, and seconds until each answer."""
    before, started = service.cpu(), time.perf_counter()
    deadline = started + seconds

    async def frame(connection: Connection, request: bytes, first: float) -> list[float]:
        taken = []
        await asyncio.sleep(first)
        while (asked := time.perf_counter()) < deadline:
            OK.check(await connection.ask(request))
            taken.append(time.perf_counter() - asked)
            await asyncio.sleep(EVERY)
        return taken

    starts = [EVERY * number / len(opened) for number in range(len(opened))]
    found = await asyncio.gather(*map(frame, opened, requests, starts))
    return (service.cpu() - before) / (time.perf_counter() - started), [*itertools.chain.from_iterable(found)]
