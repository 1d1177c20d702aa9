"""What a long thread costs against a short one: the same requests, which show as much, on two services."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from bench.client import OK, Connection, Expected, ask_all, connections, get, send
from bench.posting import CREATED, PATH, posts
from bench.processes import Server
from bench.report import Row
from bench.rounds import Effort, ratios
from bench.world import World, frame_path
from widget import cursors, ids

PAGE = "thread"
_BRANCH, _ANSWERED = 2, 55  # places in `long_plan`: the third root, and one of its first replies


class Load(NamedTuple):
    """Endless requests of one kind, and what each is answered."""

    name: str
    requests: Iterator[bytes]
    expected: Expected = OK


def make_loads(world: World) -> list[Load]:
    page = world.pages[PAGE]
    roots = sorted(path for path in page.paths if len(path) == 8)
    branch = sorted(path for path in page.paths if path.startswith(page.paths[_BRANCH]))
    before_last_roots = cursors.after_root("old", 0, int.from_bytes(roots[-11], "big"))
    root, answered = ids.encode(page.ids[_BRANCH]), ids.encode(page.ids[_ANSWERED])
    last_roots = frame_path(PAGE, cursor=before_last_roots)
    last_replies = frame_path(PAGE, replies=root, cursor=cursors.after_reply(branch[-16]))
    fragment = {"Palaver-Fragment": "1"}
    return [
        Load("first page, uncached", _first_pages()),
        Load("next page", itertools.repeat(get(last_roots, **fragment))),
        Load("replies", itertools.repeat(get(last_replies, **fragment))),
        Load("post", posts(PAGE, answered), CREATED),
        Load("like", _likes(f"{PATH}/{answered}/like", world.token)),
    ]


def _first_pages() -> Iterator[bytes]:
    """Each under another address of the same page, so that none is cached."""
    for number in itertools.count():
        yield get(frame_path(PAGE, url=f"https://blog.example/{PAGE}?view={number}"))


def _likes(path: str, token: str) -> Iterator[bytes]:
    for method in itertools.cycle(("PUT", "DELETE")):
        yield send(method, path, Authorization=f"Bearer {token}")


async def measure_growth(short: Server, long: Server, worlds: tuple[World, World], effort: Effort) -> list[Row]:
    rows = []
    async with connections(short.port, 1) as [to_short], connections(long.port, 1) as [to_long]:
        for load, longer in zip(make_loads(worlds[0]), make_loads(worlds[1]), strict=True):
            shorts, longs = [], []
            for warm in (True, *[False] * effort.rounds):
                values = await _cpu_of(short, to_short, load, effort), await _cpu_of(long, to_long, longer, effort)
                if not warm:
                    shorts.append(values[0])
                    longs.append(values[1])
            ratio = ratios(longs, shorts)
            rows.append(Row(f"{effort.long_thread:,} against 100: {load.name}", ratio.median, "×", 1.5, spread=ratio))
    grown = Row(f"{effort.long_thread:,} against 100: resident memory", long.memory() / short.memory(), "×", 1.1)
    return [*rows, grown]


async def _cpu_of(server: Server, connection: Connection, load: Load, effort: Effort) -> float:
    requests = list(itertools.islice(load.requests, effort.growth))
    before = server.cpu()
    await ask_all([connection], requests, load.expected)
    return (server.cpu() - before) / effort.growth
