"""Liking: the button, the count, and who may."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.reader import GUEST, Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser


async def test_guest_likes_a_comment_and_takes_it_back(reader: Reader, other: Reader, url: str, seed: Seed) -> None:
    good = await seed.post(url, "Well said.")
    await seed.like(good, ["Ada Moss"])
    await reader.open(url)
    await reader.post_as_guest("Indeed.")
    comment = reader.item(good).locator("> article")
    like = comment.get_by_role("button", name="Like")
    likers = comment.locator(".likers")
    await expect(like).to_have_attribute("aria-pressed", "false")
    await like.click()
    await expect(likers).to_have_text("Liked by 2 people")
    await expect(like).to_have_attribute("aria-pressed", "true")
    await expect(like).to_be_focused()
    await reader.open(url)
    await expect(like).to_have_attribute("aria-pressed", "true")
    await expect(likers).to_have_text("Liked by 2 people")
    await likers.click()
    await expect(comment.get_by_role("list", name="Liked by").get_by_role("listitem")).to_have_text(["Ada Moss", GUEST])
    await other.open(url)
    await expect(other.item(good).locator(".likers")).to_have_text("Liked by 2 people")
    await expect(other.item(good).get_by_role("button", name="Like")).not_to_have_attribute("aria-pressed", "true")
    await like.click()
    await expect(likers).to_have_text("Liked by 1 person")
    await expect(like).to_have_attribute("aria-pressed", "false")
    await reader.open(url)
    await expect(reader.comment("Indeed.").get_by_role("link", name="Edit")).to_be_visible()
    await expect(like).to_have_attribute("aria-pressed", "false")
    await expect(likers).to_have_text("Liked by 1 person")


async def test_last_like_taken_back_leaves_no_count(reader: Reader, url: str) -> None:
    await reader.open(url)
    mine = await reader.post_as_guest("I like this myself.")
    like = mine.get_by_role("button", name="Like")
    await like.press("Enter")
    await expect(mine.locator(".likers")).to_have_text("Liked by 1 person")
    await like.press("Enter")
    await expect(mine.locator(".likers")).to_have_count(0)
    await expect(like).to_be_focused()


async def test_stranger_is_told_to_sign_in_or_comment_first(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Well said.")
    await reader.open(url)
    comment = reader.comment("Well said.")
    like = comment.get_by_role("button", name="Like")
    await like.click()
    await expect(comment.get_by_role("alert")).to_have_text("Sign in, or comment first, to like comments.")
    await expect(like).to_have_attribute("aria-pressed", "false")
    await expect(comment.locator(".likers")).to_have_count(0)
    await expect(like).to_be_focused()


async def test_like_that_fails_says_so_and_is_not_shown(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Well said.")
    await reader.open(url)
    await reader.post_as_guest("Indeed.")
    comment = reader.comment("Well said.")
    like = comment.get_by_role("button", name="Like")
    await reader.page.route("**/embed/demo?*", lambda route: route.abort())
    await like.click()
    await expect(comment.get_by_role("alert")).to_have_text("The connection failed. Please try again.")
    await expect(like).to_have_attribute("aria-pressed", "false")
    await reader.page.unroute_all()
    await like.click()
    await expect(comment.locator(".likers")).to_have_text("Liked by 1 person")
    await expect(comment.get_by_role("alert")).to_have_count(0)
