"""The frame that all readers share: new at once after a change, the same for everybody, bounded, and cheap."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import brotli
import httpx2
import pytest

from tests.support.cast import Cast, cookie_of
from tests.support.database import recorded
from tests.support.html import Html
from tests.support.service import GUEST, HOME, PAGE, Clock, World, open_world
from widget import posting
from widget.core import NOBODY, Core
from widget.db import open_database
from widget.encodings import choose_encoding
from widget.guests import Guest
from widget.limits import Limits
from widget.page_key import PageKey
from widget.posting import Draft

OTHER = "https://blog.example/other"


async def get(world: World, page: str = PAGE, **headers: str) -> httpx2.Response:
    """The frame by one spelling of its address."""
    return await world.client.get("/embed/blog", params={"url": page}, headers=headers)


async def served(world: World) -> int:
    """How many requests were answered ahead of the router."""
    fast: Any = world.app._asgi
    return int(fast.served)


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known a moment ago is still trusted, however slow the machine is."""
    monkeypatch.setattr("widget.cache.TRUST", 60.0)


# What a reader gets


async def test_unchanged_document_is_not_sent_again(world: World) -> None:
    await world.post()
    first = await get(world)
    again = await get(world, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept-Encoding"
    assert (await get(world, **{"If-None-Match": f'"x", W/{first.headers["etag"]}'})).status_code == 304
    assert (await get(world, **{"If-None-Match": '"x"'})).status_code == 200
    await world.post("Another.")
    assert (await get(world, **{"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_head_tells_what_get_would(world: World) -> None:
    await world.post()
    for _ in ("slow", "fast"):
        head = await world.client.head("/embed/blog", params={"url": PAGE})
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 1_000


@pytest.mark.usefixtures("trusting")
async def test_fast_way_and_slow_way_answer_the_same(world: World) -> None:
    await world.post()
    slow = await get(world)
    before = await served(world)
    fast = await get(world)
    assert await served(world) == before + 1
    own = {"x-request-id"}  # the fast way writes no log line
    assert {name: value for name, value in slow.headers.items() if name not in own} == dict(fast.headers)
    assert slow.content == fast.content


async def test_cached_document_may_be_kept_for_a_second_only(world: World) -> None:
    caching = (await get(world)).headers["cache-control"]
    assert caching == "public, max-age=0, s-maxage=1, stale-while-revalidate=30"


async def test_each_encoding_has_its_own_tag(world: World) -> None:
    await world.post("Words that repeat. " * 50)
    plain = await get(world, **{"Accept-Encoding": "identity"})
    tags, sizes = {plain.headers["etag"]}, [len(plain.content)]
    for accept, decode in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        async with world.client.stream(
            "GET", "/embed/blog", params={"url": PAGE}, headers={"Accept-Encoding": accept}
        ) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == accept
        assert int(answer.headers["content-length"]) == len(raw)
        assert decode(raw) == plain.content
        tags.add(answer.headers["etag"])
        sizes.append(len(raw))
    assert len(tags) == 3
    assert sizes[1] < sizes[0] and sizes[2] < sizes[0]  # noqa: PT018


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (b"", b"identity"),
        (b"br", b"br"),
        (b"gzip", b"gzip"),
        (b"gzip, deflate, br, zstd", b"br"),
        (b"GZIP;q=0.5 , BR;q=0", b"gzip"),
        (b"br; q=0.000, gzip; q=0", b"identity"),
        (b"*", b"br"),
        (b"*;q=0", b"identity"),
        (b"br;q=0, *", b"gzip"),
        (b"deflate", b"identity"),
        (b",;,=;q", b"identity"),
    ],
)
def test_client_gets_the_best_coding_it_takes(accept: bytes, coding: bytes) -> None:
    assert choose_encoding(accept) == coding


# What everybody shares


async def test_document_holds_nothing_of_who_asked_first(world: World, cast: Cast) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in cookie_of(world, cast.alice).items())
    ours = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    body = {"action": "post", "text": "Mine."}
    assert (await world.client.post("/embed/blog", params={"url": PAGE}, data=body, headers=ours)).status_code == 303
    by_alice = await get(world, **ours)
    by_nobody = await get(world)
    assert by_alice.content == by_nobody.content
    page = Html(by_nobody.text)
    assert "set-cookie" not in by_alice.headers
    assert not page.has_link("Edit")
    assert "commenting using your account." in page.text(".//span[@class='as']")


async def test_spellings_of_an_address_share_one_document(world: World) -> None:
    await world.post()
    await get(world)
    with recorded(world) as statements:
        other = await world.client.get("/embed/blog?utm_source=x&theme=&url=" + PAGE + "%23top")
    assert other.status_code == 200
    assert not [sql for sql, _ in statements if "FROM comments" in sql]


async def test_claim_of_one_reader_is_not_shown_to_another(world: World) -> None:
    """An explicit id names the thread; the address beside it is only what somebody says."""
    one, two = [
        await world.client.get("/embed/blog", params={"id": "p1", "url": f"https://blog.example/{path}"})
        for path in ("one", "two")
    ]
    assert "blog.example/two" not in one.text
    assert "blog.example/one" not in two.text


# What changes it


async def test_change_is_in_the_next_answer(world: World, cast: Cast) -> None:
    await get(world)
    posted = await world.post("First words.", headers=cast.alice)
    comment = f"/api/v1/blog/comments/{posted['id']}"
    assert "First words." in (await get(world)).text
    await world.client.patch(comment, json={"text": "Other words."}, headers=cast.alice)
    assert "Other words." in (await get(world)).text
    await world.client.put(f"{comment}/like", headers=cast.bob)
    assert "Liked by 1 person" in (await get(world)).text
    await world.client.delete(comment, headers=cast.alice)
    assert "Other words." not in (await get(world)).text


async def test_change_of_a_setting_is_in_the_next_answer(world: World) -> None:
    await world.post()
    before = await get(world)
    await world.set_site("blog", privacy_url="https://blog.example/privacy", sort="new")
    after = await get(world)
    assert "https://blog.example/privacy" in after.text
    assert before.headers["etag"] != after.headers["etag"]
    assert Html(after.text).one(".//section[@id='thread']").get("data-sort") == "new"


async def test_page_of_a_site_that_left_is_no_longer_served(world: World) -> None:
    assert (await get(world)).status_code == 200
    await world.set_site("blog", origins="https://elsewhere.example")
    assert (await get(world)).status_code == 422


@pytest.mark.usefixtures("trusting")
async def test_comment_leaves_other_pages_alone(world: World) -> None:
    await world.post(url=OTHER)
    await get(world, OTHER)
    await world.post()
    before = await served(world)
    with recorded(world) as statements:
        await get(world, OTHER)
    assert (statements, await served(world)) == ([], before + 1)


async def test_change_by_another_process_is_seen_after_a_second(world: World, database_url: str) -> None:
    await get(world)
    other = open_database(database_url, clock=world.clock)
    core = Core(other, Limits(enabled=False), ("k" * 32,))
    page = PageKey("url:blog.example/posts/bread", PAGE)
    draft = Draft(page, "", "", "From elsewhere.", Guest(GUEST["name"], GUEST["email"], ""), "")
    await posting.post(core, world.blog, NOBODY, draft)
    await other.close()
    async with asyncio.timeout(5):
        while "From elsewhere." not in (await get(world)).text:
            await asyncio.sleep(0.05)


# How much of it is kept


async def test_owner_says_how_much_is_kept(sqlite_url: str, clock: Clock) -> None:
    async with open_world(sqlite_url, clock, cache_megabytes=1) as small:
        for number in range(400):  # each counts as 4,000 bytes at least
            await get(small, f"{PAGE}/{number}")
        assert 100 < len(small.app.service.cache._entries) < 300
