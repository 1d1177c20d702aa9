"""What a long thread costs against a short one: the same requests, which show as much, on two services."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from bench.client import Connection, ask_all, connections, get
from bench.comparing import Load
from bench.posting import CREATED, likes, posts
from bench.processes import Server
from bench.report import Row
from bench.rounds import Effort, ratios
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
        Load("post", posts(PAGE, answered), CREATED),
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
