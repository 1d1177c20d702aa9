"""A reader signs in from the frame: in a window of its own, without a reload, and without losing a word."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.blog import Blog
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.window import (
    CHOICE,
    MARA,
    TOMAS,
    choose,
    close_by,
    expect_account,
    expect_nobody,
    give_up,
    open_window,
    sign_in,
    who,
)
from widget import site_verbs
from widget.db import Database

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


# A press in the instant in which the window comes to the front, and the milliseconds until one would count.
PRESS_AND_WAIT = """button => new Promise((go) => {
    const since = performance.now();
    dispatchEvent(new Event("focus"));
    button.click();
    new MutationObserver(() => button.ariaDisabled === "false" && go(performance.now() - since))
        .observe(button, {attributes: true});
})"""


@pytest.fixture(scope="module")
async def shop(blog: Blog, database: Database) -> str:
    """A page of the same blog with the comments of another site."""
    await site_verbs.add(database, "shop", [blog.origin], blog.home)
    return blog.add("shop", tag='data-site="shop"')


async def be_in_front_by_turns(page: Page) -> None:
    """Let the page have the focus only while it is in front; Playwright tells every page that it has it."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})


async def second_tab(reader: Reader) -> Reader:
    """The same person in another tab, which comes to the front."""
    return Reader(await reader.page.context.new_page())


async def test_reader_signs_in_without_a_reload(reader: Reader, blog: Blog, url: str) -> None:
    await reader.open(url)
    frame = await reader.frame()
    for document in (reader.page, frame):
        await document.evaluate("window.since = 'before'")
    await reader.write("Typed before.")
    await expect_nobody(reader)
    window = await open_window(reader)
    await expect(window.get_by_role("heading")).to_have_text(CHOICE)
    assert window.url.startswith(f"{blog.home}/demo/provider/")
    await expect(who(reader)).to_have_text("Connecting to Demo… Cancel", use_inner_text=True)
    await expect(reader.button("Cancel")).to_be_visible()
    await choose(window, MARA)
    await expect_account(reader, MARA)
    await expect(reader.form.locator(".guest")).to_be_hidden()
    await expect(reader.text).to_have_value("Typed before.")
    await expect(reader.text).to_be_focused()
    assert [await document.evaluate("window.since") for document in (reader.page, frame)] == ["before"] * 2


