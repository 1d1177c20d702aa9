"""Pictures of the demo in every state that a reader meets: `make screenshots` writes them to `build/screenshots/`.

For looking at: wide and narrow, light and dark.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from tests.e2e.conftest import Demo, running_demo
from tests.support.chromium import running_chromium

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")


async def frame_of(page: Page) -> FrameLocator:
    frame = page.frame_locator(".comments iframe")
    await expect(frame.locator("#thread")).to_be_visible()
    await page.locator(".comments").evaluate("element => element.scrollIntoView()")
    return frame


async def reach(locator: Locator) -> None:
    """Scroll at once: a frame out of sight draws nothing, so waiting for it to be still would never end."""
    await locator.evaluate("element => element.scrollIntoView({block: 'center'})")


async def thread(page: Page, _context: BrowserContext) -> None:
    await frame_of(page)
    await page.locator(".comments").evaluate("element => element.scrollIntoView()")


async def reply(page: Page, _context: BrowserContext) -> None:
    frame = await frame_of(page)
    await frame.get_by_role("link", name="Reply").nth(1).click()
    await frame.locator(".write textarea").fill("Mine went in **cold**, and came out better for it.")
    await reach(frame.locator(".write"))


async def guest(page: Page, _context: BrowserContext) -> None:
    frame = await frame_of(page)
    await frame.locator("#respond textarea").click()
    await expect(frame.get_by_label("Email")).to_be_visible()
    await reach(frame.locator("#respond .go"))


async def connecting(page: Page, context: BrowserContext) -> None:
    frame = await frame_of(page)
    await frame.locator("#respond textarea").click()
    async with context.expect_page():
        await frame.get_by_role("button", name="Demo").click()
    await page.bring_to_front()
    await expect(frame.get_by_text("Connecting to")).to_be_visible()
    await reach(frame.locator("#respond .go"))


async def provider(page: Page, context: BrowserContext) -> Page:
    frame = await frame_of(page)
    await frame.locator("#respond textarea").click()
    async with context.expect_page() as opening:
        await frame.get_by_role("button", name="Demo").click()
    window = await opening.value
    await expect(window.get_by_role("button").first).to_be_visible()
    return window


async def signed_in(page: Page, context: BrowserContext) -> None:
    window = await provider(page, context)
    await window.get_by_role("button", name="Mara").click()
    frame = await frame_of(page)
    await page.bring_to_front()
    await expect(frame.get_by_text("Log Out")).to_be_visible()
    await frame.locator("#respond textarea").fill("A first loaf from this recipe is in the oven as I write.")
    await reach(frame.locator("#respond .go"))


async def error(page: Page, _context: BrowserContext) -> None:
    frame = await frame_of(page)
    await frame.locator("#respond textarea").fill("What about rye?")
    await frame.get_by_label("Email").fill("nobody@example.org")
    await frame.get_by_label("Name").fill("   ")
    await frame.get_by_role("button", name="Post Comment").click()
    await expect(frame.get_by_text("Please tell your name").first).to_be_visible()
    await reach(frame.locator("#respond .go"))


async def empty(page: Page, _context: BrowserContext) -> None:
    await page.goto(page.url.replace("slow-bread", "empty-page"))
    await reach((await frame_of(page)).locator("#respond"))


async def nested(page: Page, _context: BrowserContext) -> None:
    frame = await frame_of(page)
    await reach(frame.locator("li li li li li").last)


STATES: dict[str, Callable[[Page, BrowserContext], Awaitable[Page | None]]] = {
    "thread": thread,
    "reply": reply,
    "guest": guest,
    "connecting": connecting,
    "provider": provider,
    "signed-in": signed_in,
    "error": error,
    "empty": empty,
    "nested": nested,
}


async def shoot(browser: Browser, demo: Demo, folder: Path, state: str, width: int, scheme: str) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto(f"{demo.blog}/posts/slow-bread/")
    shown = await STATES[state](page, context) or page
    await shown.screenshot(path=folder / f"{state}-{width}-{scheme}.png")
    await context.close()


async def main(folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        data, profile = Path(scratch, "demo"), Path(scratch, "profile")
        data.mkdir()
        async with running_demo(data) as demo, running_chromium(profile) as browser:
            for state in wanted or STATES:
                for width in WIDTHS:
                    for scheme in SCHEMES:
                        await shoot(browser, demo, folder, state, width, scheme)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
