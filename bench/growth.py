"""What a long thread costs against a short one: the same requests, which show as much, on services of their own."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence

from bench.client import Connection, ask_all, connections, get
from bench.comparing import Load
from bench.posting import CREATED, likes, posts
from bench.processes import Server
from bench.report import Bar, Figure, Row
from bench.rounds import Effort, ratios, spread
from bench.world import World, frame_path
from widget import cursors, ids

PAGE = "thread"
_FRAGMENT = {"Palaver-Fragment": "1"}
_BRANCH, _ANSWERED = 2, 55  # places in `long_plan`: the third root, and one of its first replies


def make_loads(world: World) -> list[Load]:
    page = world.pages[PAGE]
    roots = sorted(path for path in page.paths if len(path) == 8)
    before_last_roots = cursors.after_root("old", 0, int.from_bytes(roots[-11], "big"))
    answered = ids.encode(page.ids[_ANSWERED])
    return [
        Load("first page, uncached", _first_pages()),
        Load("next page", itertools.repeat(get(frame_path(PAGE, cursor=before_last_roots), **_FRAGMENT))),
        Load("replies", itertools.repeat(more_replies(world))),
        Load("post", posts(PAGE, parent=answered), CREATED),
        Load("like", likes(world, [answered])),
    ]


def more_replies(world: World) -> bytes:
    """The request for the last 15 replies to the third root of `PAGE`, as the reader's script sends it."""
    page = world.pages[PAGE]
    branch = sorted(path for path in page.paths if path.startswith(page.paths[_BRANCH]))
    root = ids.encode(page.ids[_BRANCH])
    return get(frame_path(PAGE, replies=root, cursor=cursors.after_reply(branch[-16])), **_FRAGMENT)


def _first_pages() -> Iterator[bytes]:
    """Each under another address of the same page, so that none is cached."""
    for number in itertools.count():
        yield get(frame_path(PAGE, url=f"https://blog.example/{PAGE}?view={number}"))


async def measure_growth(services: Sequence[Server], worlds: Sequence[World], effort: Effort) -> list[Figure]:
    """Each with a thread of another of `effort.sizes`; the longest is compared with the shortest."""
    found: list[Figure] = []
    name = f"{effort.sizes[-1]:,} against {effort.sizes[0]:,}"
    async with contextlib.AsyncExitStack() as stack:
        opened = [(await stack.enter_async_context(connections(service.port, 1)))[0] for service in services]
        for loads in zip(*map(make_loads, worlds), strict=True):
            costs: list[list[float]] = [[] for _ in services]
            for _ in range(effort.rounds + 1):
                for service, connection, load, values in zip(services, opened, loads, costs, strict=True):
                    values.append(await _cpu_of(service, connection, load, effort))
            ratio = ratios(costs[-1][1:], costs[0][1:])
            found.append(Row(f"{name}: {loads[0].name}", ratio.median, "×", 1.5, spread=ratio))
            for size, values in zip(effort.sizes, costs, strict=True):
                found.append(Bar("growth", f"{size:,}", spread(values[1:]).median * 1e3, loads[0].name))
    return [*found, Row(f"{name}: resident memory", services[-1].memory() / services[0].memory(), "×", 1.1)]


async def _cpu_of(server: Server, connection: Connection, load: Load, effort: Effort) -> float:
    requests = list(itertools.islice(load.requests, effort.growth))
    before = server.cpu()
    await ask_all([connection], requests, load.expected)
    return (server.cpu() - before) / effort.growth
