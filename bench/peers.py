"""Other comment systems beside ours, on the same comments: what a thread and a post cost their servers.

They are installed from their registries into a folder that is kept, in the versions that stand in their modules, and
served as their documentation says for production, with SQLite.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from bench.client import OK, ask_all, ask_once, connections, get
from bench.comparing import Load, cost_of, let_answer
from bench.host_pages import HostPages
from bench.plots import OURS
from bench.processes import Cores, Server, tree_cpu
from bench.reading import load_of
from bench.report import Bar, Figure, Row
from bench.rounds import Effort, ratios
from bench.threads import Written
from bench.world import frame_path

TIMES_LESS = 3  # CPU that a cached thread has to take than the best peer's
CLIENTS = 4


class RunningPeer(NamedTuple):
    name: str
    server: Server
    thread: bytes  # its client's request for all comments of the page
    posts: Load  # on another page
    tag: str  # what a page holds to show the thread
    comment: str  # selects the text of a comment there

    async def cpu_of(self, load: Load, number: int) -> float:
        """Seconds of CPU of all its processes for each of so many requests."""
        requests = [*itertools.islice(load.requests, number)]
        async with connections(self.server.port, CLIENTS) as opened:
            before = tree_cpu(self.server.pid)
            await ask_all(opened, requests, load.expected)
            return (tree_cpu(self.server.pid) - before) / number


class Peer(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def packages(self) -> Sequence[str]:
        """Names and versions, as its registry takes them."""

    def install(self, folder: Path) -> None:
        """Unless it is there. Raises `SubprocessError` or `OSError` where that fails."""

    def serve(
        self, cores: Cores, installed: Path, folder: Path, page: Written, pages: HostPages
    ) -> contextlib.AbstractContextManager[RunningPeer]:
        """With the comments of the page, its database in `folder`. Raises `RuntimeError` where it does not start."""


@contextlib.contextmanager
def running_peers(
    cores: Cores, peers: Sequence[Peer], installed: Path, folder: Path, page: Written, pages: HostPages
) -> Iterator[tuple[list[RunningPeer], list[Row]]]:
    """Those that can be had here, and a row for each of the others."""
    with contextlib.ExitStack() as stack:
        started, missing = [], []
        for peer in peers:
            own, of_peer = folder / peer.name.lower(), installed / peer.name.lower()
            own.mkdir(parents=True)
            why = "it could not be installed here"
            try:
                peer.install(of_peer)
                why = "it did not start here"
                started.append(stack.enter_context(peer.serve(cores, of_peer, own, page, pages)))
            except (subprocess.SubprocessError, OSError, RuntimeError) as error:
                print(f"{peer.name}: {error}", file=sys.stderr)
                missing.append(Row(f"{peer.name}: not measured, {why}", None))
        yield started, missing


async def measure_peers(
    service: Server, floor: Server, page: str, peers: Sequence[RunningPeer], effort: Effort
) -> list[Figure]:
    """By turns: floor, ours, and each peer."""
    cached = await load_of("cached thread", service, get(frame_path(page)))
    answer = await ask_once(service.port, next(cached.requests))
    await let_answer(floor, answer)
    floors, ours = [], []
    reads: list[list[float]] = [[] for _ in peers]
    posts: list[list[float]] = [[] for _ in peers]
    for _ in range(effort.rounds + 1):
        floors.append((await cost_of(floor, cached, effort.reads)).cpu)
        ours.append((await cost_of(service, cached, effort.reads)).cpu)
        for peer, read, posted in zip(peers, reads, posts, strict=True):
            read.append(await peer.cpu_of(_thread(peer), effort.of_peers))
            posted.append(await peer.cpu_of(peer.posts, effort.of_peers))
    own = ratios(ours[1:], floors[1:])
    found: list[Figure] = [Bar("cpu", OURS, own.median), Bar("wire", OURS, len(answer.body) / 1e3)]
    for peer, read, posted in zip(peers, reads, posts, strict=True):
        found += _figures(peer, read[1:], posted[1:], floors[1:])
        found += await _wire(peer)
    if peers:
        less = ratios(min((read[1:] for read in reads), key=sum), ours[1:])
        name = "cached thread of 100: times less CPU than the best peer's"
        found.append(Row(name, less.median, "×", TIMES_LESS, least=True, spread=less, digits=0))
    return found


def _thread(peer: RunningPeer) -> Load:
    return Load("thread", itertools.repeat(peer.thread), OK)


def _figures(
    peer: RunningPeer, read: Sequence[float], posted: Sequence[float], floors: Sequence[float]
) -> list[Figure]:
    thread, post = ratios(read, floors), ratios(posted, floors)
    return [
        Row(f"{peer.name}: a thread of 100: CPU in floor requests", thread.median, "×", spread=thread, digits=0),
        Row(f"{peer.name}: a post: CPU in floor requests", post.median, "×", spread=post, digits=0),
        Bar("cpu", peer.name, thread.median),
    ]


async def _wire(peer: RunningPeer) -> list[Figure]:
    size = len((await ask_once(peer.server.port, peer.thread)).body) / 1e3
    return [Row(f"{peer.name}: a thread of 100 on the wire", size, " kB", digits=1), Bar("wire", peer.name, size)]
