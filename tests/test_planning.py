"""SQLite plans a statement when it first meets it, and not again each time it runs: that costs more than running it."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.database import recorded
from tests.support.service import PAGE, World, open_world
from widget.db import Tx
from widget.documents import read_page_key
from widget.store.latest import list_latest
from widget.threads import read_thread

_CONTROL = (sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT)


def watch(tx: Tx) -> list[Any]:
    """What SQLite asks while it plans, from now on. It forgets the plans that it has."""
    asked: list[Any] = []

    def told(action: int, *what: str | None) -> int:
        if action not in _CONTROL:
            asked.append((action, *what))
        return sqlite3.SQLITE_OK

    connection = tx.conn.connection.driver_connection
    assert connection is not None
    connection.set_authorizer(told)
    return asked


async def plans_of_second(world: World, deed: Callable[[], Awaitable[object]]) -> list[Any]:
    await deed()
    asked: list[Any] = await world.db.write(watch)
    await deed()
    assert asked, "this watches another connection"
    asked.clear()
    await deed()
    return asked


async def test_second_comment_is_posted_by_plans_of_the_first(sqlite_url: str, clock: Any) -> None:
    async with open_world(sqlite_url, clock) as world:
        assert await plans_of_second(world, world.post) == []


async def test_second_reply_is_posted_by_plans_of_the_first(sqlite_url: str, clock: Any) -> None:
    async with open_world(sqlite_url, clock) as world:
        root = await world.post()

        async def reply() -> None:
            await world.post(parent_id=root["id"])

        assert await plans_of_second(world, reply) == []


async def test_thread_is_read_again_by_plans_of_the_first_time(sqlite_url: str, clock: Any) -> None:
    async with open_world(sqlite_url, clock) as world:
        root = await world.post()
        await world.post(parent_id=root["id"])
        key = read_page_key(world.blog, PAGE, None).key

        async def read() -> None:
            await world.db.write(read_thread, world.blog, key, "old")

        assert await plans_of_second(world, read) == []


LARGE = (  # what ANALYZE writes of a million comments on 10,000 pages
    ("comments", "ix_comments_page", "1000000 1000000 100 1"),
    ("comments", "sqlite_autoindex_comments_1", "1000000 1000000 1"),
    ("pages", "sqlite_autoindex_pages_1", "10000 10000 1"),
    ("pages", "sqlite_autoindex_pages_2", "10000 10000 1"),
    ("people", "sqlite_autoindex_people_1", "100001 1"),
)


async def test_latest_comments_are_found_without_looking_at_all_pages(sqlite_url: str, clock: Any) -> None:
    """Whether somebody let SQLite count its rows or not."""
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        connection.execute("ANALYZE")
        connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", LARGE)
    connection.close()
    async with open_world(sqlite_url, clock) as world:
        with recorded(world) as statements:
            await world.db.read(list_latest, world.blog.id, 10)
        [statement] = statements

        def explain(tx: Tx) -> list[str]:
            plan = tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters)
            return [row.detail for row in plan]

        assert not [step for step in await world.db.read(explain) if step.startswith("SCAN")]