async def test_signed_in_reader_posts_and_still_is_after_a_reload(reader: Reader, url: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    for text in ("From Mara.", "From Mara, after a reload."):
        await reader.write(text)
        await reader.post()
        await expect(reader.comment(text).locator("header b")).to_have_text(MARA)
        await reader.write("Half a sentence")
        await reader.page.reload()
        await expect_account(reader, MARA)
        await expect(reader.text).to_have_value("Half a sentence")
    await expect(reader.comment("From Mara.").get_by_role("link", name="Edit")).to_be_visible()


async def test_draft_of_a_reply_survives_sign_in_and_reload(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "A question?")
    await reader.open(url)
    await reader.reply_to("A question?")
    await reader.text.fill("An answer, half")
    await choose(await open_window(reader), TOMAS)
    for _ in ("at once", "after a reload"):
        await expect_account(reader, TOMAS)
        await expect(reader.form.get_by_role("heading")).to_contain_text("Leave a Reply to Olga Fern")
        await expect(reader.text).to_have_value("An answer, half")
        await reader.page.reload()
    await reader.post()
    answer = reader.branch("A question?").locator("> ol > li > article")
    await expect(answer).to_contain_text("An answer, half")
    await expect(answer.locator("header b")).to_have_text(TOMAS)


async def test_reader_cancels_in_the_form_and_the_window_is_told(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("Mine.")
    window = await open_window(reader)
    await reader.button("Cancel").click()
    await expect_nobody(reader)
    await expect(reader.button("Log in with Demo")).to_be_focused()
    await window.get_by_role("button", name=MARA).click()
    await expect(window.get_by_role("alert")).to_have_text("This sign-in was cancelled on the page where it began.")
    await expect(window.get_by_role("link", name="Back to")).to_have_attribute("href", url)
    await reader.page.reload()
    await expect_nobody(reader)
    await expect(reader.text).to_have_value("Mine.")


async def test_reader_says_no_at_the_provider_and_both_places_say_so(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("Mine.")
    window = await open_window(reader)
    await window.get_by_role("button", name="Say no").click()
    sentence = "You did not agree at Demo, so nobody was signed in."
    await expect(window.get_by_role("alert")).to_have_text(sentence)
    await window.close()
    await expect(who(reader).get_by_role("status")).to_have_text(sentence)
    await expect_nobody(reader)
    await expect(reader.text).to_have_value("Mine.")
    await sign_in(reader)
    await expect(who(reader).get_by_text(sentence)).to_have_count(0)


async def test_reader_closes_the_window_and_tries_again(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.text.click()
    await give_up(await open_window(reader))
    await expect(reader.button("Cancel")).to_be_visible()
    await reader.button("Cancel").click()
    await sign_in(reader)


async def test_page_reloaded_while_the_window_is_open_takes_up_the_sign_in(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("Before.")
    window = await open_window(reader)
    await reader.page.reload()
    await expect(who(reader)).to_have_text("Connecting to Demo… Cancel", use_inner_text=True)
    await choose(window, MARA)
    await expect_account(reader, MARA)
    await expect(reader.text).to_have_value("Before.")


async def test_second_window_signs_in_where_the_first_was_given_up(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.text.click()
    first = await open_window(reader)
    await reader.page.bring_to_front()
    await reader.button("Cancel").click()
    second = await open_window(reader)
    await choose(second, TOMAS)
    await expect_account(reader, TOMAS)
    await first.get_by_role("button", name=MARA).click()
    await expect(first.get_by_role("alert")).to_contain_text("cancelled")
    await first.close()
    await reader.page.reload()
    await expect_account(reader, TOMAS)


async def test_two_tabs_sign_in_at_once_and_each_gets_its_own_answer(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write("Mine.")
    other = await second_tab(reader)
    await other.open(url)
    await other.write("Mine, too.")
    windows = []
    for tab in (reader, other):
        await tab.page.bring_to_front()
        windows.append(await open_window(tab))
    await choose(windows[1], TOMAS)
    await other.page.bring_to_front()
    await expect_account(other, TOMAS)
    await choose(windows[0], MARA)
    await reader.page.bring_to_front()
    await expect_account(reader, MARA)


async def test_page_opened_beside_an_open_window_is_signed_in_with_it(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.text.click()
    window = await open_window(reader)
    other = await second_tab(reader)
    await other.open(url)
    await expect(who(other)).to_have_text("Connecting to Demo… Cancel", use_inner_text=True)
    await choose(window, MARA)
    for tab in (other, reader):  # the first redeems; the second is told, and asks who it is
        await tab.page.bring_to_front()
        await expect_account(tab, MARA)


async def test_reader_known_from_another_site_continues_with_one_click(reader: Reader, url: str, shop: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    await reader.open(shop)
    await reader.text.click()
    await expect_nobody(reader)
    window = await open_window(reader)
    await expect(window.get_by_role("heading")).to_have_text(f"Comment on {urlsplit(shop).netloc}")
    await close_by(window.get_by_role("button", name=f"Continue as {MARA}"))
    await expect_account(reader, MARA)


async def test_continue_works_after_600_ms_in_front_and_no_sooner(reader: Reader, url: str, shop: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    await reader.open(shop)
    await reader.text.click()
    window = await open_window(reader)
    await be_in_front_by_turns(window)
    button = window.get_by_role("button", name=f"Continue as {MARA}")
    await expect(button).to_have_attribute("aria-disabled", "false")
    assert await button.evaluate(PRESS_AND_WAIT) >= 600
    await reader.page.bring_to_front()
    await window.evaluate("new Promise((go) => setTimeout(go, 700))")  # behind the page, time does not count
    await button.evaluate("button => button.click()")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(who(reader)).to_contain_text("Connecting", use_inner_text=True)
    await window.bring_to_front()
    await close_by(button)
    await expect_account(reader, MARA)


async def test_somebody_else_signs_in_by_not_you(reader: Reader, url: str, shop: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    await reader.open(shop)
    await reader.text.click()
    window = await open_window(reader)
    await window.get_by_role("link", name="Use another account").click()
    await expect(window.get_by_role("heading")).to_have_text(CHOICE)
    await choose(window, TOMAS)
    await expect_account(reader, TOMAS)


async def test_change_offers_the_other_ways_and_logs_nobody_out(reader: Reader, url: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    await expect(reader.button("Log in with Demo")).to_be_hidden()
    await who(reader).get_by_text("Change").click()
    await expect(who(reader)).to_contain_text("Click an icon to log in:", use_inner_text=True)
    await expect_account(reader, MARA)
    window = await open_window(reader)
    await window.get_by_role("link", name="Use another account").click()
    await window.get_by_role("button", name="Say no").click()
    await expect(window.get_by_role("alert")).to_be_visible()
    await window.close()
    await expect(who(reader)).to_contain_text("You did not agree at Demo", use_inner_text=True)
    await reader.page.reload()
    await reader.text.click()
    await expect_account(reader, MARA)


async def test_logged_out_reader_is_nobody_also_to_a_new_window(reader: Reader, url: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    await reader.text.fill("Kept.")
    await reader.button("Log Out").click()
    for _ in ("at once", "after a reload"):
        await expect_nobody(reader)
        await expect(reader.text).to_have_value("Kept.")
        await reader.page.reload()
    window = await open_window(reader)
    await expect(window.get_by_role("heading")).to_have_text(CHOICE)
    await expect(window.get_by_text("Continue as")).to_have_count(0)
