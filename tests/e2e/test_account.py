"""A person at their account, from the form to its end: with the mouse, by keyboard alone, and without scripts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Demo, running_demo
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.window import CHOICE, MARA, TOMAS, sign_in, who

pytestmark = pytest.mark.browser

POST = "/posts/slow-bread/"


@pytest.fixture
async def own_demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """One of its own, for accounts that are joined and erased."""
    async with running_demo(tmp_path) as running:
        yield running


async def go(page: Page, demo: Demo) -> None:
    await page.goto(f"{demo.home}/account")


async def be(page: Page, demo: Demo, name: str = MARA) -> None:
    """Sign in for the account's page."""
    await go(page, demo)
    await expect(page.get_by_role("heading", name="Sign in to see your account")).to_be_visible()
    await page.get_by_role("button", name="Demo").click()
    await page.get_by_role("button", name=name).click()
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()


async def comment_as_guest(demo: Demo, name: str, email: str) -> None:
    body = {"url": f"{demo.blog}{POST}", "text": f"{name} was here.", "guest": {"name": name, "email": email}}
    async with httpx2.AsyncClient(base_url=demo.home) as client:
        assert (await client.post("/api/v1/demo/comments", json=body)).status_code == 201


async def test_reader_comes_from_the_form_and_the_thread_follows_the_new_name(reader: Reader, own_demo: Demo) -> None:
    await reader.open(f"{own_demo.blog}{POST}")
    await sign_in(reader)
    await reader.text.fill("Signed.")
    await reader.post()
    await expect(reader.comment("Signed.").locator("header b")).to_have_text(MARA)
    await reader.text.click()
    async with reader.page.context.expect_page() as opening:
        await who(reader).get_by_role("link", name="Your account").click()
    account = await opening.value
    await account.get_by_label("Shown with your comments").fill("Mara of the Mill")
    await account.get_by_role("button", name="Save").click()
    await expect(account.get_by_role("status")).to_have_text("Your name is changed, on all your comments.")
    await reader.page.reload()
    await expect(reader.comment("Signed.").locator("header b")).to_have_text("Mara of the Mill")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_person_claims_joins_and_erases(
    new_context: NewContext, new_scriptless_context: NewContext, own_demo: Demo, scripts: bool
) -> None:
    await comment_as_guest(own_demo, "Mara", "mara@example.org")
    page = await (await (new_context if scripts else new_scriptless_context)()).new_page()
    await be(page, own_demo, TOMAS)
    await page.get_by_role("button", name="Log out", exact=True).click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    await be(page, own_demo)
    await page.get_by_role("button", name="This is mine").click()
    await expect(page.get_by_role("status")).to_have_text("The comments are yours.")
    await expect(page.get_by_text("1 comment", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Demo", exact=True).click()
    await page.get_by_role("button", name=TOMAS).click()
    await expect(page.get_by_role("heading", name="These are two accounts. Join them?")).to_be_visible()
    await page.get_by_role("button", name="Join them").click()
    await expect(page.get_by_role("status")).to_have_text("The two accounts are one.")
    await expect(page.get_by_role("button", name="Unlink")).to_have_count(2)
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download all that is kept of you").click()
    download = await downloading.value
    assert download.suggested_filename == "palaver-account.json"
    kept = json.loads((await download.path()).read_text())
    assert [identity["subject"] for identity in kept["identities"]] == ["tomas", "mara"]
    await page.get_by_role("link", name="Erase your account").click()
    await page.get_by_label("Keep them, without my name.").check()
    await page.get_by_label("I know that this cannot be undone.").check()
    await page.get_by_role("button", name="Erase my account").click()
    await expect(page.get_by_role("heading", name="Your account is erased")).to_be_visible()
    await go(page, own_demo)
    await expect(page.get_by_role("heading", name="Sign in to see your account")).to_be_visible()
    await page.goto(f"{own_demo.home}/thread/demo?url={own_demo.blog}{POST}")
    article = page.locator("article", has=page.locator(".body", has_text="Mara was here."))
    await expect(article.locator("header b")).to_have_text("Anonymous")


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until something of that name has the focus."""
    focused = page.locator(":focus")
    for _ in range(40):
        await press(page, "Tab")
        if await focused.count() and name in (await focused.aria_snapshot()):
            return
    raise AssertionError(f"the Tab key does not lead to “{name}”")


async def test_person_needs_no_mouse(page: Page, own_demo: Demo) -> None:
    await go(page, own_demo)
    await tab_to(page, "Demo")
    await press(page, "Enter")
    await expect(page.get_by_role("heading")).to_have_text(CHOICE)  # before the Tab key goes on there
    await tab_to(page, MARA)
    await press(page, "Enter")
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    await tab_to(page, "Shown with your comments")
    await press(page, "Control+A")
    await page.keyboard.type("Mara by Keyboard")
    await press(page, "Enter")
    await expect(page.get_by_role("status")).to_have_text("Your name is changed, on all your comments.")
    await expect(page.locator(".me b")).to_have_text("Mara by Keyboard")
    await tab_to(page, "Use the name from Demo: Mara Lindqvist")
    await press(page, "Enter")
    await expect(page.locator(".me b")).to_have_text(MARA)
    await tab_to(page, "Erase your account")
    await press(page, "Enter")
    await tab_to(page, "I know that this cannot be undone.")
    await press(page, "Space")
    await tab_to(page, "Erase my account")
    await press(page, "Enter")
    await expect(page.get_by_role("heading", name="Your account is erased")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_at_the_account(new_context: NewContext, own_demo: Demo, scheme: str) -> None:
    await comment_as_guest(own_demo, "Mara", "mara@example.org")
    page = await (await new_context(color_scheme=scheme)).new_page()
    await go(page, own_demo)
    assert await violations(page) == []
    await be(page, own_demo, TOMAS)
    await page.context.clear_cookies()
    await be(page, own_demo)
    assert await violations(page, "target-size", "label") == []
    await page.get_by_label("Shown with your comments").fill("\u200b")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Shown with your comments")).to_have_attribute("aria-invalid", "true")
    assert await violations(page, "label") == []
    await page.get_by_role("button", name="Demo", exact=True).click()
    await page.get_by_role("button", name=TOMAS).click()
    await expect(page.get_by_role("heading", name="These are two accounts. Join them?")).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{own_demo.home}/account/erase")
    assert await violations(page, "label") == []


@pytest.mark.parametrize("address", ["/account", "/account/erase"])
async def test_account_fits_a_narrow_screen(new_context: NewContext, own_demo: Demo, address: str) -> None:
    await comment_as_guest(own_demo, "Mara", "mara@example.org")
    page = await (await new_context(viewport={"width": 320, "height": 640})).new_page()
    await be(page, own_demo)
    await page.goto(f"{own_demo.home}{address}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
