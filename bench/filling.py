"""A site as a year of comments leaves it, written straight into the tables in the order in which it would have come.

Every column is filled as the service fills it, for bytes are what is asked for: hashes of texts and addresses, the
address itself for the last 30 days, what held a comment, versions. Pages have 100 comments each, every second comment a
like, and every tenth comment a new person.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa

from bench.texts import NAMES
from bench.threads import HOUR, Plan, long_plan, make_texts
from widget import ids
from widget.db import unix_ms
from widget.looks import look_of
from widget.models import comments, identities, likes, pages, people

BLOG = "https://blog.example"
ON_A_PAGE = 100
YEAR = 365 * 24 * HOUR
_TEXTS = 2_000
_CHUNK = 20_000
_HELD = '[["pending","first","the first comment of its author here"]]'
_STATUSES = ("spam", "spam", "pending", "rejected", *["approved"] * 96)  # of comments that nobody answered

Rows = Iterator[tuple[Any, ...]]


class Batch(NamedTuple):
    """Rows of one table; columns that are not named take their defaults."""

    table: sa.Table
    columns: Sequence[str]
    rows: Rows


class Thread(NamedTuple):
    page_id: int
    ids: list[int]
    paths: list[bytes]
    replies: list[int]  # below each


class Filling:
    """A site's content: `number` comments, of a year that ends now."""

    def __init__(self, site_id: int, number: int) -> None:
        self._site = site_id
        self._chance = random.Random(number)
        self._number = number
        self._start = unix_ms() - YEAR - HOUR
        self.plan = long_plan(random.Random("plan"), ON_A_PAGE)
        self.threads = [self._thread(page) for page in range(number // ON_A_PAGE)]
        self._people = [ids.first_id(self._start) + person for person in range(max(10, number // 10))]
        self._texts = make_texts(self._chance, _TEXTS)

    def _thread(self, page: int) -> Thread:
        """A discussion of 20 days at most; no two comments of the site have one id."""
        plan: Plan = self.plan
        begun = self._start + self._chance.randrange(YEAR - 30 * 24 * HOUR)
        longest = max(planned.time for planned in plan)
        made = [
            ids.first_id(begun + int(planned.time / longest * 20 * 24 * HOUR)) + page % (1 << 13) * 256 + place
            for place, planned in enumerate(plan)
        ]
        paths: list[bytes] = []
        replies = [0] * len(plan)
        for place, (parent, _) in enumerate(plan):
            paths.append((paths[parent] if parent is not None else b"") + made[place].to_bytes(8, "big"))
            ancestor = parent
            while ancestor is not None:
                replies[ancestor] += 1
                ancestor = plan[ancestor].parent
        return Thread(ids.first_id(begun) + page, made, paths, replies)

    def write(self, url: str) -> None:
        """Into a migrated database that has the site."""
        if url.startswith("sqlite"):
            _fill_sqlite(Path(url.removeprefix("sqlite:///")), self._batches())
        else:
            asyncio.run(_fill_postgres(url, self._batches()))

    def _batches(self) -> list[Batch]:
        return [
            Batch(people, ("id", "kind", "name", "email", "look"), self._rows_of_people()),
            Batch(
                identities,
                ("issuer", "subject", "provider", "person_id", "name", "email", "avatar", "created_at"),
                self._rows_of_identities(),
            ),
            Batch(pages, ("site_id", "id", "key", "url", "title", "count", "version"), self._rows_of_pages()),
            Batch(comments, _COLUMNS, self._rows_of_comments()),
            Batch(
                likes,
                ("site_id", "comment_id", "person_id", "page_id", "value", "created_at"),
                self._rows_of_likes(),
            ),
        ]

    def _rows_of_people(self) -> Rows:
        """Four of five are guests."""
        for number, person_id in enumerate(self._people):
            name = f"{NAMES[number % len(NAMES)]} {number}"
            kind, email = ("guest", f"reader{number}@mail.example") if number % 5 else ("member", "")
            yield person_id, kind, name, email, look_of(name)

    def _rows_of_identities(self) -> Rows:
        issuer = "https://accounts.google.com"
        for number, person_id in islice(enumerate(self._people), 0, None, 5):
            name, email = f"{NAMES[number % len(NAMES)]} {number}", f"reader{number}@mail.example"
            avatar = f"https://lh3.googleusercontent.com/a/{number:060}=s96-c"
            yield issuer, f"{number:021}", "google", person_id, name, email, avatar, ids.time_of(person_id)

    def _rows_of_pages(self) -> Rows:
        for number, thread in enumerate(self.threads):
            name = name_of(number)
            title = f"What {NAMES[number % len(NAMES)]} said of bread, hedges and number {number}"
            yield self._site, thread.page_id, f"id:{name}", f"{BLOG}/{name}", title, ON_A_PAGE, ON_A_PAGE + 1

    def _rows_of_comments(self) -> Rows:
        chance, recent = self._chance, self._start + YEAR - 30 * 24 * HOUR
        order = sorted(
            (comment_id, page, place)
            for page, thread in enumerate(self.threads)
            for place, comment_id in enumerate(thread.ids)
        )
        for comment_id, page, place in order:
            thread, path = self.threads[page], self.threads[page].paths[place]
            parent = self.plan[place].parent
            status = "approved" if thread.replies[place] else _STATUSES[(page + place) % len(_STATUSES)]
            text, html = chance.choice(self._texts)
            liked = int(chance.expovariate(0.7))
            address = f"2001:db8:{page % 9999}:{place}::1" if ids.time_of(comment_id) > recent else None
            yield (
                *(self._site, comment_id, thread.page_id, thread.ids[parent] if parent is not None else None),
                *(int.from_bytes(path[:8], "big"), path, len(path) // 8 - 1, chance.choice(self._people)),
                *("google" if place % 5 == 0 else "", status, text, html, liked, liked, thread.replies[place]),
                *(address, f"{page % (1 << 32):08x}", chance.getrandbits(62)),
                *("" if status == "approved" else _HELD, place + 1, place + 1),
            )

    def _rows_of_likes(self) -> Rows:
        for thread in self.threads:
            for comment_id in thread.ids[::2]:
                yield self._site, comment_id, self._chance.choice(self._people), thread.page_id, 1, unix_ms()


_COLUMNS = (
    *("site_id", "id", "page_id", "parent_id", "root_id", "path", "depth", "person_id", "provider", "status", "text"),
    *("html", "likes", "score", "replies", "address", "address_hash", "text_hash", "verdicts", "changed", "appeared"),
)


def name_of(number: int) -> str:
    """Of a page, and its path: as long as those of articles are."""
    return f"2026/{number % 12 + 1:02}/an-article-about-this-and-that-number-{number}"


def _fill_sqlite(file: Path, batches: Iterable[Batch]) -> None:
    with sqlite3.connect(file) as connection:
        for table, columns, rows in batches:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", rows)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def _fill_postgres(url: str, batches: Iterable[Batch]) -> None:
    connection = await asyncpg.connect(url)
    for table, columns, rows in batches:
        for chunk in iter(partial(_take, rows), []):
            await connection.copy_records_to_table(table.name, records=chunk, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _take(rows: Rows) -> list[tuple[Any, ...]]:
    return list(islice(rows, _CHUNK))
