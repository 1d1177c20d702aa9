"""What posting and liking costs, and what readers notice while others post as fast as they can."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence

from bench.client import OK, Connection, Expected, ask_all, connections, get, send
from bench.comparing import Load, against_floor
from bench.processes import Server
from bench.report import Row
from bench.rounds import Effort, percentile, spread
from bench.texts import make_text
from bench.world import SITE, World, frame_path, posted_body
from widget import ids

PATH = f"/api/v1/{SITE}/comments"
CREATED = Expected(201)
READERS = 8
_PAUSE = 0.01  # seconds between an answer and the reader's next request
_numbers = itertools.count()
_chance = random.Random("posts")


def posts(*pages: str, parent: str | None = None) -> Iterator[bytes]:
    """Guests' comments without end, no two alike, on these pages by turns."""
    for page, number in zip(itertools.cycle(pages), _numbers, strict=False):
        yield send("POST", PATH, posted_body(page, make_text(_chance), number, parent))


def guests() -> Iterator[tuple[str, str, str]]:
    """Name, e-mail address and text of guests' comments without end, no two alike."""
    for number in _numbers:
        yield f"Guest {number:06}", f"guest{number:06}@example.org", make_text(_chance)


async def measure_posts(service: Server, floor: Server, page: str, effort: Effort) -> list[Row]:
    load = Load("a durable post", posts(page), CREATED)
    found = await against_floor(service, floor, load, effort.posts, effort)
    return [
        Row("floor: CPU for a post", found.floor.median, " µs", spread=found.floor, digits=0),
        Row(f"{load.name}: CPU in floor requests", found.ratio.median, "×", 33, spread=found.ratio, digits=1),
        Row("posts a second", found.rate.median, "", spread=found.rate, digits=0),
    ]


async def measure_likes(service: Server, floor: Server, world: World, page: str, effort: Effort) -> list[Row]:
    load = Load("a durable like", likes(world, [ids.encode(each) for each in world.pages[page].ids]))
    found = await against_floor(service, floor, load, effort.posts, effort)
    return [Row(f"{load.name}: CPU in floor requests", found.ratio.median, "×", spread=found.ratio, digits=1)]


def likes(world: World, comments: Sequence[str]) -> Iterator[bytes]:
    """The world's reader likes all these comments, then takes it back, without end."""
    for method in itertools.cycle(("PUT", "DELETE")):
        for comment in comments:
            yield send(method, f"{PATH}/{comment}/like", Authorization=f"Bearer {world.token}")


async def measure_reads_while_posting(service: Server, posted: str, others: str, effort: Effort) -> list[Row]:
    """Readers of another page, whose document stays cached, and (in rounds between) of the page posted on."""
    medians, highs, sames, rates = [], [], [], []
    for _ in range(effort.rounds):
        elsewhere, rate = await _read_while_posting(service, posted, others, effort)
        same, _ = await _read_while_posting(service, posted, posted, effort)
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


async def _read_while_posting(service: Server, posted: str, read: str, effort: Effort) -> tuple[list[float], float]:
    """Seconds until each answer, and posts a second."""
    deadline = time.perf_counter() + effort.posting_seconds
    request = get(frame_path(read))

    async def read_on(connection: Connection) -> list[float]:
        seconds = []
        while time.perf_counter() < deadline:
            seconds += await ask_all([connection], [request], OK)
            await asyncio.sleep(_PAUSE)
        return seconds

    async with connections(service.port) as writers, connections(service.port, READERS) as readers:
        writing = asyncio.create_task(ask_all(writers, _until(deadline, posts(posted)), CREATED))
        seconds = await asyncio.gather(*(read_on(reader) for reader in readers))
        written = await writing
    return [*itertools.chain.from_iterable(seconds)], len(written) / effort.posting_seconds


def _until(deadline: float, requests: Iterator[bytes]) -> Iterator[bytes]:
    return itertools.takewhile(lambda _: time.perf_counter() < deadline, requests)
