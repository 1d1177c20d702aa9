"""What it costs that many have a thread open, and how soon they see what others write."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from bench.client import ask_once
from bench.posting import CREATED, posts
from bench.processes import Cores, Server, palaver, running
from bench.report import Row
from bench.rounds import Effort, spread
from bench.world import SITE, World

STREAMS = 2_000
AT_ONCE = 50  # that connect at the same time


class Stream(asyncio.Protocol):
    """A reader's connection. It `began` once it was told where the page is: what is posted before that may be told as a
    whole new thread, and not as a comment.
    """

    def __init__(self, path: str) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
        self.began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.told: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if b"event: reset" in data and not self.began.done():
            self.began.set_result(None)
        if b"appeared" in data and not self.told.done():
            self.told.set_result(time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.ended.set_result(time.perf_counter())

    def expect(self) -> None:
        self.told = asyncio.get_running_loop().create_future()


def measure_live(cores: Cores, world: World, page: str, effort: Effort) -> list[Row]:
    """A service of its own, which is stopped with all streams open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with running(palaver(cores, world.folder)) as service:
        return asyncio.run(_measure(service, page, effort))


async def _measure(service: Server, page: str, effort: Effort) -> list[Row]:
    path = f"/live/{SITE}?{urlencode({'id': page, 'url': f'https://blog.example/{page}', 'since': 10**9})}"
    await ask_once(service.port, next(posts(page)), CREATED)  # what is loaded when first needed
    before = service.memory()
    streams = await _open(service.port, path)
    each = (service.memory() - before) * 1e6 / 1024 / STREAMS
    lasts, costs = [], []
    for _ in range(effort.rounds + 1):
        last, cpu = await _tell(service, streams, page)
        lasts.append(last * 1e3)
        costs.append(cpu / STREAMS * 1e6)
    last_, cost = spread(lasts[1:]), spread(costs[1:])
    started, used = time.perf_counter(), service.cpu() + _cpu_of_ended()
    await asyncio.to_thread(service.stop)
    stopped, stopping = time.perf_counter() - started, _cpu_of_ended() - used
    await asyncio.gather(*(stream.ended for stream in streams))
    name = f"{STREAMS:,} open streams"
    return [
        Row(f"{name}: resident memory of each", each, " KiB", 40, under=True, digits=1),
        Row(f"{name}: a comment to the last of them", last_.median, " ms", spread=last_, digits=0),
        Row(f"{name}: CPU for telling one", cost.median, " µs", spread=cost, digits=0),
        Row(f"{name}: SIGTERM to the end", stopped, " s", 2, under=True),
        Row(f"{name}: CPU for ending", stopping, " s"),
    ]


def _cpu_of_ended() -> float:
    """Seconds that processes took which were started here and are gone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _open(port: int, path: str) -> list[Stream]:
    loop, streams = asyncio.get_running_loop(), list[Stream]()
    while len(streams) < STREAMS:
        made = await asyncio.gather(
            *(loop.create_connection(lambda: Stream(path), "127.0.0.1", port) for _ in range(AT_ONCE))
        )
        await asyncio.gather(*(stream.began for _, stream in made))
        streams += [stream for _, stream in made]
    return streams


async def _tell(service: Server, streams: Sequence[Stream], page: str) -> tuple[float, float]:
    """Seconds from a comment to the last who is told of it, and of CPU."""
    for stream in streams:
        stream.expect()
    cpu, started = service.cpu(), time.perf_counter()
    await ask_once(service.port, next(posts(page)), CREATED)
    last = max(await asyncio.gather(*(stream.told for stream in streams)))
    return last - started, service.cpu() - cpu
