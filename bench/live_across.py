"""How soon readers at one process see what was posted to another, on PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import shutil
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bench.client import connections
from bench.live import Stream
from bench.posting import CREATED, posts
from bench.processes import Cores, Server, palaver, running
from bench.report import Row
from bench.rounds import Effort, percentile
from bench.threads import whole_plan
from bench.world import SITE, make_world
from tests.support.postgres import is_installed, running_postgres
from tests.support.redis import running_redis

PAGE = "page"
WARM_UP = 20  # posts


class Told(NamedTuple):
    """Seconds until a stream of the other process had the comment: from when it was sent, and acknowledged."""

    sent: float
    acknowledged: float


def measure_live_across(cores: Cores, folder: Path, effort: Effort) -> list[Row]:
    """The processes, the database and Redis share the cores that the load leaves."""
    name = "two processes, a comment posted to one and told by the other"
    if not is_installed() or shutil.which("redis-server") is None:
        return [Row(f"{name}: not measured, PostgreSQL or Redis is not installed here", None)]
    cores = cores.of_several()
    with contextlib.ExitStack() as stack:
        with cores.as_server():
            postgres, redis = stack.enter_context(running_postgres(durable=True)), stack.enter_context(running_redis())
        url = postgres.create_database(empty=True)
        make_world(folder, {PAGE: whole_plan(random.Random("across"))}, url=url)
        settings = {"PALAVER_DATABASE_URL": url, "PALAVER_SECRET_KEYS": "k" * 32, "PALAVER_REDIS_URL": redis.url}
        first, second = [stack.enter_context(running(palaver(cores, folder, **settings))) for _ in range(2)]
        found = asyncio.run(_measure(first, second, effort.across + WARM_UP))[WARM_UP:]
    sent, acknowledged = [told.sent * 1e3 for told in found], [told.acknowledged * 1e3 for told in found]
    return [
        Row(f"{name}: median", percentile(sent, 50), " ms", digits=0),
        Row(f"{name}: 95th percentile", percentile(sent, 95), " ms", 100, under=True, digits=0),
        Row("the same, from its acknowledgement: median", percentile(acknowledged, 50), " ms", digits=0),
        Row("the same, from its acknowledgement: 95th percentile", percentile(acknowledged, 95), " ms", digits=0),
    ]


async def _measure(first: Server, second: Server, number: int) -> list[Told]:
    path = f"/live/{SITE}?{urlencode({'id': PAGE, 'url': f'https://blog.example/{PAGE}', 'since': 10**9})}"
    found = list[Told]()
    async with connections(first.port, 1) as [writer]:
        _, stream = await asyncio.get_running_loop().create_connection(lambda: Stream(path), "127.0.0.1", second.port)
        await stream.began
        for request in itertools.islice(posts(PAGE), number):
            stream.expect()
            sent = time.perf_counter()
            CREATED.check(await writer.ask(request))
            acknowledged = time.perf_counter()
            told = await stream.told
            found.append(Told(told - sent, told - acknowledged))
        stream.transport.close()
    return found
