"""A site owner puts the tag on a page: what it adds there, what its attributes and its object do, and when it fails."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.reader import GUEST, Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

LISTEN = """<script>
    window.told = window.own = [];
    own = Object.getOwnPropertyNames(window);
    for (const name of ["ready", "resize", "comment", "signin", "signout", "error"])
        document.addEventListener("palaver:" + name, ({detail, target}) => told.push({name, detail, on: target.id}));
</script>"""


async def question(reader: Reader) -> dict[str, str]:
    """What the frame's address asks for."""
    address = await reader.page.locator('iframe[title="Comments"]').get_attribute("src")
    return {name: values[0] for name, values in parse_qs(urlsplit(address or "").query).items()}


async def told(page: Page, name: str) -> list[dict[str, Any]]:
    """The events of that name so far, once there is one."""
    await page.wait_for_function("name => told.some((event) => event.name === name)", arg=name)
    events: list[dict[str, Any]] = await page.evaluate("name => told.filter((event) => event.name === name)", name)
    return events


async def test_tag_adds_one_name_a_frame_and_nothing_else(reader: Reader, blog: Blog, demo: Demo) -> None:
    asked: set[str] = set()
    reader.page.on("request", lambda request: asked.add(request.url))
    await reader.open(blog.add("one-name", head=LISTEN))
    await told(reader.page, "ready")
    added = await reader.page.evaluate("Object.getOwnPropertyNames(window).filter((name) => !own.includes(name))")
    assert [name for name in added if not name.isdecimal()] == ["Palaver"]
    assert await reader.page.evaluate("Object.keys(Palaver)") == ["load", "theme", "sso", "on", "destroy"]
    assert await reader.page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    assert await reader.page.context.cookies(blog.origin) == []
    assert {urlsplit(address).netloc for address in asked} == {
        urlsplit(address).netloc for address in (blog.origin, demo.blog, demo.home)
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_tag_names_theme_order_and_language(reader: Reader, blog: Blog, seed: Seed, theme: str) -> None:
    name = f"options-{theme}"
    for text in ("The first", "The second"):
        await seed.post(blog.url(name), text)
    tag = f'data-site="demo" data-theme="{theme}" data-sort="new" data-lang="en-GB"'
    await reader.open(blog.add(name, tag=tag, root='data-test="en"'))
    await expect(reader.thread.locator("html")).to_have_attribute("data-theme", theme)
    await expect(reader.thread.locator("#list .body")).to_have_text(["The second", "The first"])
    await expect(reader.link("Newest")).to_have_attribute("aria-current", "true")
    assert await question(reader) == {"url": blog.url(name), "sort": "new", "lang": "en-GB", "theme": theme}


async def test_pages_of_one_id_share_a_thread(reader: Reader, blog: Blog) -> None:
    tag = 'data-site="demo" data-page-id="the same"'
    await reader.open(blog.add("first-of-two", tag=tag))
    await reader.post_as_guest("Said on the first.")
    await reader.open(blog.add("second-of-two", tag=tag))
    await expect(reader.comment("Said on the first.")).to_be_visible()


async def test_tag_names_the_address_and_the_title(reader: Reader, blog: Blog, seed: Seed) -> None:
    named = blog.url("named-by-the-tag")
    await reader.open(blog.add("elsewhere", tag=f'data-site="demo" data-url="{named}" data-title="A better title"'))
    await reader.post_as_guest("Here.")
    assert await seed.count(named) == 1
    await reader.page.goto(f"{blog.home}/thread/demo?url={named}")
    await expect(reader.page.get_by_role("heading", level=1)).to_have_text("A better title")


async def test_lazy_tag_loads_nothing_until_the_reader_comes_near(reader: Reader, blog: Blog) -> None:
    address = blog.add(
        "lazy", tag='data-site="demo" data-lazy', before='<div style="height: 6000px"></div>', head=LISTEN
    )
    await reader.page.goto(address, wait_until="load")
    await reader.page.wait_for_function("window.Palaver")
    await expect(reader.page.locator(".palaver")).to_have_count(1)
    await expect(reader.page.locator(".palaver iframe")).to_have_count(0)
    await reader.page.locator("#after").scroll_into_view_if_needed()
    await expect(reader.thread.locator("#list")).to_be_attached()


async def test_tag_in_the_head_puts_comments_at_the_end_of_the_page(reader: Reader, blog: Blog) -> None:
    tag = f'<script async src="{blog.home}/embed.js" data-site="demo"></script>'
    await reader.open(blog.add_document("in-the-head", f"<!doctype html><head>{tag}</head><body><p>An article.</p>"))
    assert await reader.page.evaluate("document.body.lastElementChild.className") == "palaver"


async def test_tag_without_a_site_says_so_in_the_console(page: Page, blog: Blog) -> None:
    async with page.expect_console_message() as message:
        await page.goto(blog.add("nameless", tag=""))
    assert (await message.value).text == "Palaver: the script tag needs data-site."
    await expect(page.locator(".palaver")).to_have_count(0)


async def test_last_of_two_tags_stands(reader: Reader, blog: Blog) -> None:
    first = f'<script src="{blog.home}/embed.js" data-site="demo" data-page-id="first tag"></script>'
    await reader.open(blog.add("two-tags", tag='data-site="demo" data-page-id="second tag"', before=first))
    await expect(reader.page.locator(".palaver iframe")).to_have_count(1)
    assert (await question(reader))["id"] == "second tag"
    await reader.post_as_guest("To the second.")


async def test_page_is_told_what_happens_and_nothing_of_who(reader: Reader, blog: Blog) -> None:
    await reader.open(blog.add("events", tag='id="tag" data-site="demo"', head=LISTEN))
    (ready,) = await told(reader.page, "ready")
    assert ready == {"name": "ready", "detail": {}, "on": "tag"}
    await reader.page.evaluate("Palaver.on('comment', (detail) => (window.heard = detail))")
    article = await reader.post_as_guest("Tell it.")
    (comment,) = await told(reader.page, "comment")
    own_id = (await article.locator("xpath=..").get_attribute("id") or "").removeprefix("comment-")
    assert comment["detail"] == await reader.page.evaluate("heard") == {"id": own_id, "status": "approved"}
    heights = [event["detail"]["height"] for event in await told(reader.page, "resize")]
    assert heights[-1] == await reader.page.evaluate("document.querySelector('.palaver iframe').clientHeight")
    assert GUEST not in str(await reader.page.evaluate("told"))


async def test_page_shows_another_thread_and_takes_the_comments_away(
    reader: Reader, blog: Blog, url: str, seed: Seed
) -> None:
    other = blog.url("another-thread")
    await seed.post(url, "Here.")
    await seed.post(other, "There.")
    await reader.open(url)
    await expect(reader.comment("Here.")).to_be_visible()
    await reader.page.evaluate("url => Palaver.load({url})", other)
    await expect(reader.comment("There.")).to_be_visible()
    await reader.page.evaluate("Palaver.load()")
    await expect(reader.comment("Here.")).to_be_visible()
    await reader.page.evaluate("Palaver.destroy()")
    await expect(reader.page.locator(".palaver")).to_have_count(0)
    assert await reader.page.evaluate("typeof Palaver") == "undefined"


async def test_page_that_isolates_itself_gets_the_frame(reader: Reader, blog: Blog, seed: Seed) -> None:
    headers = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    address = blog.add("isolated-by-headers", headers=headers)
    await seed.post(address, "Inside.")
    await reader.open(address)
    assert await reader.page.evaluate("crossOriginIsolated")
    await expect(reader.comment("Inside.")).to_be_visible()
    await reader.post_as_guest("Also inside.")


async def test_page_with_a_strict_policy_needs_two_entries_of_it(reader: Reader, blog: Blog) -> None:
    policy = f"default-src 'none'; script-src {blog.home}; frame-src {blog.home}"
    await reader.open(blog.add("strict-policy", headers={"Content-Security-Policy": policy}))
    await reader.post_as_guest("Under a policy.")
    frame = await reader.page.locator(".palaver iframe").bounding_box()
    assert frame is not None
    assert frame["height"] == await reader.thread.locator("body").evaluate(
        "() => Math.ceil(document.body.getBoundingClientRect().height)"
    )


async def test_owner_reads_what_is_wrong_with_the_tag_for_as_long_as_it_is(reader: Reader, blog: Blog) -> None:
    address = blog.add("wrong-tag", tag='data-site="misspelt"', head=LISTEN)
    await reader.page.clock.install()
    await reader.page.goto(address)
    sentence = "There is no such site here. Check the “data-site” of the tag."
    (error,) = await told(reader.page, "error")
    assert error["detail"] == {"message": sentence}
    await reader.page.clock.fast_forward(12_000)
    await expect(reader.thread.get_by_role("heading", name=sentence)).to_be_visible()
    await expect(reader.page.locator(".palaver p")).to_have_count(0)
    assert not await reader.page.evaluate("told.some(({ name }) => name === 'ready')")


async def test_reader_of_an_unreachable_service_gets_a_link(reader: Reader, blog: Blog) -> None:
    address = blog.add("unreachable", head=LISTEN)
    await reader.page.clock.install()
    await reader.page.route("**/embed/demo?*", lambda route: route.abort())
    await reader.page.goto(address)
    await expect(reader.page.locator(".palaver iframe")).to_have_count(1)
    await reader.page.clock.fast_forward(12_000)
    note = reader.page.locator(".palaver p")
    await expect(note).to_have_text("The comments did not load. Open them on their own page.")
    await expect(reader.page.locator(".palaver iframe")).to_be_hidden()
    (error,) = await told(reader.page, "error")
    assert error["detail"] == {"message": "The comments did not load."}
    await note.get_by_role("link").click()
    await expect(reader.page.get_by_text("Nobody has said anything yet.")).to_be_visible()
    await expect(reader.page.get_by_role("link", name="Back to the page")).to_have_attribute("href", address)
