"""Signing in at the demo's provider: the form's line on who comments, and the window that the icon opens."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.e2e.reader import Reader

MARA, TOMAS = "Mara Lindqvist", "Tomás Okafor"
CHOICE = "Who would you like to be?"  # what the provider asks


def who(reader: Reader) -> Locator:
    """Where the form says who comments, and offers the ways in."""
    return reader.form.locator(".who")


async def expect_account(reader: Reader, name: str) -> None:
    """The form comments as that person, and lets them go."""
    line = f"{name}: You are commenting using your Demo account. (Log Out / Change"
    await expect(who(reader)).to_contain_text(line, use_inner_text=True)


async def expect_nobody(reader: Reader) -> None:
    """The form asks who comments."""
    invitation = "Fill in your details below or click an icon to log in:"
    await expect(who(reader)).to_contain_text(invitation, use_inner_text=True)
    await expect(who(reader).locator(".as")).to_be_hidden()


async def open_window(reader: Reader) -> Page:
    """Press the provider's icon, in a form that is open; the window."""
    async with reader.page.context.expect_page() as opening:
        await reader.button("Log in with Demo").click()
    return await opening.value


async def give_up(window: Page) -> None:
    """Close it at the provider's question: while it is on its way there it may miss that, and is waited for in vain."""
    await expect(window.get_by_role("heading")).to_have_text(CHOICE)
    await window.close()


async def choose(window: Page, name: str) -> None:
    """Be that person at the provider; the window closes itself."""
    await close_by(window.get_by_role("button", name=name))


async def close_by(button: Locator) -> None:
    """Press the button after which the window closes itself."""
    async with button.page.expect_event("close"):
        await button.click()


async def sign_in(reader: Reader, name: str = MARA) -> None:
    """From the first click in the form to the line that says who comments."""
    await reader.text.click()
    await choose(await open_window(reader), name)
    await expect_account(reader, name)
