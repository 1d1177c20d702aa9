"""What a site of a million comments takes and costs, beside one of a thousand, on SQLite and on PostgreSQL.

`python -m bench.million [--comments N] [--write docs/scale.md]`: some minutes, so it is no part of `make bench`. Sizes
are those of tables and indexes as a year of comments leaves them that came one by one (`filling.py`). Costs are
processor time of the service and of the database together.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from auth.sessions import new_frame_session
from bench.client import Connection, ask_all, connections, get, send
from bench.comparing import Load
from bench.filling import BLOG, Filling, name_of
from bench.posting import CREATED, PATH
from bench.processes import Cores, Server, palaver, running, tree_cpu
from bench.report import machine, write
from bench.sizes import TABLES, Size, sizes_of_postgres, sizes_of_sqlite
from bench.texts import make_text
from bench.world import SITE
from tests.support.postgres import running_postgres
from widget import cursors, ids, site_verbs
from widget.db import Tx, open_database
from widget.migrate import migrate
from widget.store import people, sessions

SMALL = 1_000  # comments, to compare with
ROUNDS, REQUESTS = 5, 25
_FRAGMENT = {"Palaver-Fragment": "1"}
_ANSWERED = (2, 5)  # places of roots in `long_plan`
_numbers = itertools.count()


class Place(NamedTuple):
    """A database with a site in it."""

    url: str
    server: int  # the database's process id; 0: it is part of the service
    filling: Filling
    token: str  # of a reader's session


class Cost(NamedTuple):
    cpu: float  # seconds for a request
    time: float  # seconds until its answer, in the middle


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.million", description="Measure a large site.")
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="also put the figures into this Markdown page")
    given = parser.parse_args()
    cores, started = Cores(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="palaver-bench-") as name, running_postgres() as postgres:
        folder = Path(name)
        urls = {
            "SQLite": [f"sqlite:///{folder / f'{number}.db'}" for number in (SMALL, given.comments)],
            "PostgreSQL": [postgres.create_database(empty=True) for _ in (SMALL, given.comments)],
        }
        sizes: list[Sequence[Size]] = []
        costs: list[dict[str, list[Cost]]] = []
        for kind, pair in urls.items():
            server = 0 if kind == "SQLite" else postgres.pid
            places = [_make(url, server, number) for url, number in zip(pair, (SMALL, given.comments), strict=True)]
            _tell(f"{kind}: sizes")
            sizes.append(sizes_of_sqlite(pair[1]) if kind == "SQLite" else asyncio.run(sizes_of_postgres(pair[1])))
            _tell(f"{kind}: requests")
            costs.append(asyncio.run(_measure(cores, folder, places)))
    text = "\n\n".join(
        [
            _table_of_sizes(*sizes),
            _table_of_costs(given.comments, *costs),
            f"{machine()}; {time.perf_counter() - started:.0f} s.",
        ]
    )
    print(text)
    if given.write:
        write(given.write, text)


def _make(url: str, server: int, number: int) -> Place:
    _tell(f"{url.partition(':')[0]}: {number:,} comments")
    migrate(url)
    site_id, token = asyncio.run(_add_site(url))
    filling = Filling(site_id, number)
    filling.write(url)
    return Place(url, server, filling, token)


async def _add_site(url: str) -> tuple[int, str]:
    database = open_database(url)
    site = await site_verbs.add(database, SITE, [BLOG], "http://localhost:8000")

    def add_reader(tx: Tx) -> str:
        token, session = new_frame_session(people.add_person(tx, "member", "Rita", "", ""), site.id, "github", tx.now)
        sessions.add_session(tx, session)
        return token

    token = await database.write(add_reader)
    await database.close()
    return site.id, token


class Requests:
    """Of readers and writers all over a site, none of whom finds anything cached."""

    def __init__(self, place: Place) -> None:
        self._filling, self._token = place.filling, place.token
        self._chance = random.Random("requests")

    def loads(self) -> list[Load]:
        return [
            Load("first page", (get(self._frame(page)) for page in self._pages())),
            Load("next page", (self._next_page(page) for page in self._pages())),
            Load("replies", (self._replies(page) for page in self._pages())),
            Load("counts of 20 pages", (self._counts() for _ in itertools.count())),
            Load("post", (self._post(page) for page in self._pages()), CREATED),
            Load("like", (self._like(page) for page in self._pages())),
        ]

    def _pages(self) -> Iterator[int]:
        """Numbers of pages, each in turn."""
        numbers = list(range(len(self._filling.threads)))
        self._chance.shuffle(numbers)
        return itertools.cycle(numbers)

    def _frame(self, page: int, **more: str) -> str:
        """Each under another address of the same page, so that none is cached."""
        name = name_of(page)
        return f"/embed/{SITE}?{urlencode({'id': name, 'url': f'{BLOG}/{name}?view={next(_numbers)}', **more})}"

    def _next_page(self, page: int) -> bytes:
        roots = sorted(path for path in self._filling.threads[page].paths if len(path) == 8)
        cursor = cursors.after_root("old", 0, int.from_bytes(roots[-11], "big"))
        return get(self._frame(page, cursor=cursor), **_FRAGMENT)

    def _replies(self, page: int) -> bytes:
        """The last 15 of the third root."""
        thread = self._filling.threads[page]
        root, branch = thread.ids[2], sorted(path for path in thread.paths if path.startswith(thread.paths[2]))
        cursor = cursors.after_reply(branch[-16])
        return get(self._frame(page, replies=ids.encode(root), cursor=cursor), **_FRAGMENT)

    def _counts(self) -> bytes:
        some = self._chance.sample(range(len(self._filling.threads)), 9)
        named = [("id", name_of(page)) for page in some] + [("id", f"none-{next(_numbers)}") for _ in range(11)]
        return get(f"/api/v1/{SITE}/counts?{urlencode(named)}")

    def _post(self, page: int) -> bytes:
        number, name = next(_numbers), name_of(page)
        guest = {"name": f"Guest {number:06}", "email": f"guest{number:06}@example.org"}
        body = {"id": name, "url": f"{BLOG}/{name}", "text": make_text(self._chance), "guest": guest}
        return send("POST", PATH, body)

    def _like(self, page: int) -> bytes:
        """Of its roots that were answered: no other has to be approved."""
        liked = ids.encode(self._filling.threads[page].ids[_ANSWERED[next(_numbers) % len(_ANSWERED)]])
        return send("PUT", f"{PATH}/{liked}/like", Authorization=f"Bearer {self._token}")


async def _measure(cores: Cores, folder: Path, places: Sequence[Place]) -> dict[str, list[Cost]]:
    """By the kind of request, at each place."""
    costs: dict[str, list[Cost]] = {}
    async with contextlib.AsyncExitStack() as stack:
        services = [stack.enter_context(running(_serve(cores, folder, place.url))) for place in places]
        opened = [(await stack.enter_async_context(connections(service.port, 1)))[0] for service in services]
        for loads in zip(*(Requests(place).loads() for place in places), strict=True):
            found: list[list[Cost]] = [[] for _ in places]
            for _ in range(ROUNDS + 1):
                for number, load in enumerate(loads):
                    found[number].append(await _cost(services[number], places[number].server, opened[number], load))
            costs[loads[0].name] = [_middle(each[1:]) for each in found]
        costs["resident memory"] = [Cost(service.memory(), 0) for service in services]
    return costs


def _serve(cores: Cores, folder: Path, url: str) -> Server:
    own = Path(tempfile.mkdtemp(dir=folder))
    return palaver(cores, own, PALAVER_DATABASE_URL=url, PALAVER_SECRET_KEYS="k" * 40)


async def _cost(service: Server, database: int, connection: Connection, load: Load) -> Cost:
    def cpu() -> float:
        return service.cpu() + (tree_cpu(database) if database else 0)

    requests = list(itertools.islice(load.requests, REQUESTS))
    before = cpu()
    times = await ask_all([connection], requests, load.expected)
    return Cost((cpu() - before) / REQUESTS, statistics.median(times))


def _middle(costs: Sequence[Cost]) -> Cost:
    """Processor time on average, for that of PostgreSQL is counted in hundredths of a second."""
    return Cost(statistics.mean(cost.cpu for cost in costs), statistics.median(cost.time for cost in costs))


def _table_of_sizes(sqlite: Sequence[Size], postgres: Sequence[Size]) -> str:
    """Bytes for each row of the table."""
    others = {(size.table, size.part): size for size in postgres}
    lines = ["| | rows | SQLite: bytes a row | PostgreSQL: bytes a row |", "|---|---|---|---|"]
    for table in TABLES:
        own = sorted((size for size in sqlite if size.table == table), key=lambda size: size.part)
        total = [sum(each.bytes for each in found if each.table == table) for found in (sqlite, postgres)]
        lines.append(f"| **{table}** | {own[0].rows:,} | {_per_row(total[0], own[0])} | {_per_row(total[1], own[0])} |")
        for size in own:
            other = others[table, size.part]
            lines.append(
                f"| – {size.part or 'rows'} | | {_per_row(size.bytes, size)} | {_per_row(other.bytes, size)} |"
            )
    whole = [sum(size.bytes for size in found) / 1e6 for found in (sqlite, postgres)]
    lines.append(f"| all of it | | {whole[0]:,.0f} MB | {whole[1]:,.0f} MB |")
    return "\n".join(lines)


def _per_row(bytes_: int, size: Size) -> str:
    return f"{bytes_ / size.rows:,.0f}" if size.rows else "–"


def _table_of_costs(number: int, *kinds: dict[str, list[Cost]]) -> str:
    head = f"{SMALL:,} → {number:,}"
    lines = [f"| | SQLite: {head} | | PostgreSQL: {head} | |", "|---|---|---|---|---|"]
    for name in kinds[0]:
        cells = [cell for kind in kinds for cell in _cells(*kind[name])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(small: Cost, large: Cost) -> tuple[str, str]:
    if not small.time:  # of memory
        return f"{small.cpu:.0f} → {large.cpu:.0f} MB", f"{large.cpu / small.cpu:.2f}×"
    return f"{small.cpu * 1e3:.2f} → {large.cpu * 1e3:.2f} ms", f"{large.cpu / small.cpu:.2f}×"


def _tell(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
