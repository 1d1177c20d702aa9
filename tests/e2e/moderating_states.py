"""States of threads before somebody who moderates."""

from __future__ import annotations

from urllib.parse import quote

from playwright.async_api import Locator, Page, expect

from tests.e2e.states import Scene, State, reach
from tests.e2e.window import MARA, sign_in


async def _thread(scene: Scene, state: str) -> tuple[str, str]:
    """A site with two roots and an answer that waits; its name and the page's address."""
    site = f"{state}-{scene.name}"
    await scene.seed.add_site(site, scene.blog.origin, min_seconds="0")
    url = scene.add(f"House rules {state}", tag=f'data-site="{site}"')
    root = await scene.seed.post(url, "Does it need salt at all? I have left it out for years.", site=site)
    held = await scene.seed.post(url, "Buy my salt: https://salt.example/", parent=root, name="Ned Bramble", site=site)
    await scene.seed.moderate(held, "pending")
    await scene.seed.post(url, "Be kind, and stay with the bread.", name="Ada Moss", site=site)
    return site, url


async def _tools(scene: Scene, words: str) -> Locator:
    article = scene.reader.comment(words)
    await article.get_by_role("link", name="Moderate").click()
    tools = article.get_by_role("group", name="Moderate this comment")
    await expect(tools).to_be_visible()
    return tools


async def moderating(scene: Scene, state: str = "moderating") -> Page:
    """With a pinned comment, the tools open at what waits, and the ban."""
    site, url = await _thread(scene, state)
    await scene.reader.open(url)
    await sign_in(scene.reader)
    await scene.seed.set_standing(site, MARA, role="moderator")
    await scene.reader.open(url)
    await (await _tools(scene, "Be kind")).get_by_role("button", name="Pin").click()
    await expect(scene.reader.thread.locator(".told")).to_be_visible()
    await scene.reader.open(url)
    tools = await _tools(scene, "Buy my salt")
    await tools.get_by_text("Ban Ned Bramble").click()
    await reach(tools)
    return scene.page


async def decided(scene: Scene) -> Page:
    """What was done, and its undo."""
    await moderating(scene, "decided")
    await scene.reader.thread.get_by_role("button", name="Spam").click()
    await expect(scene.reader.thread.locator(".told")).to_be_visible()
    await reach(scene.reader.thread.locator(".told"))
    return scene.page


async def moderating_page(scene: Scene) -> Page:
    """The thread's own page, where the server draws the tools."""
    site, url = await _thread(scene, "moderating-page")
    address = f"{scene.blog.home}/thread/{site}?url={quote(url, safe='')}"
    await scene.page.goto(address)
    await scene.page.get_by_label("Comment").click()
    await scene.page.get_by_role("button", name="Log in with Demo").click()
    await scene.page.get_by_role("button", name=MARA).click()
    await expect(scene.page.locator("h2")).to_be_visible()
    await scene.seed.set_standing(site, MARA, role="moderator")
    await scene.page.goto(address)
    await scene.page.get_by_role("button", name="Close comments").click()
    await expect(scene.page.locator(".told")).to_be_visible()
    return scene.page


async def report(scene: Scene) -> Page:
    """The page that the button opens."""
    _, url = await _thread(scene, "report")
    await scene.reader.open(url)
    article = scene.reader.comment("Does it need salt")
    await article.hover()
    async with scene.context.expect_page() as opening:
        await article.get_by_role("button", name="Report").click()
    return await opening.value


MODERATING_STATES: dict[str, State] = {
    "moderating": moderating,
    "decided": decided,
    "moderating-page": moderating_page,
    "report": report,
}
