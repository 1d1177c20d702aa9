"""Fresh jars of cookies and storage in one browser."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from playwright.async_api import Browser, BrowserContext

PATIENCE = 8_000  # ms; how long a condition may take on a busy machine before the test gives up

NewContext = Callable[..., Awaitable[BrowserContext]]


@contextlib.asynccontextmanager
async def making_contexts(browser: Browser) -> AsyncIterator[NewContext]:
    """Makes contexts, with Playwright's options, and closes them in the end."""
    contexts = []

    async def make(**options: object) -> BrowserContext:
        context = await browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        await context.close()
