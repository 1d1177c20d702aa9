"""Units of work: all or nothing, on one snapshot, with events that are told once it is certain; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.commands import PATIENCE, run_at_once
from tests.support.gate import Gate, closed_gate
from tests.support.service import Clock
from widget.db import Database, Tx, add_unless_there, open_database
from widget.errors import Conflict
from widget.events import Event, SiteChanged
from widget.models import sites
from widget.store import pages
from widget.store.sites import add_site, list_sites


@pytest.fixture
async def db(database_url: str, clock: Clock) -> AsyncIterator[Database]:
    opened = open_database(database_url, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def gate(database_url: str) -> AsyncIterator[Gate]:
    async with closed_gate(database_url) as closed:
        yield closed


@pytest.fixture
def told(db: Database) -> list[Event]:
    """The events that were told."""
    heard: list[Event] = []
    db.subscribe(heard.append)
    return heard


async def names(db: Database) -> list[str]:
    return [site.name for site in await db.read(list_sites)]


def add(tx: Tx, name: str, *, number: int = 0) -> str:
    add_site(tx, number or ord(name[0]), name, ())
    tx.events.append(SiteChanged(name))
    return f"added {name}"


async def test_returning_commits_and_gives_what_was_returned(db: Database, told: list[Event]) -> None:
    assert await db.write(add, "a") == "added a"
    assert await db.write(add, name="b", number=7) == "added b"
    assert await names(db) == ["a", "b"]
    assert told == [SiteChanged("a"), SiteChanged("b")]


@pytest.mark.parametrize("error", [Conflict("Taken."), ValueError("x"), sa.exc.NoResultFound()])
async def test_raising_rolls_back_and_tells_nobody(db: Database, told: list[Event], error: Exception) -> None:
    def fail(tx: Tx) -> None:
        add(tx, "a")
        raise error

    with pytest.raises(type(error)) as raised:
        await db.write(fail)
    assert raised.value is error
    assert (await names(db), told) == ([], [])
    await db.write(add, "a")
    assert await names(db) == ["a"]


async def test_statement_that_fails_rolls_back_what_came_before(db: Database, told: list[Event]) -> None:
    def fail(tx: Tx) -> None:
        add(tx, "a", number=1)
        add(tx, "b", number=1)

    with pytest.raises(sa.exc.IntegrityError):
        await db.write(fail)
    assert (await names(db), told) == ([], [])


async def test_row_that_is_there_already_leaves_the_transaction_whole(db: Database) -> None:
    def work(tx: Tx) -> list[bool]:
        values = {"id": 1, "name": "a", "origins": "[]"}
        added = [add_unless_there(tx, sites, values) for _ in range(2)]
        added.append(add_unless_there(tx, sites, {**values, "id": 2}, index=("name",)))
        return [*added, add_unless_there(tx, sites, {**values, "id": 2, "name": "b"}, index=("name",))]

    assert await db.write(work) == [True, False, False, True]
    assert await names(db) == ["a", "b"]


async def test_clash_on_another_index_than_the_named_one_is_an_error(db: Database) -> None:
    await db.write(add, "a", number=1)
    values = {"id": 1, "name": "b", "origins": "[]"}
    with pytest.raises(sa.exc.IntegrityError):
        await db.write(add_unless_there, sites, values, index=("name",))


async def test_events_are_told_in_order_after_the_commit(db: Database, database_url: str) -> None:
    happened: list[str] = []
    engine = db._backend._engine  # type: ignore[attr-defined]
    sa.event.listen(getattr(engine, "sync_engine", engine), "commit", lambda _conn: happened.append("commit"))
    db.subscribe(lambda event: happened.append(f"{event[0]} to the cache"))
    db.subscribe(lambda event: happened.append(f"{event[0]} to the live stream"))

    def work(tx: Tx) -> None:
        add(tx, "a")
        add(tx, "b")
        happened.append("returns")

    await db.write(work)
    told = [f"{name} to the {subscriber}" for name in "ab" for subscriber in ("cache", "live stream")]
    assert happened == ["returns", "commit", *told]


async def test_time_stands_still_in_a_unit_of_work(db: Database, clock: Clock) -> None:
    def work(tx: Tx) -> tuple[int, int]:
        before = tx.now
        clock.pass_seconds(5)
        return before, tx.now

    start = clock()
    assert await db.write(work) == (start, start)
    assert await db.read(work) == (start + 5_000, start + 5_000)


async def test_read_sees_one_moment(db: Database, gate: Gate) -> None:
    def work(tx: Tx) -> tuple[int, int]:
        before = len(list_sites(tx))
        gate.pass_through(tx)
        return before, len(list_sites(tx))

    reading = asyncio.create_task(db.read(work))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    await db.write(add, "a")
    await gate.open()
    assert await reading == (0, 0)
    assert await names(db) == ["a"]


async def test_readers_do_not_see_what_is_half_written(db: Database, gate: Gate) -> None:
    def work(tx: Tx) -> None:
        add(tx, "a")
        gate.pass_through(tx)
        add(tx, "b")

    writing = asyncio.create_task(db.write(work))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    assert await names(db) == []
    await gate.open()
    await writing
    assert await names(db) == ["a", "b"]


async def test_caller_who_goes_away_does_not_stop_a_write_half_way(db: Database, gate: Gate, told: list[Event]) -> None:
    def work(tx: Tx) -> None:
        add(tx, "a")
        gate.pass_through(tx)
        add(tx, "b")

    caller = asyncio.create_task(db.write(work))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await gate.open()
    await db.write(add, "c")
    await db.close()  # waits for what is under way
    assert sorted(told) == [SiteChanged("a"), SiteChanged("b"), SiteChanged("c")]


async def test_closing_waits_for_what_is_being_written(db: Database, gate: Gate, database_url: str) -> None:
    def work(tx: Tx) -> None:
        add(tx, "a")
        gate.pass_through(tx)

    ended: list[str] = []
    writing = asyncio.create_task(db.write(work))
    writing.add_done_callback(lambda _: ended.append("written"))
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    closing = asyncio.create_task(db.close())
    closing.add_done_callback(lambda _: ended.append("closed"))
    other = open_database(database_url)
    assert await names(other) == []
    await gate.open()
    await asyncio.gather(writing, closing)
    assert ended == ["written", "closed"]
    assert await names(other) == ["a"]
    await other.close()


PROCESSES, STEPS = 3, 40
COUNTING = f"""
import asyncio, sys
from widget.db import open_database
from widget.store import pages

def count(tx):
    page = pages.get_page(tx, 1, "id:x", lock=True)
    pages.set_page(tx, 1, page.id, count=page.count + 1)

async def main():
    db = open_database(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range({STEPS}):
        await db.write(count)
    await db.close()

asyncio.run(main())
"""


async def test_processes_on_one_database_lose_no_update(db: Database, database_url: str, tmp_path: Path) -> None:
    def prepare(tx: Tx) -> None:
        add_site(tx, 1, "a", ())
        pages.add_page(tx, 1, "id:x", "", "")

    await db.write(prepare)
    await asyncio.to_thread(run_at_once, COUNTING, database_url, tmp_path, processes=PROCESSES)
    page = await db.read(pages.get_page, 1, "id:x")
    assert page is not None
    assert page.count == PROCESSES * STEPS
