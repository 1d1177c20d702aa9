"""A guest writes: posting, replying, cancelling, formatting."""

from __future__ import annotations

import pytest
from playwright.async_api import BrowserContext, expect

from tests.e2e.blog import Blog
from tests.e2e.reader import GUEST, Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

EMAIL = "gwen@example.org"
WEBSITE = "https://gwen.example/bread"


async def test_guest_posts_and_sees_it_at_once(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "The first word.")
    await reader.open(url)
    await expect(reader.thread.locator("h2")).to_have_text("1 comment")
    frame = await reader.frame()
    await frame.evaluate("window.neverReloaded = true")
    await reader.write("A word of **mine**.")
    await reader.be_guest(GUEST, EMAIL)
    await reader.form.get_by_label("Website").fill(WEBSITE)
    await reader.post()
    mine = reader.comment("A word of mine.")
    await expect(mine.locator(".body strong")).to_have_text("mine")
    await expect(reader.thread.locator("#list > li > article .body")).to_have_text(
        ["The first word.", "A word of mine."]
    )
    await expect(reader.thread.locator("h2")).to_have_text("2 comments")
    await expect(mine.get_by_role("link", name=GUEST)).to_have_attribute("href", WEBSITE)
    await expect(mine.get_by_role("link", name=GUEST)).to_have_attribute("rel", "nofollow ugc noopener")
    await expect(mine).to_be_focused()
    await expect(reader.status).to_have_text("Your comment was posted.")
    await expect(reader.text).to_have_value("")
    await expect(reader.form).to_have_class("write")
    assert await frame.evaluate("window.neverReloaded")


