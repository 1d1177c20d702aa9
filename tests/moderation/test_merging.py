"""Two pages become one and are split again: nothing is lost, and every address keeps leading to the comments."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from auth.tokens import hash_token
from tests.support.cast import Cast, token_of
from tests.support.counters import check_counters
from tests.support.service import BLOG, PAGE, World
from widget import ids
from widget.core import Actor
from widget.documents import read_page_key
from widget.errors import Conflict, Forbidden, Invalid
from widget.moderation import merging, undoing
from widget.store import pages, sessions
from widget.store.pages import Page

OTHER, THIRD = f"{BLOG}/posts/bread-old", f"{BLOG}/posts/bread-older"


class Bob:
    """The moderator."""

    def __init__(self, world: World, cast: Cast) -> None:
        self.world, self.cast = world, cast

    @property
    def core(self) -> Any:
        return self.world.app.service.core

    async def actor(self) -> Actor:
        token = hash_token(token_of(self.cast.bob))
        session = await self.world.db.read(sessions.get_session, token, self.world.clock())
        return Actor(session.person_id, "demo", "")

    async def page(self, url: str) -> Page:
        key = read_page_key(self.world.blog, url, None).key
        own = await self.world.db.read(pages.get_own_id, self.world.blog.id, key)
        page: Page = await self.world.db.read(pages.get_page_by_id, self.world.blog.id, own)
        return page

    async def merge(self, url: str, into: str) -> str:
        """The deed's id."""
        part, whole = [ids.encode((await self.page(each)).id) for each in (url, into)]
        return (await merging.merge(self.core, self.world.blog, await self.actor(), part, whole)).batch

    async def undo(self, batch: str) -> str:
        return (await undoing.undo(self.core, self.world.blog, await self.actor(), batch)).batch


@pytest.fixture
def bob(world: World, cast: Cast) -> Bob:
    return Bob(world, cast)


async def texts(world: World, url: str) -> list[str]:
    found = await world.thread(url=url)
    assert found["page"]["count"] == len(found["comments"])
    return [comment["html"].removeprefix("<p>").removesuffix("</p>\n") for comment in found["comments"]]


async def framed(world: World, url: str) -> str:
    answer = await world.client.get("/embed/blog", params={"url": url})
    assert answer.status_code == 200
    return str(answer.text)


async def test_moderator_merges_two_pages_and_both_addresses_show_all(world: World, bob: Bob) -> None:
    await world.post("One.")
    two = await world.post("Two.", url=OTHER)
    await world.post("Two, answered.", url=OTHER, parent_id=two["id"])
    assert "Two." not in await framed(world, PAGE)
    await bob.merge(OTHER, PAGE)
    for url in (PAGE, OTHER):
        assert await texts(world, url) == ["One.", "Two.", "Two, answered."]
        assert "Two, answered." in await framed(world, url)
    await check_counters(world)


async def test_split_gives_the_same_two_threads_and_what_was_written_meanwhile(
    world: World, bob: Bob, cast: Cast
) -> None:
    await world.post("One.")
    two = await world.post("Two.", url=OTHER)
    await world.client.put(f"/api/v1/blog/comments/{two['id']}/like", headers=cast.alice)
    deed = await bob.merge(OTHER, PAGE)
    await world.post("Three, at the old address.", url=OTHER)
    await world.post("Two, answered.", parent_id=two["id"])
    await world.post("Four.")
    assert len(await texts(world, OTHER)) == 5
    await bob.undo(deed)
    assert await texts(world, PAGE) == ["One.", "Four."]
    assert await texts(world, OTHER) == ["Two.", "Two, answered.", "Three, at the old address."]
    assert "Four." not in await framed(world, OTHER)
    mine = await world.client.get("/api/v1/blog/me", params={"url": OTHER}, headers=cast.alice)
    assert mine.json()["liked"] == [two["id"]]
    await check_counters(world)


