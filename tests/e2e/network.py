"""What may happen to requests on their way."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, Route


async def hold_back(page: Page, pattern: str) -> asyncio.Event:
    """Requests to such addresses (a glob) wait until the event is set."""
    released = asyncio.Event()

    async def wait(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await page.route(pattern, wait)
    return released
