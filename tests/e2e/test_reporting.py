"""A reader reports a comment: by a button at each, which opens a page of its own, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.blog import Blog
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_reader_reports_a_comment_and_keeps_their_place(
    new_context: NewContext, new_scriptless_context: NewContext, blog: Blog, seed: Seed, scripts: bool
) -> None:
    context = await (new_context if scripts else new_scriptless_context)()
    reader = Reader(await context.new_page())
    url = blog.add("report") if scripts else blog.add_plain_frame("report-without")
    await seed.post(url, "Very rude words.")
    await reader.open(url)
    article = reader.comment("Very rude words.")
    await article.hover()
    async with context.expect_page() as opening:
        await article.get_by_role("button", name="Report").click()
    window = await opening.value
    await expect(window.get_by_text("Very rude words.")).to_be_visible()
    assert await window.evaluate("window.opener") is None
    await window.get_by_label("It insults or threatens somebody").check()
    await window.get_by_role("button", name="Report it").click()
    await expect(window.get_by_role("heading", name="Thank you")).to_be_visible()
    await expect(article).to_be_visible()


async def test_nobody_is_offered_to_report_their_own(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Somebody else's.")
    await reader.open(url)
    mine = await reader.post_as_guest("Mine.")
    await expect(reader.comment("Somebody else's.").get_by_role("button", name="Report")).to_have_count(1)
    for when in ("at once", "after a reload"):
        await expect(mine.get_by_role("link", name="Edit")).to_be_visible()
        await expect(mine.get_by_role("button", name="Report")).to_have_count(0)
        if when == "at once":
            await reader.open(url)
