"""Proof of work in a browser: done unseen, told in words, and given up at a click."""

from __future__ import annotations

import pytest
from playwright.async_api import Response, expect

from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.proof import make_endless
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

TEXT = "A text of more than twenty characters."


@pytest.fixture
async def asking(blog: Blog, seed: Seed, request: pytest.FixtureRequest) -> str:
    """A page of a site that asks all who are new."""
    site = f"proof-{abs(hash(request.node.name)) % 10**6}"
    await seed.add_site(site, blog.origin, proof_of_work="all", min_seconds="0")
    return blog.add(site, tag=f'data-site="{site}"')


async def test_new_reader_posts_and_the_browser_does_the_work(reader: Reader, asking: str) -> None:
    await reader.open(asking)
    posts: list[int] = []

    def note(response: Response) -> None:
        if response.request.method == "POST":
            posts.append(response.status)

    reader.page.on("response", note)
    mine = await reader.post_as_guest(TEXT)
    await expect(mine.locator(".held")).to_have_count(0)
    await expect(reader.thread.locator("h2")).to_have_text("1 comment")
    await expect(mine).to_be_focused()
    assert posts == [403, 201]


async def test_unsure_site_asks_whom_it_doubts(reader: Reader, blog: Blog, seed: Seed) -> None:
    await seed.add_site("doubtful", blog.origin, proof_of_work="unsure", min_seconds="0")
    url = blog.add("doubtful", tag='data-site="doubtful"')
    await seed.post(url, TEXT, site="doubtful")
    await reader.open(url)
    await reader.write(TEXT)
    await reader.be_guest()
    await reader.post()
    await expect(reader.by("Gwen Applegarth")).to_be_visible()
    await expect(reader.by("Gwen Applegarth").locator(".held")).to_have_count(0)


@pytest.mark.parametrize("way", ["click", "keyboard"])
async def test_reader_gives_the_work_up_and_keeps_the_text(reader: Reader, asking: str, way: str) -> None:
    await reader.open(asking)
    await reader.page.route("**/embed/proof-*", make_endless)
    await reader.write(TEXT)
    await reader.be_guest()
    await reader.post()
    line = reader.form.locator(".told")
    await expect(line).to_contain_text("Your browser does a short calculation, to keep machines out.")
    await expect(reader.status).to_contain_text("Your browser does a short calculation")
    assert await violations(await reader.frame()) == []
    cancel = line.get_by_role("button", name="Cancel")
    await (cancel.click() if way == "click" else cancel.press("Enter"))
    await expect(line).to_have_count(0)
    await expect(reader.form.get_by_role("alert")).to_have_text("Your comment was not sent. It is kept here.")
    await expect(reader.text).to_have_value(TEXT)
    await expect(reader.button("Post Comment")).to_be_focused()
    await reader.page.unroute("**/embed/proof-*")
    await reader.post()
    await expect(reader.comment(TEXT)).to_be_visible()


async def test_reader_whose_script_does_not_come_is_held(reader: Reader, asking: str) -> None:
    await reader.page.route("**/proof.js", lambda route: route.abort())
    await reader.open(asking)
    mine = await reader.post_as_guest(TEXT)
    await expect(mine.locator(".held")).to_be_visible()
