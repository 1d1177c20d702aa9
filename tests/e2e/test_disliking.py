"""Disliking, on a site that has it: two buttons of which one may be pressed."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from widget.store.likes import DISLIKE

pytestmark = pytest.mark.browser


@pytest.fixture
async def disliked(blog: Blog, seed: Seed, request: pytest.FixtureRequest) -> tuple[str, str]:
    """A page with a comment that two people like and one dislikes: its address, and the comment's id."""
    site = f"votes-{abs(hash(request.node.name)) % 10**6}"
    await seed.add_site(site, blog.origin, votes="both", min_seconds="0")
    url = blog.add(site, tag=f'data-site="{site}"')
    comment = await seed.post(url, "Rye is better.", site=site)
    await seed.like(comment, ["Ada Moss", "Tom Reed"])
    await seed.like(comment, ["Ivo Lind"], DISLIKE)
    return url, comment


def buttons(comment: Locator) -> tuple[Locator, Locator]:
    like, dislike = (comment.get_by_role("button", name=name, exact=True) for name in ("Like", "Dislike"))
    return like, dislike


async def expect_pressed(comment: Locator, pressed: str = "") -> None:
    """That button alone, or none."""
    found = comment.locator(".like[aria-pressed=true]")
    await expect(found).to_have_text([pressed] if pressed else [])


async def test_reader_changes_a_dislike_into_a_like_and_takes_that_back(
    reader: Reader, disliked: tuple[str, str]
) -> None:
    url, comment_id = disliked
    await reader.open(url)
    await reader.post_as_guest("Wheat.")
    comment = reader.item(comment_id).locator("> article")
    like, dislike = buttons(comment)
    number, likers = comment.locator(".dislikes"), comment.locator(".likers")
    await expect(number).to_have_text("1 dislike")
    await dislike.press("Enter")
    await expect(number).to_have_text("2 dislikes")
    await expect_pressed(comment, "Dislike")
    await expect(dislike).to_be_focused()
    await reader.open(url)
    await expect_pressed(comment, "Dislike")
    await like.click()
    await expect(likers).to_have_text("Liked by 3 people")
    await expect(number).to_have_text("1 dislike")
    await expect_pressed(comment, "Like")
    await like.click()
    await expect(likers).to_have_text("Liked by 2 people")
    await expect_pressed(comment)


async def test_dislike_that_is_refused_leaves_the_buttons_as_they_were(
    reader: Reader, disliked: tuple[str, str]
) -> None:
    url, comment_id = disliked
    await reader.open(url)
    comment = reader.item(comment_id).locator("> article")
    await buttons(comment)[1].click()
    await expect(comment.get_by_role("alert")).to_have_text("Sign in, or comment first, to like comments.")
    await expect_pressed(comment)
    await expect(comment.locator(".dislikes")).to_have_text("1 dislike")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_a_thread_with_dislikes(
    reader: Reader, disliked: tuple[str, str], theme: Literal["light", "dark"]
) -> None:
    url, comment_id = disliked
    await reader.page.emulate_media(color_scheme=theme)
    await reader.open(url)
    await reader.post_as_guest("Wheat.")
    comment = reader.item(comment_id).locator("> article")
    await buttons(comment)[1].click()
    await expect_pressed(comment, "Dislike")
    assert await violations(await reader.frame()) == []
