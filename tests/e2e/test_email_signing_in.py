"""A reader signs in by e-mail: from the frame to the mail and back, in the browser that asked and in another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Demo, running_demo
from tests.e2e.contexts import PATIENCE, NewContext
from tests.e2e.reader import Reader
from tests.e2e.window import close_by, expect_nobody, who
from tests.support.mail import Mailbox, running_mail_server

pytestmark = pytest.mark.browser

ANN = "ann@example.org"


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with running_mail_server() as running:
        yield running


@pytest.fixture(scope="module")
async def mailing(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> AsyncIterator[Demo]:
    """A demo that sends mail."""
    settings = {
        "PALAVER_MAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "PALAVER_MAIL_FROM": "Comments <comments@blog.example>",
    }
    async with running_demo(tmp_path_factory.mktemp("mailing"), **settings) as running:
        yield running


@pytest.fixture
def article(mailing: Demo) -> str:
    return f"{mailing.blog}/posts/slow-bread/"


async def open_window(reader: Reader) -> Page:
    await reader.text.click()
    async with reader.page.context.expect_page() as opening:
        await reader.button("Log in with e-mail").click()
    return await opening.value


async def ask_for_code(window: Page, email: str) -> None:
    field = window.get_by_label("E-mail address")
    await expect(field).to_be_focused()
    await field.fill(email)
    await window.keyboard.press("Enter")
    await expect(window.get_by_label("Code")).to_be_focused()


async def tell_name(window: Page, name: str) -> None:
    """The page that only a new reader sees."""
    field = window.get_by_label("Name")
    await expect(field).to_be_focused()
    await field.fill(name)


async def expect_account(reader: Reader, name: str) -> None:
    line = f"{name}: You are commenting using your e-mail account. (Log Out / Change"
    await expect(who(reader)).to_contain_text(line, use_inner_text=True)


async def test_reader_signs_in_by_a_code_and_comments(reader: Reader, article: str, mailbox: Mailbox) -> None:
    await reader.open(article)
    await reader.write("Typed before.")
    window = await open_window(reader)
    await expect(who(reader)).to_have_text("Connecting to e-mail… Cancel", use_inner_text=True)
    await ask_for_code(window, ANN)
    code = (await mailbox.next()).code
    await window.keyboard.type("0000 0000")
    await window.keyboard.press("Enter")
    await expect(window.get_by_role("alert")).to_have_text("That is not the code. You have 4 more tries.")
    await expect(window.get_by_label("Code")).to_be_focused()
    await window.keyboard.type(code)
    await window.keyboard.press("Enter")
    await tell_name(window, "Ann Reed")
    await close_by(window.get_by_role("button", name="Sign in"))
    await expect_account(reader, "Ann Reed")
    await expect(reader.text).to_have_value("Typed before.")
    await reader.post()
    await expect(reader.comment("Typed before.").locator("header b")).to_have_text("Ann Reed")
    await reader.page.reload()
    await reader.text.click()
    await expect_account(reader, "Ann Reed")


async def test_reader_signs_in_by_the_link_in_the_same_browser(reader: Reader, article: str, mailbox: Mailbox) -> None:
    await reader.open(article)
    window = await open_window(reader)
    await ask_for_code(window, "bob@example.org")
    mail = await mailbox.next()
    tab = await reader.page.context.new_page()
    await tab.goto(mail.link)
    await expect(tab.get_by_text("bob@example.org")).to_be_visible()
    await tab.get_by_role("button", name="Sign in").click()
    await tell_name(tab, "Bob")
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("heading")).to_contain_text("as Bob")
    await reader.page.bring_to_front()
    await expect_account(reader, "Bob")
    async with window.expect_event("close"):  # the code that it still asks for is used up
        await window.evaluate("location.reload()")


async def test_link_in_another_browser_shows_the_code_to_type(
    reader: Reader,
    article: str,
    mailbox: Mailbox,
    new_context: NewContext,
) -> None:
    await reader.open(article)
    window = await open_window(reader)
    await ask_for_code(window, "cleo@example.org")
    mail = await mailbox.next()
    elsewhere = await (await new_context()).new_page()
    await elsewhere.goto(mail.link)
    await expect(elsewhere.get_by_role("heading")).to_contain_text("Your code for")
    await expect(elsewhere.get_by_role("button")).to_have_count(0)
    code = await elsewhere.locator(".code").inner_text()
    await expect_nobody_elsewhere(elsewhere, article)
    await window.get_by_label("Code").fill(code)
    await window.get_by_role("button", name="Sign in").click()
    await tell_name(window, "Cleo")
    await close_by(window.get_by_role("button", name="Sign in"))
    await expect_account(reader, "Cleo")


async def expect_nobody_elsewhere(page: Page, article: str) -> None:
    there = Reader(page)
    await there.open(article)
    await there.text.click()
    await expect_nobody(there)


async def test_reader_without_scripts_in_the_window_signs_in(
    new_scriptless_context: NewContext, mailing: Demo, article: str, mailbox: Mailbox
) -> None:
    page = await (await new_scriptless_context()).new_page()
    await page.goto(f"{mailing.home}/thread/demo?url={article}")
    await page.get_by_role("button", name="Log in with e-mail").click()
    await ask_for_code(page, "dan@example.org")
    await page.get_by_label("Code").fill((await mailbox.next()).code)
    await page.get_by_role("button", name="Sign in").click()
    await tell_name(page, "Dan")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".who")).to_contain_text("You are commenting using your e-mail account.")


async def test_reader_is_told_that_the_mail_was_not_sent(reader: Reader, article: str, mailbox: Mailbox) -> None:
    await reader.open(article)
    window = await open_window(reader)
    mailbox.refusal = "451 Later"
    await ask_for_code(window, "eve@example.org")
    alert = window.get_by_role("alert")
    async with asyncio.timeout(PATIENCE / 1000):
        while not await alert.count():
            await window.reload()
    await expect(alert).to_contain_text("The mail to eve@example.org could not be sent.")
    mailbox.refusal = ""
    async with window.expect_navigation():
        await window.get_by_role("button", name="Send a new code").click()
    await mailbox.next()
    await window.reload()
    await expect(alert).to_have_count(0)
