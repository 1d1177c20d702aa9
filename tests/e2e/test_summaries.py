"""Pages of the site that show counts and the latest comments: by script, and in frames."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>Overview</title>
<script async src="{home}/count.js" data-site="demo"
    data-zero="none" data-one="just one" data-other="# of them"></script>
<ul><li><a href="/first-counted?utm_source=x#comments" data-palaver-count>…</a></li>
<li><a href="/second-counted" data-palaver-count>…</a></li>
<li><span data-palaver-count="/first-counted">…</span></li>
<li><span data-palaver-count data-page-id="counted by id">…</span></li></ul>
<aside><script async src="{home}/latest.js" data-site="demo" data-limit="2"></script></aside>
<script>own = Object.getOwnPropertyNames(window)</script></html>"""


async def test_page_shows_counts_and_the_latest_by_one_request_each(
    reader: Reader, blog: Blog, seed: Seed, demo: Demo
) -> None:
    first, second = blog.url("first-counted"), blog.url("second-counted")
    for text in ("One.", "<img src=x onerror=alert(1)> Two."):
        await seed.post(first, text)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url.removeprefix(f"{demo.home}/api/v1/demo/")))
    url = blog.add_document("overview", PAGE.format(home=demo.home))
    await reader.page.goto(url)
    places = reader.page.locator("[data-palaver-count]")
    await expect(places).to_have_text(["2 of them", "none", "2 of them", "none"])
    latest = reader.page.locator("aside .palaver-latest > li")
    await expect(latest).to_have_count(2)
    await expect(latest.first).to_contain_text("Olga Fern")
    await expect(latest.first.locator("p")).to_have_text("<img src=x onerror=alert(1)> Two.")
    assert [name.partition("?")[0] for name in sorted(asked) if "?" in name] == ["counts", "latest"]
    added = await reader.page.evaluate("Object.getOwnPropertyNames(window).filter((name) => !own.includes(name))")
    assert added == ["own"]

    await seed.post(second, "The first here.")
    link = '<a href="/second-counted#comments" data-palaver-count></a>'
    await reader.page.evaluate(
        "link => { document.body.insertAdjacentHTML('beforeend', link); dispatchEvent(new Event('palaver:count')) }",
        link,
    )
    await expect(places).to_have_text(["2 of them", "just one", "2 of them", "none", "just one"])
    permalink = await latest.first.locator("a").get_attribute("href")
    assert (permalink or "").startswith(f"{first}#comment-")


async def test_frames_show_the_same_without_scripts_and_lead_to_the_page(
    reader: Reader, blog: Blog, seed: Seed
) -> None:
    page = blog.add("framed-counts")
    await seed.post(page, "Said in passing.")
    frames = (
        f'<iframe title="Count" src="{blog.home}/count/demo?url={page}&theme=light"></iframe>'
        f'<iframe title="Latest" src="{blog.home}/latest/demo?limit=1"></iframe>'
    )
    await reader.page.goto(blog.add_document("overview-of-frames", f"<!doctype html><title>Overview</title>{frames}"))
    count = reader.page.frame_locator("iframe[title=Count]").locator("a")
    await expect(count).to_have_text("1 comment")
    latest = reader.page.frame_locator("iframe[title=Latest]").locator("article")
    await expect(latest).to_contain_text("Said in passing.")
    await latest.locator("a").click()
    await expect(reader.comment("Said in passing.")).to_be_visible()
    assert reader.page.url.startswith(f"{page}#comment-")
