"""How the form asks whether its window is done: one question at a time, whoever comes back how often."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Route

from tests.e2e.reader import Reader
from tests.e2e.window import MARA, choose, expect_account, open_window

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


class Questions:
    """Holds what the form asks until `answer` is set, and counts."""

    def __init__(self) -> None:
        self.answer = asyncio.Event()
        self.asked = asyncio.Event()
        self.open = self.most = 0

    async def hold(self, route: Route) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        self.asked.set()
        await self.answer.wait()
        self.open -= 1
        await route.continue_()


async def test_reader_who_comes_back_twice_is_asked_for_once(reader: Reader, url: str) -> None:
    """Of two questions only one is answered with the session, and the other's answer may come first."""
    await reader.open(url)
    await reader.text.click()
    window = await open_window(reader)
    questions = Questions()
    await reader.page.route("**/auth/redeem", questions.hold)
    await choose(window, MARA)
    frame = await reader.frame()
    for _ in range(2):
        await frame.evaluate("dispatchEvent(new Event('focus'))")
    await questions.asked.wait()
    await frame.evaluate("fetch('/healthz')")  # comes by here later than any question of the two
    assert questions.most == 1
    questions.answer.set()
    await expect_account(reader, MARA)
