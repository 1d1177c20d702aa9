"""A backup while twenty people write: nobody waits for it, and nothing acknowledged before is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.support.database import keep_in_wal
from tests.support.service import BLOG, World
from widget import ids
from widget.backup.making import Made
from widget.backup.restoring import restore
from widget.db import Tx, open_database
from widget.store import comments

WRITERS = 20


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
