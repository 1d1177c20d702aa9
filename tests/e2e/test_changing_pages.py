"""The address changes and the page does not load: single-page sites, hash routes, permalinks."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.blog import Blog
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.support.wxr import export, item, told
from widget import site_verbs
from widget.db import Database

pytestmark = pytest.mark.browser

GO = """([url, canonical]) => {
    history.pushState({}, "", url);
    const link = document.querySelector("link[rel=canonical]");
    if (link) setTimeout(() => (link.href = canonical), 200);  // as frameworks do: the address first
}"""

PATIENCE = "new Promise((go) => setTimeout(go, 1500, true))"  # longer than the loader takes to follow


async def go(page: Page, url: str, canonical: str = "") -> None:
    """As a router does it: another address, and soon after the canonical link, where there is one."""
    await page.evaluate(GO, [url, canonical])


@pytest.fixture(scope="module")
async def routes(blog: Blog, database: Database) -> str:
    """A site whose fragments tell pages apart."""
    await site_verbs.add(database, "routes", [blog.origin], blog.home)
    await site_verbs.change(database, "routes", {"hash_routes": "on"}, blog.home)
    return "routes"


async def test_comments_follow_the_address_and_come_back(reader: Reader, blog: Blog, url: str, seed: Seed) -> None:
    other = blog.url("pushed")
    await seed.post(url, "On the first.")
    await seed.post(other, "On the second.")
    await reader.open(url)
    before = await reader.page.evaluate("history.length")
    await go(reader.page, other)
    await expect(reader.comment("On the second.")).to_be_visible()
    await expect(reader.comment("On the first.")).to_have_count(0)
    await reader.post_as_guest("Also on the second.")
    assert await seed.count(other) == 2
    assert await reader.page.evaluate("history.length") == before + 1
    await reader.page.go_back()
    await expect(reader.comment("On the first.")).to_be_visible()
    assert reader.page.url == url


async def test_comments_follow_a_canonical_link_that_follows_the_address(
    reader: Reader, blog: Blog, seed: Seed
) -> None:
    first, second = blog.url("canonical-1"), blog.url("canonical-2")
    await seed.post(first, "On the first.")
    await seed.post(second, "On the second.")
    page = blog.add("canonical", head=f'<link rel="canonical" href="{first}">')
    await reader.open(page)
    await expect(reader.comment("On the first.")).to_be_visible()
    await go(reader.page, f"{page}?view=2", second)
    await expect(reader.comment("On the second.")).to_be_visible()
    await go(reader.page, f"{page}?view=3", second)
    await reader.post_as_guest("Still on the second.")
    assert await seed.count(second) == 2


async def test_canonical_link_of_another_host_is_not_believed(reader: Reader, blog: Blog, seed: Seed) -> None:
    url = blog.add("copied", head='<link rel="canonical" href="https://elsewhere.example/original">')
    await reader.open(url)
    await reader.post_as_guest("Here.")
    assert await seed.count(url) == 1


async def test_named_page_stays_until_told(reader: Reader, blog: Blog, seed: Seed) -> None:
    url = blog.add("named", tag='data-site="demo" data-page-id="named page"')
    await reader.open(url)
    await reader.post_as_guest("On the named page.")
    frame = await reader.frame()
    await frame.evaluate("window.since = 'before'")
    await go(reader.page, blog.url("named-2"))
    await reader.page.wait_for_function(PATIENCE)
    assert await frame.evaluate("window.since") == "before"
    await reader.page.evaluate("Palaver.load({id: 'another name'})")
    await expect(reader.thread.get_by_text("Nobody has said anything yet.")).to_be_visible()


async def test_hash_routes_are_pages_where_the_site_says_so(reader: Reader, blog: Blog, routes: str) -> None:
    url = blog.add("hash-routes", tag=f'data-site="{routes}"')
    await reader.open(f"{url}#/one")
    await reader.post_as_guest("On route one.")
    await reader.page.evaluate("location.hash = '#/two'")
    await expect(reader.thread.get_by_text("Nobody has said anything yet.")).to_be_visible()
    await reader.page.evaluate("location.hash = '#/one'")
    await expect(reader.comment("On route one.")).to_be_visible()


async def test_hash_routes_are_one_page_elsewhere(reader: Reader, url: str) -> None:
    await reader.open(f"{url}#/one")
    await reader.post_as_guest("On any route.")
    await reader.page.evaluate("location.hash = '#/two'")
    await expect(reader.page.locator(".palaver iframe")).to_have_attribute("src", re.compile("%23%2Ftwo"))
    await expect(reader.comment("On any route.")).to_be_visible()


async def test_plain_anchor_changes_nothing(reader: Reader, url: str) -> None:
    await reader.open(url)
    frame = await reader.frame()
    await frame.evaluate("window.since = 'before'")
    await reader.page.evaluate("location.hash = '#after'")
    await reader.page.wait_for_function(PATIENCE)
    assert await frame.evaluate("window.since") == "before"


@pytest.mark.parametrize("lazy", ["", " data-lazy"], ids=["at once", "lazy"])
async def test_permalink_scrolls_to_its_comment_below_a_long_article(
    reader: Reader, blog: Blog, seed: Seed, lazy: str
) -> None:
    """Out of sight a frame is not painted, and what waits for that waits for ever."""
    long = "<style>body::before { content: ''; display: block; height: 6000px }</style>"
    url = blog.add(f"long{lazy}", tag=f'data-site="demo"{lazy}', head=long)
    ids = [await seed.post(url, f"Number {n}." + " More of it." * 60) for n in range(20)]
    await reader.open(f"{url}#comment-{ids[15]}")
    await expect(reader.comment("Number 15.")).to_be_in_viewport(ratio=0.5)


async def test_link_of_another_system_opens_at_the_comment_that_came_from_there(
    reader: Reader, blog: Blog, url: str, seed: Seed
) -> None:
    """Late in a branch on the second page; then back on the first, and by one of ours in a branch that is folded."""
    thread = [*map(told, range(1, 61)), *(told(number, parent=56) for number in range(100, 115))]
    link = url.replace(blog.origin, "https://blog.example")
    await seed.bring("demo", export(item(*thread, link=link)), blog.origin)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    await reader.open(f"{url}#comment-112")
    late = reader.comment("Comment 112")
    await expect(late).to_be_focused()
    await expect(late).to_be_in_viewport(ratio=0.5)
    await reader.thread.locator(".fold").click()
    await expect(late).to_be_hidden()
    own = await late.locator("..").get_attribute("id")
    await reader.page.evaluate("id => (location.hash = id)", own)
    await expect(late).to_be_focused()
    await reader.page.evaluate("document.body.id = location.hash = 'comment-30'")  # the host page's own
    await reader.page.evaluate("location.hash = 'comment-29'")
    await expect(reader.comment("Comment 29")).to_be_focused()
    await expect(reader.comment("Comment 29")).to_be_in_viewport(ratio=0.5)
    await expect(reader.thread.locator(".focused")).to_have_count(1)
    assert [address for address in asked if "comment-30" in address] == []


async def test_permalink_scrolls_to_its_comment(reader: Reader, url: str, seed: Seed) -> None:
    ids = [await seed.post(url, f"Number {n}." + " More of it." * 60) for n in range(20)]
    await reader.open(f"{url}#comment-{ids[15]}")
    await expect(reader.item(ids[15])).to_have_class("focused")
    await expect(reader.comment("Number 15.")).to_be_in_viewport(ratio=0.5)
    assert await reader.page.evaluate("scrollY") > 900
    await reader.page.evaluate("id => (location.hash = '#comment-' + id)", ids[3])
    await expect(reader.item(ids[3])).to_have_class("focused")
    await expect(reader.comment("Number 3.")).to_be_in_viewport(ratio=0.5)
    await expect(reader.item(ids[15])).not_to_have_class("focused")
    await expect(reader.comment("Number 3.")).to_be_focused()