async def test_email_address_of_a_guest_is_told_to_nobody(reader: Reader, other: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("Write to me.")
    await reader.be_guest(GUEST, EMAIL)
    async with (
        reader.page.expect_response(lambda response: response.request.method == "POST") as posted,
        reader.page.expect_response("**/me?*") as me,
    ):
        await reader.post()
    for answer in (posted, me):
        body = await (await answer.value).text()
        assert "Write to me." in body
        assert EMAIL not in body
    await reader.open(url)
    await expect(reader.comment("Write to me.").get_by_role("link", name="Edit")).to_be_visible()
    assert EMAIL not in await (await reader.frame()).content()
    await other.open(url)
    assert EMAIL not in await (await other.frame()).content()


async def test_comment_of_a_guest_stays_theirs_in_this_browser_only(reader: Reader, other: Reader, url: str) -> None:
    await reader.open(url)
    await reader.post_as_guest("Still mine tomorrow.")
    await reader.open(url)
    mine = reader.comment("Still mine tomorrow.")
    await expect(mine.get_by_role("link", name="Edit")).to_be_visible()
    await expect(mine.get_by_role("link", name="Delete")).to_be_visible()
    await reader.text.click()
    for label, value in {"Email": EMAIL, "Name": GUEST, "Website": ""}.items():
        await expect(reader.form.get_by_label(label)).to_have_value(value)
    await other.open(url)
    theirs = other.comment("Still mine tomorrow.")
    await expect(theirs.get_by_role("button", name="Hide")).to_be_attached()
    await expect(theirs.locator(".edit, .delete")).to_have_count(0)
    await other.text.click()
    await expect(other.form.get_by_label("Name")).to_have_value("")


async def test_form_is_one_field_until_it_is_used(reader: Reader, url: str, seed: Seed) -> None:
    for number in range(8):
        await seed.post(url, f"Comment {number}.")
    await reader.open(url)
    await expect(reader.text).to_be_visible()
    await expect(reader.form.get_by_label("Email")).to_be_hidden()
    await expect(reader.button("Post Comment")).to_be_hidden()
    read = reader.comment("Comment 7.")
    await reader.text.scroll_into_view_if_needed()
    before, field = await read.bounding_box(), await reader.text.bounding_box()
    await reader.text.click()
    await expect(reader.form.get_by_label("Email")).to_be_visible()
    await expect(reader.button("Post Comment")).to_be_visible()
    after = await reader.text.bounding_box()
    assert await read.bounding_box() == before
    assert field is not None
    assert after is not None
    assert (after["x"], after["y"]) == (field["x"], field["y"])


async def test_reply_moves_the_form_under_the_comment_and_cancel_puts_it_back(
    reader: Reader, url: str, seed: Seed
) -> None:
    asked = await seed.post(url, "Who is there?", name="Ned Bramble")
    await seed.post(url, "Something else.")
    await reader.open(url)
    await reader.reply_to("Who is there?")
    await expect(reader.form.locator("h3")).to_have_text("Leave a Reply to Ned Bramble Cancel reply")
    await expect(reader.item(asked).locator("> form.write")).to_have_count(1)
    await expect(reader.thread.locator("#respond form")).to_have_count(0)
    await reader.link("Cancel reply").click()
    await expect(reader.form.locator("h3")).to_have_text("Leave a comment")
    await expect(reader.thread.locator("#respond > form.write")).to_have_class("write")
    await expect(reader.comment("Who is there?").get_by_role("link", name="Reply")).to_be_focused()


async def test_escape_cancels_a_reply(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Who is there?")
    await reader.open(url)
    await reader.reply_to("Who is there?")
    await reader.text.press("Escape")
    await expect(reader.thread.locator("#respond > form.write")).to_have_count(1)
    await expect(reader.comment("Who is there?").get_by_role("link", name="Reply")).to_be_focused()


async def test_reply_pressed_again_puts_the_form_back(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Who is there?")
    await reader.open(url)
    await reader.reply_to("Who is there?")
    await reader.comment("Who is there?").get_by_role("link", name="Reply").click()
    await expect(reader.thread.locator("#respond > form.write")).to_have_count(1)


async def test_reply_appears_under_its_parent(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root.")
    first = await seed.post(url, "An earlier reply.", parent=root)
    await seed.post(url, "Another root.")
    await reader.open(url)
    await reader.reply_to("A root.")
    mine = await reader.post_as_guest("A later reply.")
    await expect(reader.item(root).locator("> ol > li > article .body")).to_have_text(
        ["An earlier reply.", "A later reply."]
    )
    await expect(mine).to_be_focused()
    await expect(mine).to_be_in_viewport()
    await expect(reader.status).to_have_text("Your comment was posted.")
    await expect(reader.thread.locator("h2")).to_have_text("4 comments")
    await expect(reader.thread.locator("#respond > form.write")).to_have_class("write")
    await reader.reply_to("An earlier reply.")
    await reader.post_as_guest("The first one down here.")
    await expect(reader.item(first).locator("> ol > li > article .body")).to_have_text("The first one down here.")
    await expect(reader.item(first).locator("> .fold")).to_have_attribute("aria-expanded", "true")
    await reader.open(url)
    await expect(reader.item(first).locator("> ol > li > article .body")).to_have_text("The first one down here.")


async def test_new_comment_comes_first_where_the_newest_do(reader: Reader, blog: Blog, seed: Seed) -> None:
    url = blog.add("newest-first", tag='data-site="demo" data-sort="new"')
    await seed.post(url, "Older.")
    await reader.open(url)
    await reader.post_as_guest("Newer.")
    await expect(reader.thread.locator("#list > li > article .body")).to_have_text(["Newer.", "Older."])


async def test_first_comment_replaces_the_invitation(reader: Reader, url: str) -> None:
    await reader.open(url)
    invitation = reader.thread.get_by_text("Nobody has said anything yet.")
    await expect(invitation).to_be_visible()
    await reader.post_as_guest("I have.")
    await expect(invitation).to_be_hidden()
    await expect(reader.thread.locator("h2")).to_have_text("1 comment")


async def test_leave_a_comment_brings_the_form_into_view(reader: Reader, url: str, seed: Seed) -> None:
    for number in range(30):
        await seed.post(url, f"Comment {number}.")
    await reader.open(url)
    await expect(reader.text).not_to_be_in_viewport()
    await reader.link("Leave a comment").click()
    await expect(reader.text).to_be_focused()
    await expect(reader.text).to_be_in_viewport()


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter"])
async def test_keys_post_from_the_text(reader: Reader, url: str, keys: str) -> None:
    await reader.open(url)
    await reader.write("Without a mouse.")
    await reader.be_guest()
    await reader.text.press(keys)
    await expect(reader.comment("Without a mouse.")).to_be_visible()


async def test_enter_in_a_field_posts_and_signs_nobody_in(reader: Reader, url: str, context: BrowserContext) -> None:
    await reader.open(url)
    await reader.write("Enter is enough.")
    await reader.be_guest()
    await reader.form.get_by_label("Name").press("Enter")
    await expect(reader.comment("Enter is enough.")).to_be_visible()
    assert context.pages == [reader.page]


TOOLS = [
    ("Bold", "Control+b", "a word", "word", "a **word**"),
    ("Bold", "Meta+b", "", "", "****"),
    ("Italic", "Control+i", "a word", "word", "a _word_"),
    ("Code", "Control+e", "a word", "word", "a `word`"),
    ("Code", "Meta+e", "x = 1\ny = 2", "x = 1\ny = 2", "```\nx = 1\ny = 2\n```"),
    ("Link", "Control+k", "a word", "word", "a [word](https://)"),
    ("Link", "Meta+k", "see https://rye.example/", "https://rye.example/", "see [](https://rye.example/)"),
    ("Quote", "", "one\ntwo", "one\ntwo", "> one\n> two"),
    ("Quote", "", "He said: one", "one", "He said: \n> one"),
    ("List", "", "one\ntwo", "one\ntwo", "- one\n- two"),
]


async def test_toolbar_formats_what_is_picked(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("")

    async def pick(text: str, picked: str) -> None:
        await reader.text.fill(text)
        start = text.index(picked)
        ends = [start, start + len(picked)]
        await reader.text.evaluate("(area, [start, end]) => area.setSelectionRange(start, end)", ends)

    for tool, keys, text, picked, expected in TOOLS:
        await pick(text, picked)
        await reader.button(tool).click()
        await expect(reader.text).to_have_value(expected)
        await expect(reader.text).to_be_focused()
        if keys:
            await pick(text, picked)
            await reader.text.press(keys)
            await expect(reader.text).to_have_value(expected)
    await reader.text.press("Control+z")
    await expect(reader.text).to_have_value("one\ntwo")


async def test_typing_goes_on_inside_the_marks(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("")
    await reader.text.press("Control+b")
    await reader.page.keyboard.type("loud")
    await expect(reader.text).to_have_value("**loud**")
    await reader.text.fill("word")
    await reader.text.select_text()
    await reader.text.press("Control+k")
    await reader.page.keyboard.type("https://rye.example/")
    await expect(reader.text).to_have_value("[word](https://rye.example/)")


async def test_preview_is_what_the_server_would_publish(reader: Reader, url: str, seed: Seed) -> None:
    await reader.open(url)
    await reader.write("**Loud** and <script>alert(1)</script>\n\n> quoted")
    await reader.button("Preview").click()
    preview = reader.thread.get_by_role("region", name="Preview")
    await expect(preview.locator("strong")).to_have_text("Loud")
    await expect(preview.locator("blockquote")).to_have_text("quoted")
    await expect(preview.locator("script")).to_have_count(0)
    await expect(reader.button("Preview")).to_be_focused()
    await reader.text.fill("Something else.")
    await reader.button("Preview").click()
    await expect(preview).to_have_text("Something else.")
    assert await seed.count(url) == 0
    await reader.post_as_guest("Something else.")
    await expect(preview).to_have_count(0)
