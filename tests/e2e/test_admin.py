"""Moderators at work before a browser, with scripts and without: what they decide is what other readers then see."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.owner import POST, be_owner, press, write
from tests.e2e.reader import Reader
from tests.e2e.window import MARA, TOMAS
from widget.db import Database
from widget.demo.start import SITE

pytestmark = pytest.mark.browser


async def test_held_comment_is_approved_and_another_reader_sees_it(
    moderator: Page, own_demo: Demo, other: Reader
) -> None:
    await write(own_demo, "Cold dough, warm hands.")
    await other.open(f"{own_demo.blog}{POST}")
    await expect(other.comment("Cold dough, warm hands.")).to_have_count(0)
    await moderator.reload()
    waiting = moderator.locator(".item", has_text="Cold dough, warm hands.")
    await waiting.get_by_role("button", name="Approve").click()
    await expect(moderator.get_by_role("status")).to_contain_text("1 comment approved.")
    await expect(waiting).to_have_count(0)
    await other.page.reload()
    await expect(other.comment("Cold dough, warm hands.")).to_be_visible()


async def test_spam_is_undone(moderator: Page, own_demo: Demo) -> None:
    await write(own_demo, "Cheap flour here.")
    await moderator.reload()
    waiting = moderator.locator(".item", has_text="Cheap flour here.")
    await waiting.get_by_role("button", name="Spam").click()
    await expect(moderator.get_by_role("status")).to_contain_text("1 comment marked as spam.")
    await moderator.get_by_role("button", name="Undo").click()
    await expect(moderator.get_by_role("status")).to_contain_text("Undone: 1 comment marked as spam.")
    await expect(waiting).to_be_visible()


async def test_banned_reader_cannot_post_and_sees_why(moderator: Page, own_demo: Demo, new_context: NewContext) -> None:
    thread = f"{own_demo.home}/thread/{SITE}?url={quote(own_demo.blog + POST, safe='')}"
    tomas = await (await new_context()).new_page()
    await tomas.goto(f"{own_demo.home}/account")
    await tomas.get_by_role("button", name="Demo").click()
    await tomas.get_by_role("button", name=TOMAS).click()
    await tomas.goto(thread)
    await tomas.get_by_label("Comment").fill("Buy my oven.")
    await tomas.get_by_role("button", name="Post Comment").click()
    await expect(tomas.get_by_text("Waits for a moderator;")).to_be_visible()
    await moderator.reload()
    await moderator.locator(".item", has_text="Buy my oven.").get_by_role("link", name=TOMAS).click()
    await moderator.get_by_label("30 days").check()
    await moderator.get_by_label("Reason, which they will read").fill("No advertisements, please.")
    await moderator.get_by_role("button", name="Ban", exact=True).click()
    await expect(moderator.get_by_role("status")).to_contain_text(f"{TOMAS} banned until")
    await tomas.goto(thread)
    await tomas.get_by_label("Comment").fill("Buy my other oven.")
    await tomas.get_by_role("button", name="Post Comment").click()
    await expect(tomas.get_by_text(re.compile("You cannot take part .*No advertisements, please"))).to_be_visible()


async def test_moderator_needs_no_mouse(page: Page, own_demo: Demo, own_database: Database) -> None:
    for text in ("First words.", "Second words.", "Third words.", "Fourth words."):
        await write(own_demo, text, f"{text.split(maxsplit=1)[0]} Guest")
    await be_owner(page, own_demo, own_database)
    await expect(page.locator(".item")).to_have_count(5)  # the demo brings one along
    await expect(page.locator("time").first).to_have_text(re.compile(r"\d at \d\d:\d\d$"))  # of this browser
    await expect(page.locator("time").first).to_have_attribute("title", re.compile("UTC$"))
    focused = page.locator(".item article:focus")
    await press(page, "j")
    await expect(focused).to_contain_text("Fourth words.")
    await press(page, "j")
    await press(page, "a")
    await expect(page.get_by_role("status")).to_contain_text("1 comment approved.")
    await expect(focused).to_contain_text("Second words.")  # where the decided one stood
    await press(page, "u")
    await expect(page.get_by_role("status")).to_contain_text("Undone: 1 comment approved.")
    await expect(page.locator(".item")).to_have_count(5)
    await press(page, "j")
    await press(page, "x")
    await press(page, "j")
    await press(page, "x")
    await expect(page.locator("#ticked")).to_have_text("2 ticked")
    await press(page, "d")
    await expect(page.get_by_role("status")).to_contain_text("2 comments deleted.")
    await press(page, "?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    await page.get_by_label("Text or name").press_sequentially("ad")  # letters in a field are no keys
    await expect(page.get_by_label("Text or name")).to_have_value("ad")
    await expect(page.locator(".item")).to_have_count(3)


async def test_reader_who_signs_in_from_the_management_page_is_told_it_is_not_theirs(
    page: Page, own_demo: Demo
) -> None:
    await page.goto(f"{own_demo.home}/admin")
    await page.get_by_role("button", name="Demo").click()
    await page.get_by_role("button", name=MARA).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("you look after no comments here")
