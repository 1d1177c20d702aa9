"""What a post costs, and what readers notice while others post as fast as they can."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path

from bench.client import OK, Connection, Expected, ask_all, ask_once, connections, get, send
from bench.floor import POSTED
from bench.processes import Server
from bench.report import Row
from bench.rounds import Effort, percentile, ratios, spread
from bench.texts import make_text
from bench.world import SITE, frame_path, posted_body

PATH = f"/api/v1/{SITE}/comments"
CREATED = Expected(201)
READERS = 8
_PAUSE = 0.01  # seconds between an answer and the reader's next request
_numbers = itertools.count()
_chance = random.Random("posts")


def posts(page: str, parent: str | None = None) -> Iterator[bytes]:
    """Guests' comments without end, no two alike."""
    for number in _numbers:
        yield send("POST", PATH, posted_body(page, make_text(_chance), number, parent))


async def keep_posted_answer(service: Server, page: str, folder: Path) -> None:
    """Let the floor answer what the service answers to a post."""
    answer = await ask_once(service.port, next(posts(page)), CREATED)
    (folder / POSTED).write_bytes(answer.head + b"\r\n\r\n" + answer.body)


async def measure_posts(service: Server, floor: Server, page: str, effort: Effort) -> list[Row]:
    floors, values, rates = [], [], []
    for warm in (True, *[False] * effort.rounds):
        floor_cpu, _ = await _cpu_of(floor, list(itertools.islice(posts(page), effort.posts * 4)))
        cpu, seconds = await _cpu_of(service, list(itertools.islice(posts(page), effort.posts)))
        if not warm:
            floors.append(floor_cpu * 1e6)
            values.append(cpu * 1e6)
            rates.append(1 / seconds)
    ratio, micro, rate = ratios(values, floors), spread(floors), spread(rates)
    return [
        Row("floor: CPU for a post", micro.median, " µs", spread=micro, digits=0),
        Row("a durable post: CPU in floor requests", ratio.median, "×", 33, spread=ratio, digits=1),
        Row("posts a second", rate.median, "", spread=rate, digits=0),
    ]


async def _cpu_of(server: Server, requests: list[bytes]) -> tuple[float, float]:
    """Seconds of CPU and seconds of time for each request."""
    async with connections(server.port) as opened:
        before, started = server.cpu(), time.perf_counter()
        await ask_all(opened, requests, CREATED)
        return (server.cpu() - before) / len(requests), (time.perf_counter() - started) / len(requests)


async def measure_reads_while_posting(
    service: Server, posted: str, others: str, expected: Expected, effort: Effort
) -> list[Row]:
    """Readers of another page, whose document stays cached, and (in rounds between) of the page posted on."""
    medians, highs, sames, rates = [], [], [], []
    for _ in range(effort.rounds):
        elsewhere, rate = await _read_while_posting(service, posted, others, expected, effort)
        same, _ = await _read_while_posting(service, posted, posted, OK, effort)
        medians.append(percentile(elsewhere, 50) * 1e3)
        highs.append(percentile(elsewhere, 99) * 1e3)
        sames.append(percentile(same, 99) * 1e3)
        rates.append(rate)
    median, high, same_high, posted_rate = spread(medians), spread(highs), spread(sames), spread(rates)
    name = "cached reads while posting"
    return [
        Row(f"{name}: median", median.median, " ms", spread=median, digits=1),
        Row(f"{name}: 99th percentile", high.median, " ms", 20, under=True, spread=high, digits=1),
        Row("posts a second meanwhile", posted_rate.median, "", spread=posted_rate, digits=0),
        Row("reads of the page posted on: 99th percentile", same_high.median, " ms", spread=same_high, digits=1),
    ]


async def _read_while_posting(
    service: Server, posted: str, read: str, expected: Expected, effort: Effort
) -> tuple[list[float], float]:
    """Seconds until each answer, and posts a second."""
    deadline = time.perf_counter() + effort.posting_seconds
    request = get(frame_path(read))

    async def read_on(connection: Connection) -> list[float]:
        seconds = []
        while time.perf_counter() < deadline:
            seconds += await ask_all([connection], [request], expected)
            await asyncio.sleep(_PAUSE)
        return seconds

    async with connections(service.port) as writers, connections(service.port, READERS) as readers:
        writing = asyncio.create_task(ask_all(writers, _until(deadline, posts(posted)), CREATED))
        seconds = await asyncio.gather(*(read_on(reader) for reader in readers))
        written = await writing
    return [*itertools.chain.from_iterable(seconds)], len(written) / effort.posting_seconds


def _until(deadline: float, requests: Iterator[bytes]) -> Iterator[bytes]:
    return itertools.takewhile(lambda _: time.perf_counter() < deadline, requests)
