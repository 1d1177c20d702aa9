"""How fast one person, one page and one site take comments, whatever address they come from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.service import BLOG, PAGE, Clock, World, open_world
from widget import posting
from widget.core import Actor
from widget.documents import read_page_key
from widget.errors import TooMany
from widget.guests import Guest
from widget.limits import RULES
from widget.posting import Draft
from widget.store import people


@pytest.fixture
async def world(sqlite_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_world(sqlite_url, clock, limits=True) as opened:
        yield opened


async def how_many(world: World, *, most: int, person: int | None = None, pages: int = 1) -> int:
    """Comments that are taken at one moment, each from another address, until one is refused."""
    for number in range(most + 1):
        if number % 10 == 0:  # hundreds of ids of one millisecond would meet by chance
            world.clock.pass_seconds(0.001)
        url = PAGE if pages == 1 else f"{BLOG}/{number % pages}"
        draft = Draft(
            page=read_page_key(world.blog, url, None),
            title="",
            parent_id="",
            text=f"Comment {number}.",
            guest=Guest(f"Reader {number}", f"r{number}@example.org", "") if person is None else None,
            key="",
        )
        actor = Actor(person, "demo" if person else "", f"192.0.{number // 256}.{number % 256}")
        try:
            await posting.post(world.app.service.core, world.blog, actor, draft)
        except TooMany:
            return number
    return most + 1


async def test_one_person_is_counted_wherever_they_are(world: World) -> None:
    person = await world.db.write(people.add_person, "member", "Alice", "", "")
    burst = RULES["post as"].burst
    assert await how_many(world, most=burst, person=person) == burst


async def test_one_page_takes_no_flood(world: World) -> None:
    burst = RULES["post on page"].burst
    assert await how_many(world, most=burst) == burst


async def test_one_site_takes_no_flood(world: World) -> None:
    burst = RULES["post on site"].burst
    assert await how_many(world, most=burst, pages=burst) == burst
