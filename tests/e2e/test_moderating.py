"""Moderators at work in the thread itself: in the frame with scripts, and on the thread's own page without any."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.window import MARA, TOMAS, sign_in

pytestmark = pytest.mark.browser


class PageReader(Reader):
    """The same person before the thread's own page."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.thread = page  # type: ignore[assignment]  # both look for things in the same way

    async def open(self, url: str) -> None:
        await self.page.goto(url)


@pytest.fixture
async def site(seed: Seed, blog: Blog, request: pytest.FixtureRequest) -> str:
    """A site of this test's own, where nobody else moderates."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[-40:].strip("-")
    await seed.add_site(name, blog.origin, min_seconds="0", max_copies="10")
    return name


@pytest.fixture
def url(blog: Blog, site: str) -> str:
    return blog.add(site, tag=f'data-site="{site}"')


async def be_moderator(reader: Reader, url: str, seed: Seed, site: str) -> Reader:
    """In the frame, with scripts."""
    await reader.open(url)
    await sign_in(reader)
    await seed.set_standing(site, MARA, role="moderator")
    await reader.open(url)
    await expect(desk(reader)).to_be_visible()
    return reader


async def sign_in_on_page(reader: Reader, address: str, name: str) -> None:
    await reader.page.goto(address)
    await reader.page.get_by_role("button", name="Log in with Demo").click()
    await reader.page.get_by_role("button", name=name).click()
    await expect(reader.page.get_by_text("Log Out")).to_be_visible()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
async def moderator(
    request: pytest.FixtureRequest,
    new_context: NewContext,
    new_scriptless_context: NewContext,
    seed: Seed,
    blog: Blog,
    site: str,
    url: str,
) -> Reader:
    await seed.post(url, "The first word.", site=site)
    if request.param:
        return await be_moderator(Reader(await (await new_context()).new_page()), url, seed, site)
    reader = PageReader(await (await new_scriptless_context()).new_page())
    address = f"{blog.home}/thread/{site}?url={quote(url, safe='')}"
    await sign_in_on_page(reader, address, MARA)
    await seed.set_standing(site, MARA, role="moderator")
    await reader.open(address)
    return reader


def desk(reader: Reader) -> Locator:
    return reader.thread.get_by_role("group", name="Moderation")


def told(reader: Reader) -> Locator:
    """What was just done."""
    return reader.thread.locator(".told")


async def moderate(reader: Reader, text: str) -> Locator:
    """Open the tools at a comment."""
    await reader.comment(text).get_by_role("link", name="Moderate").click()
    tools = reader.comment(text).get_by_role("group", name="Moderate this comment")
    await expect(tools).to_be_visible()
    return tools


async def press(reader: Reader, text: str, name: str) -> None:
    await (await moderate(reader, text)).get_by_role("button", name=name, exact=True).click()


async def hold(seed: Seed, site: str, url: str, text: str, **more: str) -> str:
    held = await seed.post(url, text, site=site, **more)
    await seed.moderate(held, "pending")
    return held


async def test_held_comment_is_approved_and_another_reader_sees_it(
    moderator: Reader, other: Reader, seed: Seed, site: str, url: str
) -> None:
    await hold(seed, site, url, "Cold dough, warm hands.")
    await other.open(url)
    await expect(other.comment("The first word.")).to_be_visible()
    await expect(other.comment("Cold dough")).to_have_count(0)
    await moderator.page.reload()
    await expect(desk(moderator)).to_contain_text("1 comment waits here.")
    await expect(moderator.comment("Cold dough").locator(".held")).to_have_text("Waits for a moderator.")
    await press(moderator, "Cold dough", "Approve")
    await expect(told(moderator)).to_contain_text("1 comment approved.")
    await expect(moderator.comment("Cold dough").locator(".held")).to_have_count(0)
    await other.page.reload()
    await expect(other.comment("Cold dough")).to_be_visible()


async def test_reply_waits_under_what_it_answers(moderator: Reader, seed: Seed, site: str, url: str) -> None:
    root = await seed.post(url, "A question?", site=site)
    await seed.post(url, "An answer.", site=site, parent=root)
    await hold(seed, site, url, "A held answer.", parent=root)
    await moderator.page.reload()
    replies = moderator.item(root).locator("> ol > li > article .body")
    await expect(replies).to_have_text(["An answer.", "A held answer."])


async def test_spam_is_undone(moderator: Reader, other: Reader, seed: Seed, site: str, url: str) -> None:
    await seed.post(url, "Cheap flour here.", site=site)
    await moderator.page.reload()
    await press(moderator, "Cheap flour", "Spam")
    await expect(told(moderator)).to_contain_text("1 comment marked as spam.")
    await expect(moderator.comment("Cheap flour")).to_have_count(0)
    await other.open(url)
    await expect(other.comment("The first word.")).to_be_visible()
    await expect(other.comment("Cheap flour")).to_have_count(0)
    await told(moderator).get_by_role("button", name="Undo").click()
    await expect(told(moderator)).to_contain_text("Undone: 1 comment marked as spam.")
    await expect(moderator.comment("Cheap flour")).to_be_visible()
    await expect(moderator.thread.locator("h2")).to_have_text("2 comments")
    await other.page.reload()
    await expect(other.comment("Cheap flour")).to_be_visible()


async def test_what_another_decided_meanwhile_is_told_and_stays(
    moderator: Reader, seed: Seed, site: str, url: str
) -> None:
    held = await hold(seed, site, url, "Is it spam?")
    await moderator.page.reload()
    tools = await moderate(moderator, "Is it spam?")
    await seed.moderate(held, "approved")
    await tools.get_by_role("button", name="Spam").click()
    alert = moderator.thread.get_by_role("alert")
    await expect(alert).to_have_text("Somebody changed this comment to “approved” meanwhile.")
    await expect(moderator.comment("Is it spam?").locator(".held")).to_have_count(0)


async def test_banned_reader_cannot_post_and_sees_why(
    moderator: Reader, other: Reader, seed: Seed, site: str, url: str
) -> None:
    await other.open(url)
    await sign_in(other, TOMAS)
    await other.write("Buy my oven.")
    await other.post()
    await expect(other.comment("Buy my oven.")).to_be_visible()
    await moderator.page.reload()
    tools = await moderate(moderator, "Buy my oven.")
    await tools.get_by_text(f"Ban {TOMAS}").click()
    await tools.get_by_label("For how long?").select_option("30 days")
    await tools.get_by_label("Reason, which they will read").fill("No advertisements, please.")
    await tools.get_by_role("button", name="Ban", exact=True).click()
    await expect(told(moderator)).to_contain_text(f"{TOMAS} banned until")
    await other.write("Buy my other oven.")
    await other.post()
    await expect(other.form.get_by_role("alert")).to_have_text(
        re.compile("You cannot take part .*No advertisements, please")
    )
    await expect(other.text).to_have_value("Buy my other oven.")
    await told(moderator).get_by_role("button", name="Undo").click()
    await expect(told(moderator)).to_contain_text("Undone:")
    await other.post()
    await expect(other.comment("Buy my other oven.")).to_be_visible()


async def test_pinned_comment_stands_first_for_everybody(
    moderator: Reader, other: Reader, seed: Seed, site: str, url: str
) -> None:
    await seed.post(url, "House rules.", site=site)
    await moderator.page.reload()
    await press(moderator, "House rules.", "Pin")
    await expect(told(moderator)).to_contain_text("1 comment pinned.")
    await expect(moderator.comment("House rules.").get_by_text("Pinned", exact=True)).to_be_visible()
    await other.open(url)
    bodies = other.thread.locator("#list > li > article .body")
    await expect(bodies).to_have_text(["House rules.", "The first word."])
    await other.link("Oldest").click()
    await expect(other.link("Oldest")).to_have_attribute("aria-current", "true")
    await expect(bodies).to_have_text(["House rules.", "The first word."])
    mine = await other.post_as_guest("Noted.")
    await expect(mine).to_be_visible()
    await expect(bodies).to_have_text(["House rules.", "The first word.", "Noted."])
    await told(moderator).get_by_role("button", name="Undo").click()
    await expect(moderator.comment("House rules.").get_by_text("Pinned", exact=True)).to_have_count(0)


async def test_page_is_closed_and_opened_again(moderator: Reader, other: Reader, url: str) -> None:
    await desk(moderator).get_by_role("button", name="Close comments").click()
    await expect(told(moderator)).to_contain_text("closed.")
    await other.open(url)
    await expect(other.thread.get_by_text("Comments are closed.")).to_be_visible()
    await expect(other.form).to_have_count(0)
    await desk(moderator).get_by_role("button", name="Open comments").click()
    await expect(told(moderator)).to_contain_text("opened again.")
    await other.page.reload()
    await expect(other.form).to_be_visible()


async def test_shadow_banned_reader_alone_sees_what_they_write(
    reader: Reader, other: Reader, seed: Seed, site: str, url: str
) -> None:
    await seed.post(url, "The first word.", site=site)
    await reader.open(url)
    await sign_in(reader, TOMAS)
    await seed.set_standing(site, TOMAS, shadowed=True)
    await reader.write("Buy my oven.")
    await reader.post()
    for when in ("at once", "after a reload"):
        await expect(reader.comment("Buy my oven.")).to_be_visible()
        await expect(reader.comment("Buy my oven.").locator(".held")).to_have_count(0)
        await other.open(url)
        await expect(other.comment("The first word.")).to_be_visible()
        await expect(other.comment("Buy my oven.")).to_have_count(0)
        if when == "at once":
            await reader.open(url)


# In the frame


async def test_readers_load_nothing_that_is_for_moderators(reader: Reader, seed: Seed, site: str, url: str) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    await seed.post(url, "The first word.", site=site)
    await reader.open(url)
    await reader.post_as_guest("Mine.")
    await expect(reader.comment("Mine.").get_by_role("link", name="Edit")).to_be_visible()
    assert not [address for address in asked if "/moderation." in address]
    await expect(reader.link("Moderate")).to_have_count(0)


async def test_tools_go_when_the_moderator_logs_out(reader: Reader, seed: Seed, site: str, url: str) -> None:
    await seed.post(url, "The first word.", site=site)
    await hold(seed, site, url, "Waits.")
    await be_moderator(reader, url, seed, site)
    await moderate(reader, "Waits.")
    await reader.text.click()
    await reader.button("Log Out").click()
    await expect(desk(reader)).to_have_count(0)
    await expect(reader.link("Moderate")).to_have_count(0)
    await expect(reader.comment("Waits.")).to_have_count(0)


async def test_what_is_posted_stands_behind_what_pins_first(reader: Reader, seed: Seed, site: str, url: str) -> None:
    """With the newest first, what was posted just now stands behind what is pinned."""
    await seed.post(url, "House rules.", site=site)
    await seed.post(url, "The first word.", site=site)
    await be_moderator(reader, url, seed, site)
    await press(reader, "House rules.", "Pin")
    await expect(told(reader)).to_contain_text("1 comment pinned.")
    await reader.link("Newest").click()
    bodies = reader.thread.locator("#list > li > article .body")
    await expect(bodies).to_have_text(["House rules.", "The first word."])
    await reader.write("Noted.")
    await reader.post()
    await expect(bodies).to_have_text(["House rules.", "Noted.", "The first word."])


async def test_what_waits_under_a_later_page_comes_with_it(reader: Reader, seed: Seed, site: str, url: str) -> None:
    for number in range(51):
        last = await seed.post(url, f"Root {number}.", site=site)
    await hold(seed, site, url, "A held answer.", parent=last)
    await be_moderator(reader, url, seed, site)
    await expect(desk(reader)).to_contain_text("1 comment waits here.")
    await expect(reader.comment("A held answer.")).to_have_count(0)
    await reader.link("Show more").click()
    await expect(reader.item(last).locator("> ol > li > article .body")).to_have_text("A held answer.")
    await expect(reader.comment("A held answer.").get_by_role("link", name="Moderate")).to_be_visible()


async def test_moderator_needs_no_mouse_and_never_loses_the_focus(
    reader: Reader, seed: Seed, site: str, url: str
) -> None:
    await seed.post(url, "The first word.", site=site)
    await be_moderator(reader, url, seed, site)
    link = reader.comment("The first word.").get_by_role("link", name="Moderate")
    await link.press("Enter")
    await expect(reader.focused).to_have_attribute("aria-label", "Moderate this comment")
    await expect(link).to_have_attribute("aria-expanded", "true")
    await reader.page.keyboard.press("Escape")
    await expect(reader.focused).to_have_text("Moderate")
    await link.press("Enter")
    await expect(reader.focused).to_have_attribute("aria-label", "Moderate this comment")
    for label in ("Spam", "Delete", "Hold"):
        await reader.page.keyboard.press("Tab")
        await expect(reader.focused).to_have_text(label)
    await reader.page.keyboard.press("Enter")
    await expect(reader.focused).to_have_text("Undo")
    await expect(reader.status).to_have_text("1 comment held.")
    await reader.focused.press("Enter")
    await expect(reader.status).to_have_text("Undone: 1 comment held.")
    await expect(reader.focused).to_have_text("Undo")
    await reader.thread.get_by_role("link", name="Close").press("Enter")
    await expect(reader.focused).to_have_text("Moderate")


async def test_failing_connection_is_told_at_the_comment(reader: Reader, seed: Seed, site: str, url: str) -> None:
    await seed.post(url, "The first word.", site=site)
    await be_moderator(reader, url, seed, site)
    tools = await moderate(reader, "The first word.")
    await reader.page.route(f"**/embed/{site}?*", lambda route: route.abort())
    await tools.get_by_role("button", name="Hold").click()
    alert = reader.comment("The first word.").get_by_role("alert")
    await expect(alert).to_have_text("The connection failed. Please try again.")
    await expect(tools.get_by_role("button", name="Hold")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_with_the_tools_open_and_all_fits_a_narrow_screen(
    new_context: NewContext, seed: Seed, site: str, url: str, scheme: str
) -> None:
    page = await (await new_context(color_scheme=scheme, viewport={"width": 360, "height": 740})).new_page()
    reader = Reader(page)
    await seed.post(url, "The first word.", site=site, name="Ned Bramble")
    await hold(seed, site, url, "Waits.")
    await be_moderator(reader, url, seed, site)
    frame = await reader.frame()
    tools = await moderate(reader, "Waits.")
    await tools.get_by_text("Ban Olga Fern").click()
    assert await violations(frame) == []
    await press(reader, "The first word.", "Spam")
    await expect(told(reader)).to_contain_text("marked as spam.")
    assert await violations(frame) == []
    assert await frame.evaluate("document.documentElement.scrollWidth") <= 360
