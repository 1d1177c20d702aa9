"""A session that somebody planted in another's browser never becomes that other's: each sign-in makes a new one."""

from __future__ import annotations

import pytest

from auth.sessions import PAGE_COOKIE, frame_cookie_name
from auth.tokens import new_token
from tests.auth.world import BLOG, Browser, location

FRAME_COOKIE = frame_cookie_name(BLOG.id)


async def page_name(browser: Browser) -> str | None:
    name: str | None = (await browser.go("/me")).json()["name"]
    return name


async def test_a_planted_page_session_ends_with_the_sign_in(browser: Browser, other_browser: Browser) -> None:
    await other_browser.sign_in("tomas")
    planted = other_browser.window.cookies[PAGE_COOKIE]
    browser.window.cookies.set(PAGE_COOKIE, planted, domain="comments.example")
    secret = new_token()
    callback = await browser.choose_person(await browser.to_provider(secret, choose="1"), "mara")
    await browser.go(callback)
    assert browser.window.cookies[PAGE_COOKIE] != planted
    assert await page_name(browser) == "Mara Lindqvist"
    assert await page_name(other_browser) is None, "and is nobody's any more"


async def test_a_planted_frame_session_ends_with_the_sign_in(browser: Browser, other_browser: Browser) -> None:
    for reader in (browser, other_browser):
        await reader.who()
    await other_browser.fetch("POST", "/api/v1/blog/guest")
    planted = other_browser.frame.cookies[FRAME_COOKIE]
    browser.frame.cookies.set(FRAME_COOKIE, planted, domain="comments.example")
    await browser.sign_in("mara")
    assert browser.frame.cookies[FRAME_COOKIE] != planted
    assert await browser.who() == "Mara Lindqvist"
    assert await other_browser.who() is None


@pytest.mark.parametrize("planted", ["A" * 43, "x", ""], ids=["as ours", "short", "empty"])
async def test_a_session_that_was_never_made_is_not_made_by_showing_it(browser: Browser, planted: str) -> None:
    browser.window.cookies.set(PAGE_COOKIE, planted, domain="comments.example")
    browser.frame.cookies.set(FRAME_COOKIE, planted, domain="comments.example")
    await browser.who()
    await browser.sign_in("mara")
    assert planted not in (browser.window.cookies[PAGE_COOKIE], browser.frame.cookies[FRAME_COOKIE])


async def test_a_window_that_somebody_else_began_signs_nobody_in(browser: Browser, other_browser: Browser) -> None:
    """The lure that most systems fall for: a prepared address, which the victim only has to finish."""
    mine = new_token()
    address = location(await other_browser.open_window(mine))
    assert location(await browser.go(address, site="cross-site")) == "/auth/refused?why=wrong_window"
    authorize = await other_browser.to_provider(mine2 := new_token())
    callback = await browser.choose_person(authorize, "mara")
    assert location(await browser.go(callback)) == "/auth/refused?why=wrong_window"
    assert (await other_browser.ask(mine2))["status"] == "cancelled"
    assert await other_browser.who() is None
