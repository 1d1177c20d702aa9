"""A request of the service against the floor, which answers the same bytes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench.client import OK, Answer, Expected, ask_all, ask_once, connections, send
from bench.floor import ANSWER
from bench.processes import Server
from bench.rounds import Effort, Spread, ratios, spread


class Load(NamedTuple):
    """Endless requests of one kind, and what each is answered."""

    name: str
    requests: Iterator[bytes]
    expected: Expected = OK


class Cost(NamedTuple):
    """Of one request, in seconds."""

    cpu: float
    time: float


class Compared(NamedTuple):
    ratio: Spread  # CPU of a request in floor requests
    floor: Spread  # CPU of a floor request, in µs
    rate: Spread  # requests a second


async def against_floor(service: Server, floor: Server, load: Load, number: int, effort: Effort) -> Compared:
    """So many requests in a round, by turns with floor requests; the first round is not counted."""
    await let_answer(floor, await ask_once(service.port, next(load.requests), load.expected))
    floors, costs = [], []
    for _ in range(effort.rounds + 1):
        floors.append((await cost_of(floor, load, max(number, effort.floor))).cpu)
        costs.append(await cost_of(service, load, number))
    ratio = ratios([cost.cpu for cost in costs[1:]], floors[1:])
    return Compared(ratio, spread([cpu * 1e6 for cpu in floors[1:]]), spread([1 / cost.time for cost in costs[1:]]))


async def let_answer(floor: Server, answer: Answer) -> None:
    """From now on, to everything."""
    (floor.folder / ANSWER).write_bytes(answer.head + b"\r\n\r\n" + answer.body)
    await ask_once(floor.port, send("PATCH", "/"), Expected(answer.status, len(answer.body)))


async def cost_of(server: Server, load: Load, number: int) -> Cost:
    """The server's, on average of so many requests."""
    requests = [*itertools.islice(load.requests, number)]
    async with connections(server.port) as opened:
        before, started = server.cpu(), time.perf_counter()
        await ask_all(opened, requests, load.expected)
        return Cost((server.cpu() - before) / number, (time.perf_counter() - started) / number)
