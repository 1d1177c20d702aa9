"""The first owner of a demo, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
from playwright.async_api import Page, expect

from widget.db import Database
from widget.demo.start import SITE
from widget.moderation import owners

if TYPE_CHECKING:
    from tests.e2e.conftest import Demo

POST = "/posts/slow-bread/"


async def be_owner(page: Page, demo: Demo, database: Database) -> Page:
    await page.goto(await owners.make_link(database, demo.home))
    await page.get_by_label("Your name").fill("Vera Holt")
    await page.get_by_role("button", name="Go on in this browser").click()
    await expect(page.get_by_role("link", name="Inbox")).to_have_attribute("aria-current", "page")
    return page


async def press(page: Page, key: str) -> None:
    """Once the script listens, which shows the button about keys."""
    await expect(page.get_by_role("button", name="Keys")).to_be_visible()
    await page.keyboard.press(key)


async def write(demo: Demo, text: str, name: str = "Gwen Applegarth", post: str = POST) -> str:
    """As a guest; it waits. The comment's id."""
    guest = {"name": name, "email": f"{name.split(maxsplit=1)[0].lower()}@example.org"}
    body = {"url": f"{demo.blog}{post}", "text": text, "guest": guest}
    async with httpx2.AsyncClient(base_url=demo.home) as client:
        answer = await client.post(f"/api/v1/{SITE}/comments", json=body)
    assert answer.json()["status"] == "pending"
    comment_id: str = answer.json()["id"]
    return comment_id
