"""What host pages show of threads elsewhere: counts and latest comments, as cheap and as new as the threads."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.moderation.test_merging import Bob
from tests.support.cast import Cast
from tests.support.database import recorded
from tests.support.html import Html
from tests.support.service import BLOG, GUEST, HOME, PAGE, SHOP, World
from widget.cache import TRUST
from widget.db import Tx
from widget.handlers.summaries import MAX_LATEST
from widget.latest import MAX_EXCERPT, excerpt
from widget.models import comments, pages

OTHER, NOWHERE = f"{BLOG}/posts/rye", f"{BLOG}/posts/none"
JSON = ("/api/v1/blog/counts", "/api/v1/blog/latest")
DOCUMENTS = ("/count/blog", "/latest/blog")


async def get(world: World, path: str, params: Any = None, **headers: str) -> httpx2.Response:
    answer = await world.client.get(path, params={"url": PAGE} if params is None else params, headers=headers)
    assert answer.status_code in (200, 304), answer.text
    return answer


async def counts(world: World, *urls: str, ids: tuple[str, ...] = ()) -> dict[str, int]:
    asked = [("url", url) for url in urls] + [("id", page_id) for page_id in ids]
    found: dict[str, int] = (await get(world, "/api/v1/blog/counts", asked)).json()["counts"]
    return found


async def latest(world: World, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await get(world, "/api/v1/blog/latest", query)).json()["comments"]
    return found


async def excerpts(world: World) -> list[str]:
    return [comment["excerpt"] for comment in await latest(world)]


# As cheap as a thread


@pytest.mark.parametrize("path", [*JSON, *DOCUMENTS])
async def test_summary_is_answered_ahead_of_the_router_and_not_sent_twice(world: World, path: str) -> None:
    await world.post()
    first = await get(world, path)
    fast: Any = world.app._asgi
    before = fast.served
    with recorded(world) as statements:
        again = await get(world, path)
        unchanged = await get(world, path, **{"If-None-Match": first.headers["etag"]})
    assert (fast.served, statements) == (before + 2, [])
    assert again.content == first.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    for answer in (first, again, unchanged):
        assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=1, stale-while-revalidate=30"
        assert answer.headers["vary"] == "Accept-Encoding"


def let_a_second_pass(world: World) -> None:
    """After which no answer is trusted unseen: other processes write, too."""
    for entry in world.app.service.cache._entries.values():
        entry.checked -= TRUST


@pytest.mark.parametrize("path", ["/embed/blog", *JSON, *DOCUMENTS])
async def test_what_another_process_changed_is_seen_and_what_none_did_is_kept(world: World, path: str) -> None:
    await world.post("Words.")
    first = await get(world, path)
    fast: Any = world.app._asgi
    before = fast.served
    let_a_second_pass(world)
    assert (await get(world, path)).content == first.content
    assert fast.served == before + 1, "ahead of the router, too"

    def change(tx: Tx) -> None:
        """As another process does it, of which no event tells here."""
        tx.conn.execute(sa.update(comments).values(html="<p>Other.</p>"))
        tx.conn.execute(sa.update(pages).values(count=7, version=pages.c.version + 1))

    await world.db.write(change)
    let_a_second_pass(world)
    assert (await get(world, path)).content != first.content


async def test_number_of_queries_does_not_grow(world: World) -> None:
    for number in range(3):
        await world.post(f"Words {number}.", url=f"{PAGE}/{number}")
    seen = []
    for number in (5, 50):
        with recorded(world) as statements:
            await counts(world, *(f"{PAGE}/{page}" for page in range(number)))
            await latest(world, limit=str(number))
        seen.append(len(statements))
    assert seen[0] == seen[1]


async def test_order_of_what_is_asked_for_does_not_matter(world: World) -> None:
    await world.post()
    assert await counts(world, PAGE, OTHER) == {PAGE: 1, OTHER: 0}
    with recorded(world) as statements:
        assert await counts(world, OTHER, PAGE, OTHER) == {PAGE: 1, OTHER: 0}
    assert statements == []


async def test_comment_elsewhere_leaves_counts_alone(world: World) -> None:
    await counts(world, PAGE)
    await world.post(url=OTHER)
    with recorded(world) as statements:
        assert await counts(world, PAGE) == {PAGE: 0}
    assert statements == []


# Who may read it


@pytest.mark.parametrize("path", JSON)
async def test_scripts_of_any_page_may_read_it_but_without_cookies(world: World, path: str) -> None:
    await world.post()
    for headers in ({}, {"If-None-Match": "*"}):
        answer = await get(world, path, **headers)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_pages_of_the_site_may_frame_it_and_no_others(world: World, path: str) -> None:
    policy = (await get(world, path)).headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://blog.example https://www.blog.example")
    refused = await world.client.get(path, params={"url": "https://evil.example/", "limit": "0"})
    assert refused.status_code == 422
    assert BLOG in refused.headers["content-security-policy"], "so that the frame can say what is wrong"


# Counts


async def test_counts_are_new_at_once(world: World, cast: Cast) -> None:
    assert await counts(world, PAGE, NOWHERE) == {PAGE: 0, NOWHERE: 0}
    posted = await world.post(headers=cast.alice)
    assert await counts(world, PAGE, NOWHERE) == {PAGE: 1, NOWHERE: 0}
    status = f"/api/v1/blog/comments/{posted['id']}/status"
    await world.client.put(status, json={"status": "pending"}, headers=cast.bob)
    assert await counts(world, PAGE, NOWHERE) == {PAGE: 0, NOWHERE: 0}


async def test_pages_are_counted_by_id_too(world: World) -> None:
    await world.post(id="bread")
    await world.post("Another.", id="bread", url=OTHER)
    assert await counts(world, PAGE, ids=("bread", "rye")) == {PAGE: 0, "bread": 2, "rye": 0}


async def test_merged_pages_count_as_one_until_they_are_split(world: World, cast: Cast) -> None:
    bob = Bob(world, cast)
    await world.post("one")
    await world.post("two", url=OTHER)
    assert await counts(world, PAGE, OTHER) == {PAGE: 1, OTHER: 1}
    batch = await bob.merge(OTHER, PAGE)
    assert await counts(world, PAGE, OTHER) == {PAGE: 2, OTHER: 2}
    assert await counts(world, OTHER) == {OTHER: 2}
    await world.post("three")
    assert await counts(world, OTHER) == {OTHER: 3}, "though the change was told of the other page"
    await bob.undo(batch)
    assert await counts(world, PAGE, OTHER) == {PAGE: 2, OTHER: 1}


async def test_link_tells_how_many_there_are(world: World) -> None:
    said = {}
    for _ in range(3):
        link = await get(world, "/count/blog")
        assert link.text.startswith("<a "), "to be put into a page by its server"
        framed = Html((await get(world, "/count/blog", {"url": PAGE, "theme": "dark"})).text)
        assert framed.root.get("data-theme") == "dark"
        assert framed.one(".//link[@rel='stylesheet']") is not None
        assert framed.one(".//a").get("target") == "_top"
        said[Html(link.text).text(".//a")] = framed.link(Html(link.text).text(".//a"))
        await world.post(f"Words {len(said)}.")
    assert said == dict.fromkeys(("No comments", "1 comment", "2 comments"), PAGE)


async def test_address_in_a_link_is_no_markup(world: World) -> None:
    link = Html((await get(world, "/count/blog", {"url": f'{PAGE}?"><script>alert(1)</script>'})).text)
    assert link.all(".//script") == []
    assert (await world.client.get("/count/blog", params={"id": "rye"})).text == (
        '<a class="palaver-count" target="_top">No comments</a>'
    )


# The latest


async def test_latest_are_told_with_their_pages(world: World, cast: Cast) -> None:
    await world.post("Older.", title="Bread", guest={**GUEST, "website": "https://gwen.example/"})
    newer = await world.post("The *newer*\n\n> one", url=OTHER, title="Rye", headers=cast.alice)
    await world.client.post("/api/v1/shop/comments", json={"url": f"{SHOP}/", "text": "No.", "guest": GUEST})
    found = await latest(world)
    assert [comment["excerpt"] for comment in found] == ["The newer one", "Older."]
    assert found[0] == {
        "id": newer["id"],
        "url": f"{OTHER}#comment-{newer['id']}",
        "title": "Rye",
        "author": newer["author"],
        "excerpt": "The newer one",
        "created_at": newer["created_at"],
    }
    assert found[1]["author"]["url"] == "https://gwen.example/"
    assert len(await latest(world, limit="1")) == 1


async def test_comment_of_a_page_without_address_leads_to_its_thread(world: World) -> None:
    body = {"action": "post", "text": "Hello.", **GUEST}
    own = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    answer = await world.client.post("/embed/blog", params={"id": "bread"}, data=body, headers=own)
    assert answer.status_code == 303
    [found] = await latest(world)
    assert found["url"] == f"{HOME}/thread/blog?id=bread&comment={found['id']}#comment-{found['id']}"
    assert "Hello." in (await world.client.get(found["url"])).text


async def test_what_is_not_public_is_not_among_the_latest(world: World, cast: Cast) -> None:
    mine = await world.post("Mine.", headers=cast.alice)
    await world.post("A reply.", parent_id=mine["id"])
    assert await excerpts(world) == ["A reply.", "Mine."]
    await world.client.delete(f"/api/v1/blog/comments/{mine['id']}", headers=cast.alice)
    assert await excerpts(world) == ["A reply."], "which keeps the place of what it answers"
    for status in ("pending", "rejected", "spam"):  # what comes after spam from one address is held
        guest = {"name": status, "email": f"{status}@example.org"}
        comment = await world.post(f"To be {status}.", guest=guest)
        assert await excerpts(world) == [f"To be {status}.", "A reply."]
        path = f"/api/v1/blog/comments/{comment['id']}/status"
        assert (await world.client.put(path, json={"status": status}, headers=cast.bob)).status_code == 200
        assert await excerpts(world) == ["A reply."]
    await world.set_site("blog", hold="all")
    await world.post("Held.")
    assert await excerpts(world) == ["A reply."]
    assert "Held." not in (await get(world, "/latest/blog")).text


async def test_edit_is_among_the_latest_at_once(world: World, cast: Cast) -> None:
    posted = await world.post("First words.", headers=cast.alice)
    assert await excerpts(world) == ["First words."]
    await world.client.patch(f"/api/v1/blog/comments/{posted['id']}", json={"text": "Other."}, headers=cast.alice)
    assert await excerpts(world) == ["Other."]
    assert "Other." in (await get(world, "/latest/blog")).text


async def test_list_as_a_document_leads_out_of_its_frame(world: World) -> None:
    assert Html((await get(world, "/latest/blog")).text).all(".//li") == []
    posted = await world.post("<b>Bold</b> & more", title="Bread & <butter>")
    page = Html((await get(world, "/latest/blog", {"theme": "light", "limit": "3"})).text)
    assert page.root.get("data-theme") == "light"
    assert page.text(".//p[@class='body']") == "<b>Bold</b> & more"
    assert page.text(".//p[@class='to']") == "on Bread & <butter>"
    link = page.one(".//a")
    assert (link.get("href"), link.get("target")) == (f"{PAGE}#comment-{posted['id']}", "_top")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", "٣", str(MAX_LATEST + 1), "9" * 5_000])
async def test_limit_that_is_none_is_refused(world: World, limit: str) -> None:
    for path in ("/api/v1/blog/latest", "/latest/blog"):
        assert (await world.client.get(path, params={"limit": limit})).status_code == 422


@given(st.text(max_size=1_000))
def test_excerpt_is_the_beginning_on_one_line(text: str) -> None:
    line, shown = " ".join(text.split()), excerpt(text)
    assert len(shown) <= MAX_EXCERPT
    assert "\n" not in shown
    if len(line) <= MAX_EXCERPT:
        assert shown == line
    else:
        assert shown.endswith("…")
        assert line.startswith(shown[:-1])
        assert len(shown) > 1


def test_excerpt_ends_between_words() -> None:
    assert excerpt("word " * 60) == "word " * 39 + "word…"
    assert excerpt("x" * 300) == "x" * (MAX_EXCERPT - 1) + "…"
