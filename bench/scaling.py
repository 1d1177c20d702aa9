"""Several processes on one PostgreSQL: posts and reads a second, and what a post costs them and the database together.

They and the database share the cores that the load leaves. With two cores that is one: there the figures say what it
costs to be several, and not what is gained.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.client import CONNECTIONS, Connection, ask_all, connections, get
from bench.comparing import Load
from bench.posting import CREATED, posts
from bench.processes import Cores, Server, palaver, running, tree_cpu
from bench.report import Bar, Figure, Row
from bench.rounds import Effort, spread
from bench.threads import whole_plan
from bench.world import frame_path, make_world
from tests.support.postgres import is_installed, running_postgres

NUMBERS = (1, 2, 4)
PAGES = [f"page-{number}" for number in range(8)]  # that are posted on by turns: a post locks its page


class Cost(NamedTuple):
    cpu: float  # of a request, in seconds, the database's included
    rate: float  # requests a second


class Several(NamedTuple):
    servers: Sequence[Server]
    database: int  # its process id

    def first(self, number: int) -> Several:
        return Several(self.servers[:number], self.database)

    def cpu(self) -> float:
        return sum(server.cpu() for server in self.servers) + tree_cpu(self.database)

    async def cost_of(self, load: Load, number: int) -> Cost:
        """The connections are dealt out to the processes, as a balancer would."""
        requests = [*itertools.islice(load.requests, number)]
        async with contextlib.AsyncExitStack() as stack:
            opened: list[Connection] = []
            for server in self.servers:
                each = CONNECTIONS // len(self.servers)
                opened += await stack.enter_async_context(connections(server.port, each))
            before, started = self.cpu(), time.perf_counter()
            await ask_all(opened, requests, load.expected)
            return Cost((self.cpu() - before) / number, number / (time.perf_counter() - started))


def measure_scaling(cores: Cores, folder: Path, effort: Effort) -> list[Figure]:
    if not is_installed():
        return [Row("processes on PostgreSQL: not measured, it is not installed here", None)]
    cores, chance = cores.of_several(), random.Random("scaling")
    with contextlib.ExitStack() as stack:
        with cores.as_server():
            postgres = stack.enter_context(running_postgres(durable=True))
        url = postgres.create_database(empty=True)
        make_world(folder, {page: whole_plan(chance) for page in PAGES}, url=url)
        settings = {"PALAVER_DATABASE_URL": url, "PALAVER_SECRET_KEYS": "k" * 32}
        servers = [stack.enter_context(running(palaver(cores, folder, **settings))) for _ in range(max(NUMBERS))]
        return asyncio.run(_measure(Several(servers, postgres.pid), effort))


async def _measure(several: Several, effort: Effort) -> list[Figure]:
    loads = (
        (Load("post", posts(*PAGES), CREATED), effort.posts // 2),
        (Load("cached thread", itertools.cycle([get(frame_path(page)) for page in PAGES])), effort.reads),
    )
    found: list[Figure] = []
    for load, number in loads:
        costs: dict[int, list[Cost]] = {processes: [] for processes in NUMBERS}
        for _ in range(effort.rounds + 1):
            for processes in NUMBERS:
                costs[processes].append(await several.first(processes).cost_of(load, number))
        for processes in NUMBERS:
            found += _figures(load.name, processes, costs[processes][1:])
    return found


def _figures(name: str, processes: int, costs: Sequence[Cost]) -> list[Figure]:
    rate, cpu = spread([cost.rate for cost in costs]), spread([cost.cpu * 1e3 for cost in costs])
    what = f"{processes} process{'es' if processes > 1 else ''} on PostgreSQL"
    return [
        Row(f"{what}: {name}s a second", rate.median, "", spread=rate, digits=0),
        Row(f"{what}: CPU of a {name}, with the database's", cpu.median, " ms", spread=cpu),
        *([Bar("processes", str(processes), rate.median)] if name == "post" else []),
    ]
