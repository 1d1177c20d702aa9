"""What was typed and not yet posted: kept for each place, through everything but posting."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.blog import Blog
from tests.e2e.network import hold_back
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser


async def test_each_place_keeps_its_own_draft(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Question one.")
    await seed.post(url, "Question two.")
    await reader.open(url)
    await reader.write("For everybody.")
    await reader.reply_to("Question one.")
    await expect(reader.text).to_have_value("")
    await reader.text.fill("For one.")
    await reader.reply_to("Question two.")
    await expect(reader.text).to_have_value("")
    await reader.text.fill("For two.")
    await reader.text.press("Escape")
    await expect(reader.text).to_have_value("For everybody.")
    await expect(reader.form).to_have_class("write open")
    await reader.reply_to("Question one.")
    await expect(reader.text).to_have_value("For one.")
    await reader.link("Cancel reply").click()
    await expect(reader.text).to_have_value("For everybody.")
    await reader.reply_to("Question two.")
    await expect(reader.text).to_have_value("For two.")


async def test_draft_and_its_place_survive_a_reload(reader: Reader, url: str, seed: Seed) -> None:
    asked = await seed.post(url, "A question.", name="Ned Bramble")
    await reader.open(url)
    await reader.write("For everybody.")
    await reader.reply_to("A question.")
    await reader.text.fill("Half an answer")
    await reader.open(url)
    await expect(reader.item(asked).locator("> form.write")).to_have_class("write open")
    await expect(reader.form.locator("h3")).to_contain_text("Leave a Reply to Ned Bramble")
    await expect(reader.text).to_have_value("Half an answer")
    await reader.link("Cancel reply").click()
    await expect(reader.text).to_have_value("For everybody.")
    await reader.open(url)
    await expect(reader.thread.locator("#respond > form.write")).to_have_class("write open")
    await expect(reader.text).to_have_value("For everybody.")


async def test_draft_stays_on_its_page(reader: Reader, blog: Blog, url: str) -> None:
    await reader.open(url)
    await reader.write("Only here.")
    await reader.open(blog.add("the-other-page"))
    await reader.text.click()
    await expect(reader.form).to_have_class("write open")
    await expect(reader.text).to_have_value("")


async def test_draft_is_gone_once_it_is_posted(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "A question.")
    await reader.open(url)
    await reader.reply_to("A question.")
    await reader.post_as_guest("An answer.")
    await reader.reply_to("A question.")
    await expect(reader.text).to_have_value("")
    await reader.open(url)
    await expect(reader.comment("An answer.").get_by_role("link", name="Edit")).to_be_visible()
    await expect(reader.form).to_have_class("write")
    await expect(reader.text).to_have_value("")


async def test_draft_that_was_emptied_stays_empty(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("Never mind.")
    await reader.text.fill("")
    await reader.open(url)
    await reader.text.click()
    await expect(reader.form).to_have_class("write open")
    await expect(reader.text).to_have_value("")


async def test_what_is_typed_before_the_script_came_is_a_draft(reader: Reader, url: str) -> None:
    released = await hold_back(reader.page, "**/composer*.js*")
    await reader.open(url)
    await reader.text.press_sequentially("Quick fingers.")
    released.set()
    await expect(reader.form).to_have_class("write open")
    await expect(reader.text).to_have_value("Quick fingers.")
    await reader.open(url)
    await expect(reader.form).to_have_class("write open")
    await expect(reader.text).to_have_value("Quick fingers.")


async def test_what_is_typed_before_the_script_came_stays_when_replying(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "A question.")
    released = await hold_back(reader.page, "**/composer*.js*")
    await reader.open(url)
    await reader.text.press_sequentially("Quick fingers.")
    await reader.comment("A question.").get_by_role("link", name="Reply").click()
    released.set()
    await expect(reader.form.locator("h3")).to_contain_text("Leave a Reply")
    await expect(reader.text).to_have_value("")
    await reader.text.press("Escape")
    await expect(reader.text).to_have_value("Quick fingers.")
