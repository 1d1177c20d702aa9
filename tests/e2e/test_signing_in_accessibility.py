"""Every step of signing in can be taken without a mouse and without sight: the focus goes where a person expects it,
what happens is announced, and axe-core finds nothing.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.test_email_signing_in import mailbox, mailing
from tests.e2e.window import MARA, choose, expect_account, expect_nobody, give_up, open_window, sign_in, who
from tests.support.mail import Mailbox

__all__ = ["mailbox", "mailing"]
pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
async def visitor(request: pytest.FixtureRequest, new_context: NewContext) -> Reader:
    context = await new_context(color_scheme=request.param, viewport={"width": 390, "height": 800})
    return Reader(await context.new_page())


async def in_frame(reader: Reader) -> list[str]:
    return await violations(await reader.frame())


async def test_axe_finds_nothing_on_the_way_by_a_provider(visitor: Reader, url: str) -> None:
    await visitor.open(url)
    await visitor.text.click()
    await expect_nobody(visitor)
    window = await open_window(visitor)
    await expect(window.get_by_role("button", name=MARA)).to_be_visible()
    assert await violations(window) == []
    assert await in_frame(visitor) == [], "connecting"
    await choose(window, MARA)
    await expect_account(visitor, MARA)
    assert await in_frame(visitor) == [], "signed in"
    await who(visitor).get_by_text("Change").click()
    assert await in_frame(visitor) == [], "change"
    window = await open_window(visitor)
    await window.get_by_role("link", name="Use another account").click()
    await window.get_by_role("button", name="Say no").click()
    await expect(window.get_by_role("heading", name="Not signed in")).to_be_visible()
    assert await violations(window) == [], "refused"
    await expect(who(visitor).get_by_role("status")).to_be_visible()
    assert await in_frame(visitor) == [], "told"


async def test_axe_finds_nothing_in_a_window_that_knows_its_reader(
    visitor: Reader, url: str, blog: Blog, seed: Seed
) -> None:
    name = f"known-{id(visitor)}"
    await seed.add_site(name, blog.origin, sort="old")
    await visitor.open(url)
    await sign_in(visitor)
    await visitor.open(blog.add(name, tag=f'data-site="{name}"'))
    await visitor.text.click()
    window = await open_window(visitor)
    await expect(window.get_by_role("button", name=f"Continue as {MARA}")).to_be_enabled()
    await expect(window.locator("[aria-disabled=true]")).to_have_count(0)
    assert await violations(window) == []


async def test_axe_finds_nothing_on_the_way_by_mail(visitor: Reader, mailing: Demo, mailbox: Mailbox) -> None:
    await visitor.open(f"{mailing.blog}/posts/slow-bread/")
    await visitor.text.click()
    async with visitor.page.context.expect_page() as opening:
        await visitor.button("Log in with e-mail").click()
    window = await opening.value
    await expect(window.get_by_label("E-mail address")).to_be_focused()
    assert await violations(window) == [], "address"
    await window.get_by_label("E-mail address").fill("kit@example")
    await window.keyboard.press("Enter")
    await expect(window.get_by_role("alert")).to_be_visible()
    assert await violations(window) == [], "no address"
    address = f"kit{id(visitor)}@example.org"
    await window.get_by_label("E-mail address").fill(address)
    await window.keyboard.press("Enter")
    await expect(window.get_by_label("Code")).to_be_focused()
    assert await violations(window) == [], "code"
    mail = await mailbox.next()
    await window.get_by_label("Code").fill(mail.code)
    await window.keyboard.press("Enter")
    await expect(window.get_by_label("Name")).to_be_focused()
    assert await violations(window) == [], "name"


async def test_focus_and_announcements_follow_the_sign_in(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.text.focus()
    icon = reader.button("Log in with Demo")
    await icon.focus()
    async with reader.page.context.expect_page() as opening:
        await reader.page.keyboard.press("Enter")
    window = await opening.value
    cancel = who(reader).get_by_role("button", name="Cancel")
    await expect(cancel).to_be_focused()
    await expect(who(reader).get_by_role("status")).to_contain_text("Connecting to Demo…")
    await reader.page.bring_to_front()
    await reader.page.keyboard.press("Enter")
    await expect(icon).to_be_focused()
    await expect_nobody(reader)
    await give_up(window)
    async with reader.page.context.expect_page() as opening:
        await reader.page.keyboard.press("Enter")
    window = await opening.value
    await tab_to(window, MARA)
    async with window.expect_event("close"):
        await window.keyboard.press("Enter")
    await expect_account(reader, MARA)
    await expect(reader.status).to_have_text(f"You are signed in as {MARA}.")
    await expect(reader.text).to_be_focused()
    await reader.button("Log Out").focus()
    await reader.page.keyboard.press("Enter")
    await expect(reader.status).to_have_text("You are logged out.")
    await expect(reader.text).to_be_focused()


async def tab_to(window: Page, name: str) -> None:
    """By the keyboard alone."""
    button = window.get_by_role("button", name=name)
    await expect(button).to_be_visible()
    for _ in range(10):
        await window.keyboard.press("Tab")
        if await button.evaluate("button => button === document.activeElement"):
            return
    raise AssertionError(f"no Tab reaches {name}")
