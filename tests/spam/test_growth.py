"""What it takes to look at a comment before it is kept does not grow with how much was written before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.database import engine_of
from tests.support.service import World, open_world
from widget import ids
from widget.db import Tx
from widget.models import comments, pages
from widget.store.facts import New, get_facts


def add_comments(tx: Tx, world: World, count: int) -> None:
    """All by one person from one address, in the last minutes; one in a thousand is spam of somebody else's."""
    page_id = tx.conn.execute(sa.select(pages.c.id)).scalar_one()
    rows: list[dict[str, Any]] = []
    for number in range(count):
        comment_id = ids.new_id(tx.now - count + number)
        strange = number % 1_000 == 0
        rows.append(
            {
                "site_id": world.blog.id,
                "id": comment_id,
                "page_id": page_id,
                "root_id": comment_id,
                "path": comment_id.to_bytes(8, "big"),
                "depth": 0,
                "status": "spam" if strange else "approved",
                "text": "",
                "html": "",
                "address_hash": "other" if strange else "mine",
                "text_hash": number,
            }
        )
    tx.conn.execute(sa.insert(comments), rows)


async def steps(world: World, read: Callable[[Tx], object]) -> int:
    """How often SQLite called back, once in ten instructions, while something was read."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    def start(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(tick, 10)

    engine = engine_of(world)
    sa.event.listen(engine, "checkout", start)
    await world.db.read(read)
    sa.event.remove(engine, "checkout", start)
    return count


async def test_address_that_wrote_5000_comments_is_asked_about_with_as_few_steps_as_one_that_wrote_50(
    sqlite_url: str, clock: Any
) -> None:
    async with open_world(sqlite_url, clock) as world:

        def read(tx: Tx) -> None:
            assert not get_facts(tx, world.blog.id, 1, ["mine"], 5, 3).by_address

        await world.post()
        await world.db.write(add_comments, world, 50)
        few = await steps(world, read)
        await world.db.write(add_comments, world, 5_000)
        assert await steps(world, read) < 1.5 * few + 5


@pytest.mark.parametrize("person", [1, None], ids=["member", "guest"])
async def test_double_is_looked_for_with_as_few_steps_where_others_wrote_5000_comments_this_minute(
    sqlite_url: str, clock: Any, person: int | None
) -> None:
    async with open_world(sqlite_url, clock) as world:

        def read(tx: Tx) -> None:
            page_id = tx.conn.execute(sa.select(pages.c.id)).scalar_one()
            new = New(page_id, None, "", "Ann", "ann@example.org")
            assert get_facts(tx, world.blog.id, person, ["mine"], None, 3, new).double is None

        await world.post()
        await world.db.write(add_comments, world, 50)
        few = await steps(world, read)
        await world.db.write(add_comments, world, 5_000)
        assert await steps(world, read) < 1.5 * few + 5
