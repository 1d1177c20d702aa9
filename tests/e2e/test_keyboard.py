"""Everything by keyboard: in a sensible order, with the focus seen and never lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.network import hold_back
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

# Once the focus has moved: the name of what has it, and whether that can be seen.
FOCUS = """() => {
  const node = document.activeElement;
  if (!document.hasFocus() || node === document.body || node === window.last) return false;
  window.last = node;
  const { outlineStyle, outlineWidth } = getComputedStyle(node);
  const outlined = outlineStyle === "solid" && parseFloat(outlineWidth) >= 2;
  const name = node.ariaLabel ?? node.labels?.[0]?.querySelector("span").textContent ?? node.textContent;
  return [name.replace(/\\s*\\(.*/, ""), outlined && node.checkVisibility({ opacityProperty: true })];
}"""
ORDER = [
    *("Leave a comment", "Oldest", "Newest", "Best"),
    *("now", "Like", "Liked by 1 person", "Reply", "Report", "Hide", "Replies"),
    *("now", "Like", "Reply", "Report", "Hide"),
    *("Comment", "Bold", "Italic", "Quote", "Code", "Link", "List"),
    *("Log in with Demo", "Email", "Name", "Website"),
    *("Post Comment", "Preview", "How your comment data is processed"),
]


async def test_tab_reaches_everything_in_reading_order(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "Well said.", name="Ada Moss")
    await seed.post(url, "Indeed.", parent=root)
    await seed.like(root, ["Kit Larkin"])
    await reader.open(url)
    frame = await reader.frame()
    names = []
    for _ in ORDER:
        await reader.page.keyboard.press("Tab")
        name, seen = await (await frame.wait_for_function(FOCUS)).json_value()
        assert seen, name
        names.append(name)
        if name == "Comment":
            await expect(reader.form).to_have_class("write open")
            await expect(reader.button("Log in with Demo")).to_be_visible()
    assert names == ORDER
    await reader.page.keyboard.press("Tab")
    assert await reader.page.evaluate("document.activeElement.tagName") == "BODY"


async def press(target: Locator, then: Locator, key: str = "Enter") -> None:
    """A key on `target`; the focus is on `then` afterwards."""
    await target.focus()
    await target.press(key)
    await expect(then).to_be_focused()


async def test_guest_does_everything_by_keyboard_and_never_loses_the_focus(
    reader: Reader, url: str, seed: Seed
) -> None:
    root = await seed.post(url, "Well said.")
    await seed.post(url, "Indeed.", parent=root)
    await reader.open(url)
    theirs = reader.item(root).locator("> article")
    reply = theirs.get_by_role("link", name="Reply")
    await press(reader.link("Leave a comment"), reader.text)
    await press(reply, reader.text)
    await press(reader.text, reply, "Escape")
    await press(reply, reader.text)
    await press(reader.link("Cancel reply"), reply)
    await press(reply, reader.text)
    await reader.page.keyboard.type("Mine.")
    await press(reader.button("Bold"), reader.text)
    await reader.text.fill("Mine.")
    await reader.be_guest()
    await press(reader.button("Preview"), reader.button("Preview"))
    await expect(reader.thread.get_by_role("region", name="Preview")).to_be_visible()
    mine = reader.comment("Mine.")
    await press(reader.button("Post Comment"), mine)

    await press(mine.get_by_role("link", name="Edit"), reader.editor)
    await press(reader.editor, mine.get_by_role("link", name="Edit"), "Escape")
    await press(mine.get_by_role("link", name="Edit"), reader.editor)
    await press(reader.link("Cancel"), mine.get_by_role("link", name="Edit"))
    await press(mine.get_by_role("link", name="Edit"), reader.editor)
    await reader.editor.fill("Mine now.")
    mine = reader.comment("Mine now.")
    await press(reader.button("Save"), mine)

    like = theirs.get_by_role("button", name="Like")
    await press(like, like, "Space")
    await expect(theirs.locator(".likers")).to_have_text("Liked by 1 person")
    await expect(like).to_be_focused()
    await press(theirs.locator(".likers"), theirs.locator(".likers"))
    fold = reader.item(root).locator("> .fold")
    await press(fold, fold)
    await press(fold, fold, "Space")
    await press(theirs.get_by_role("button", name="Hide"), theirs.get_by_role("button", name="Show again"))
    await press(theirs.get_by_role("button", name="Show again"), theirs.get_by_role("button", name="Hide"))
    await press(reader.link("Newest"), reader.link("Newest"))

    delete = mine.get_by_role("link", name="Delete")
    await press(delete, mine.get_by_role("button", name="Delete"))
    await press(reader.link("Keep it"), delete)
    await press(delete, mine.get_by_role("button", name="Delete"))
    await press(mine.get_by_role("button", name="Delete"), reader.comment("Indeed."))


async def test_show_more_moves_the_focus_to_what_came(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root.")
    for number in range(12):
        await seed.post(url, f"Reply {number}.", parent=root)
    await seed.like(root, [f"Fan {number:03}" for number in range(101)])
    await reader.open(url)
    await press(reader.link("Show more replies"), reader.comment("Reply 10."))
    await expect(reader.status).to_have_text("2 more")
    await reader.link("Liked by 101 people").press("Enter")
    names = reader.thread.get_by_role("list", name="Liked by").get_by_role("listitem")
    await press(reader.link("More"), names.nth(100))
    await expect(reader.status).to_have_text("1 more")


async def test_what_is_laid_over_the_thread_leaves_the_focus_alone(reader: Reader, url: str) -> None:
    await reader.open(url)
    answered = await hold_back(reader.page, "**/me?*")
    mine = await reader.post_as_guest("Mine.")
    edit, like = mine.get_by_role("link", name="Edit"), mine.get_by_role("button", name="Like")
    await edit.focus()
    await like.evaluate("button => button.removeAttribute('aria-pressed')")
    answered.set()
    await expect(like).to_have_attribute("aria-pressed", "false")
    await expect(edit).to_be_focused()
