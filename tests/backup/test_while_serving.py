"""A backup while twenty people write: nobody waits for it, and nothing acknowledged before is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.support.database import keep_in_wal
from tests.support.service import BLOG, World
from tests.support.streams import Reader, Stream, document
from widget import cache, ids
from widget.backup.making import Made
from widget.backup.restoring import restore
from widget.db import Tx, open_database
from widget.store import comments

WRITERS = 20


@pytest.fixture
def trusting_nothing(looking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a backup that comes back tells nobody."""
    monkeypatch.setattr(cache, "TRUST", 0.0)


async def test_backup_holds_all_that_was_acknowledged_before_it_began(
    world: World, make: Callable[[], Made], empty_url: str
) -> None:
    keep_in_wal(world)
    acknowledged: list[int] = []
    over = asyncio.Event()

    async def write(number: int) -> None:
        while not over.is_set():
            posted = await world.post(f"Line {len(acknowledged)} of {number}.", url=f"{BLOG}/{number % 5}")
            acknowledged.append(ids.decode(posted["id"]) or 0)

    writing = [asyncio.create_task(write(number)) for number in range(WRITERS)]
    while len(acknowledged) < 2 * WRITERS:
        await asyncio.sleep(0)
    before = list(acknowledged)
    made = await asyncio.to_thread(make)
    while_it_ran = len(acknowledged) - len(before)
    over.set()
    await asyncio.gather(*writing)
    assert while_it_ran > 0
    await asyncio.to_thread(restore, made.file, empty_url)
    restored = open_database(empty_url)
    try:
        found = await restored.read(_found, world.blog.id, acknowledged)
    finally:
        await restored.close()
    assert set(before) <= found
    assert len(found) < len(acknowledged)


def _found(tx: Tx, site_id: int, wanted: list[int]) -> set[int]:
    return {comment.id for comment in comments.list_comments(tx, site_id, wanted)}


@pytest.mark.usefixtures("trusting_nothing")
async def test_who_reads_while_a_backup_comes_back_learns_that_what_is_there_is_another(
    world: World, make: Callable[[], Made], database_url: str
) -> None:
    """Also where as much was written since as before: the versions alone would be the same."""
    await world.post("Kept.")
    made = await asyncio.to_thread(make)
    await world.post("Lost.")
    reader = Reader(await document(world))
    async with Stream(world.app, reader.version).open() as stream:
        await asyncio.to_thread(restore, made.file, database_url, replace=True)
        await stream.until(lambda now: len(now.events) > 0)
        assert (stream.events[0].kind, stream.events[0].body["count"]) == ("reset", 1)
    await world.post("Written instead.")
    assert "Lost." not in await document(world)
    async with Stream(world.app, reader.version).open() as late:
        await late.until(lambda now: len(now.events) > 0)
        assert late.events[0].kind == "reset"
