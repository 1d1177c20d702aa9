"""Pages close by their age: for readers, in every answer, and to the second."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx2

from tests.support.cast import Cast
from tests.support.html import Html
from tests.support.service import GUEST, PAGE, World
from widget.db import Tx
from widget.store import pages

FRAME = f"/embed/blog?url={quote(PAGE, safe='')}"
DAY = 86_400  # seconds
WEEK = 7 * DAY
LASTING = "public, max-age=0, s-maxage=1, stale-while-revalidate=30"


async def grow_old(world: World) -> dict[str, Any]:
    """A page whose first comment is a week old but for a second, on a site that closes pages then."""
    await world.set_site("blog", close_after="7")
    posted = await world.post("First.")
    world.clock.pass_seconds(WEEK - 1)
    return posted


async def post(world: World, **body: object) -> httpx2.Response:
    sent = {"url": PAGE, "text": "Late.", "guest": GUEST, **body}
    return await world.client.post("/api/v1/blog/comments", json=sent)


async def set_closes_at(world: World, time: int) -> None:
    """As a moderator chooses it (Unix ms; 0: never)."""

    def change(tx: Tx) -> None:
        page = pages.get_page(tx, world.blog.id, "url:blog.example/posts/bread")
        assert page is not None
        pages.set_page(tx, world.blog.id, page.id, closes_at=time)
        pages.raise_version(tx, world.blog.id, page.id)

    await world.db.write(change)


async def test_page_takes_comments_until_it_is_as_old_as_the_site_says(world: World) -> None:
    first = await grow_old(world)
    assert (await post(world)).status_code == 201
    world.clock.pass_seconds(1)
    for body in ({}, {"parent_id": first["id"]}):
        refused = await post(world, **body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "locked")


async def test_every_answer_agrees_on_when_a_page_closed(world: World, cast: Cast) -> None:
    await grow_old(world)

    async def told() -> tuple[bool, list[str]]:
        me = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=cast.alice)
        return (await world.thread())["page"]["locked"], me.json()["can"]

    assert await told() == (False, ["post", "like"])
    world.clock.pass_seconds(1)
    assert await told() == (True, [])


async def test_cached_document_has_no_form_once_the_page_closed(world: World) -> None:
    await grow_old(world)
    for _ in ("made", "kept"):
        assert Html((await world.client.get(FRAME)).text).all(".//textarea")
    world.clock.pass_seconds(1)
    for _ in ("made", "kept"):
        page = Html((await world.client.get(FRAME)).text)
        assert page.all(".//textarea") == []
        assert not page.has_link("Reply")
        told = page.text(".//p[@class='closed']")
        assert told == "Comments are closed. They were open until 22 January 2027 at 08:00 UTC."


async def test_no_cache_on_the_way_shows_the_form_once_the_page_closed(world: World) -> None:
    await world.set_site("blog", close_after="7")
    await world.post("First.")
    seen = []
    for seconds in (0, WEEK - 32, 1, 30, 1):
        world.clock.pass_seconds(seconds)
        seen.append((await world.client.get(FRAME)).headers["cache-control"])
    brief = "public, max-age=0, s-maxage=1"
    assert seen == [LASTING, LASTING, brief, brief, LASTING]


async def test_time_that_a_moderator_chose_counts_instead(world: World) -> None:
    await grow_old(world)
    world.clock.pass_seconds(1)
    await set_closes_at(world, 0)
    assert (await post(world)).status_code == 201
    await set_closes_at(world, world.clock() + 1_000)
    assert (await post(world, text="In time.")).status_code == 201
    world.clock.pass_seconds(1)
    assert (await post(world, text="Too late.")).status_code == 409


async def test_page_that_a_moderator_closed_tells_no_date(world: World) -> None:
    await grow_old(world)
    await world.db.write(lambda tx: pages.set_page(tx, world.blog.id, _only_page(tx, world), locked=True))
    page = Html((await world.client.get(f"{FRAME}&own=1")).text)
    assert page.text(".//p[@class='closed']") == "Comments are closed."


def _only_page(tx: Tx, world: World) -> int:
    (page,) = pages.list_pages(tx, world.blog.id)
    return page.id