async def test_reader_of_the_old_address_sees_at_once_what_is_new_at_the_other(world: World, bob: Bob) -> None:
    await world.post("One.")
    await world.post("Two.", url=OTHER)
    await bob.merge(OTHER, PAGE)
    assert "Three." not in await framed(world, OTHER)
    await world.post("Three.")
    assert "Three." in await framed(world, OTHER)


async def test_page_merged_in_two_steps_is_split_in_two_steps(world: World, bob: Bob) -> None:
    for text, url in (("One.", PAGE), ("Two.", OTHER), ("Three.", THIRD)):
        await world.post(text, url=url)
    first = await bob.merge(THIRD, OTHER)
    second = await bob.merge(OTHER, PAGE)
    for url in (PAGE, OTHER, THIRD):
        assert await texts(world, url) == ["One.", "Two.", "Three."]
    await bob.undo(second)
    assert await texts(world, PAGE) == ["One."]
    for url in (OTHER, THIRD):
        assert await texts(world, url) == ["Two.", "Three."]
    await bob.undo(first)
    assert (await texts(world, OTHER), await texts(world, THIRD)) == (["Two."], ["Three."])
    await check_counters(world)


async def test_inner_page_is_split_while_the_outer_stays_merged(world: World, bob: Bob) -> None:
    for text, url in (("One.", PAGE), ("Two.", OTHER), ("Three.", THIRD)):
        await world.post(text, url=url)
    inner = await bob.merge(THIRD, OTHER)
    await bob.merge(OTHER, PAGE)
    await bob.undo(inner)
    assert await texts(world, THIRD) == ["Three."]
    assert await texts(world, OTHER) == await texts(world, PAGE) == ["One.", "Two."]


async def test_split_is_undone_too(world: World, bob: Bob) -> None:
    await world.post("One.")
    await world.post("Two.", url=OTHER)
    back = await bob.undo(await bob.merge(OTHER, PAGE))
    again = await bob.undo(back)
    assert await texts(world, OTHER) == ["One.", "Two."]
    await check_counters(world)
    await bob.undo(again)
    assert (await texts(world, PAGE), await texts(world, OTHER)) == (["One."], ["Two."])
    await check_counters(world)


async def test_page_moves_to_an_address_without_comments(world: World, bob: Bob) -> None:
    await world.post("One.")
    there = read_page_key(world.blog, OTHER, None)
    page = ids.encode((await bob.page(PAGE)).id)
    moved = await merging.move(bob.core, world.blog, await bob.actor(), page, there)
    assert moved.page.url == OTHER
    assert await texts(world, OTHER) == await texts(world, PAGE) == ["One."]
    counts = await world.client.get("/api/v1/blog/counts", params={"url": [PAGE, OTHER]})
    assert counts.json()["counts"] == {PAGE: 1, OTHER: 1}


async def test_merge_while_others_write_loses_nothing(world: World, bob: Bob) -> None:
    await world.post("One.")
    await world.post("Two.", url=OTHER)
    written = [world.post(f"More {number}.", url=(PAGE, OTHER)[number % 2]) for number in range(20)]
    await asyncio.gather(*written[:10], bob.merge(OTHER, PAGE), *written[10:])
    assert len(await texts(world, PAGE)) == 22
    assert sorted(await texts(world, OTHER)) == sorted(await texts(world, PAGE))
    await check_counters(world)


async def test_page_is_neither_merged_into_itself_nor_twice(world: World, bob: Bob) -> None:
    for url in (PAGE, OTHER, THIRD):
        await world.post("Text.", url=url)
    with pytest.raises(Invalid, match="into itself"):
        await bob.merge(PAGE, PAGE)
    await bob.merge(OTHER, PAGE)
    for part, whole in ((OTHER, THIRD), (THIRD, OTHER)):
        with pytest.raises(Conflict, match="merged into another page already"):
            await bob.merge(part, whole)


async def test_reader_merges_nothing(world: World, bob: Bob, cast: Cast) -> None:
    await world.post("One.")
    await world.post("Two.", url=OTHER)
    bob.cast = cast._replace(bob=cast.alice)
    with pytest.raises(Forbidden):
        await bob.merge(OTHER, PAGE)
    assert await texts(world, PAGE) == ["One."]
