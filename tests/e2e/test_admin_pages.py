"""The rest of `/admin` in a browser: merge and split of two threads, many decisions at once, keys, and axe."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.e2e.admin_states import ADMIN_STATES
from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.owner import POST, be_owner, press, write
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.states import Scene
from widget.db import Database
from widget.demo.start import SITE

pytestmark = pytest.mark.browser

OTHER_POST = "/posts/empty-page/"
MANY = 200


async def texts(reader: Reader, url: str, number: int) -> list[str]:
    """What a reader sees of a thread, which has so many comments."""
    await reader.open(url)
    shown = reader.thread.locator("article .body")
    await expect(shown).to_have_count(number)
    return await shown.all_inner_texts()


async def approve_all(moderator: Page, number: int) -> None:
    """By ticking each that is shown, and one button."""
    boxes = moderator.locator("[name=c]")
    await expect(boxes).to_have_count(number)
    tick = moderator.get_by_role("button", name="Tick all")
    if await tick.is_visible():
        await tick.click()
    else:
        await boxes.evaluate_all("boxes => boxes.forEach((box) => (box.checked = true))")
    await moderator.locator(".bulk").get_by_role("button", name="Approve").click()
    await expect(moderator.get_by_role("status")).to_contain_text(f"{number} comments approved.")


async def test_merge_and_split_leave_the_same_two_threads(moderator: Page, own_demo: Demo, other: Reader) -> None:
    one, two = (own_demo.blog + post for post in (POST, OTHER_POST))
    for text, post in (("Cold dough.", POST), ("Warm hands.", OTHER_POST), ("An empty page.", OTHER_POST)):
        await write(own_demo, text, post=post)
    await moderator.goto(f"{own_demo.home}/admin?q=.")
    await approve_all(moderator, await moderator.locator("[name=c]").count())
    await other.open(one)
    first = await other.thread.locator("article .body").count()
    before = await texts(other, one, first), await texts(other, two, 2)
    await moderator.goto(f"{own_demo.home}/admin/pages?q=empty-page")
    await moderator.locator(".pagelist b a").click()
    await moderator.get_by_label("Address of the page where its comments belong").fill(one)
    await moderator.get_by_role("button", name="Show what will be").click()
    await expect(moderator.get_by_role("heading", name="Merge two pages")).to_be_visible()
    await expect(moderator.locator("main")).to_contain_text(f"{first + 2} comments will be at {one}")
    await moderator.get_by_role("button", name="Merge").click()
    await expect(moderator.get_by_role("status")).to_contain_text("merged into another page.")
    merged = await texts(other, two, first + 2)
    assert sorted(merged) == sorted(before[0] + before[1])
    assert await texts(other, one, first + 2) == merged
    await moderator.locator("main .notice a").click()
    await moderator.get_by_role("button", name="Split").click()
    await expect(moderator.get_by_role("status")).to_contain_text("Undone:")
    assert (await texts(other, one, first), await texts(other, two, 2)) == before


async def test_two_hundred_are_approved_by_one_button_and_taken_back(
    moderator: Page, own_demo: Demo, other: Reader
) -> None:
    for start in range(0, MANY, 20):
        await asyncio.gather(
            *(write(own_demo, f"Bulk number {number}.", post=OTHER_POST) for number in range(start, start + 20))
        )
    await moderator.goto(f"{own_demo.home}/admin?q=Bulk&show={MANY}")
    await approve_all(moderator, MANY)
    await expect(moderator.locator(".item")).to_have_count(0)
    await other.open(own_demo.blog + OTHER_POST)
    await expect(other.thread.locator("h2").first).to_contain_text(f"{MANY}")
    await moderator.get_by_role("button", name="Undo").click()
    await expect(moderator.get_by_role("status")).to_contain_text(f"Undone: {MANY} comments approved.")
    await expect(moderator.locator(".item")).to_have_count(MANY)


async def test_keys_work_on_what_was_reported(page: Page, own_demo: Demo, own_database: Database) -> None:
    async with httpx2.AsyncClient(base_url=own_demo.home) as client:
        for text in ("Rude words.", "Cheap flour.", "Kind words."):
            comment_id = await write(own_demo, text)
            told = {"reason": "abuse"}
            await Seed(client, own_database).moderate(comment_id, "approved")
            answer = await client.post(f"/api/v1/{SITE}/comments/{comment_id}/report", json=told)
            assert answer.status_code == 204, answer.text
    await be_owner(page, own_demo, own_database)
    await page.goto(f"{own_demo.home}/admin?tab=reported")
    focused, status = page.locator(".item article:focus"), page.get_by_role("status")
    await expect(page.locator(".item")).to_have_count(3)
    await press(page, "j")
    await expect(focused).to_contain_text("Kind words.")
    await press(page, "a")
    await expect(status).to_contain_text("1 comment kept, though reported.")
    await expect(focused).to_contain_text("Cheap flour.")
    await press(page, "s")
    await expect(status).to_contain_text("1 comment marked as spam.")
    await press(page, "u")
    await expect(status).to_contain_text("Undone: 1 comment marked as spam.")
    await expect(page.locator(".item")).to_have_count(2)
    await press(page, "j")
    await press(page, "j")
    await expect(focused).to_contain_text("Rude words.")
    await press(page, "k")
    await expect(focused).to_contain_text("Cheap flour.")
    await page.get_by_label("Reason, kept in the log").press_sequentially("ads")  # letters in a field are no keys
    await page.keyboard.press("Enter")  # nor does this decide
    await page.locator(".item", has_text="Rude words.").locator("article").focus()
    await press(page, "d")
    await expect(status).to_contain_text("1 comment deleted.")
    await press(page, "?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.goto(f"{own_demo.home}/admin/log")
    await expect(page.locator(".log .reason").first).to_have_text("ads")


@pytest.mark.parametrize("state", ADMIN_STATES)
async def test_axe_finds_nothing_and_all_fits_a_narrow_screen(
    state: str, new_context: NewContext, blog: Blog, seed: Seed
) -> None:
    page = await (await new_context(viewport={"width": 360, "height": 740})).new_page()
    shown = await ADMIN_STATES[state](Scene(Reader(page), blog, seed, "", "axe"))
    for scheme in ("light", "dark"):
        await shown.emulate_media(color_scheme=scheme)
        assert await violations(shown) == [], scheme
    assert await shown.evaluate("document.documentElement.scrollWidth") <= 360
