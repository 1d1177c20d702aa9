"""What others write shows by itself, and nothing that is read moves."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Request, Route, expect

from tests.e2e.axe import violations
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

WHERE = "() => [...document.querySelectorAll('article, #respond')].map((node) => node.getBoundingClientRect().top)"
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def follow(reader: Reader, url: str) -> None:
    """Open a page, until changes are told."""
    async with reader.page.expect_request(lambda request: "/live/" in request.url):
        await reader.open(url)


async def test_new_comments_gather_behind_a_button_and_move_nothing(reader: Reader, url: str, seed: Seed) -> None:
    first = await seed.post(url, "There from the start.")
    await seed.post(url, "The second.")
    await follow(reader, url)
    frame = await reader.frame()
    before = await frame.evaluate(WHERE)
    await seed.post(url, "New, the first.")
    await seed.post(url, "New, the second.")
    await seed.post(url, "New, a reply.", parent=first)
    ends = reader.button("2 new comments")
    reply = reader.item(first).get_by_role("button", name="1 new comment")
    await expect(ends).to_be_visible()
    await expect(reply).to_be_visible()
    await expect(reader.status).to_have_text("3 new comments")
    await expect(reader.thread.locator("h2")).to_have_text("5 comments")
    assert await frame.evaluate(WHERE) == before
    assert await violations(reader.page) == []
    await ends.press("Enter")
    await expect(reader.comment("New, the first.")).to_be_focused()
    await expect(reader.comment("New, the second.")).to_be_visible()
    await expect(ends).to_have_count(0)
    assert (await frame.evaluate(WHERE))[:2] == before[:2]
    await reply.click()
    await expect(reader.item(first).locator("li")).to_contain_text("New, a reply.")
    await expect(reader.thread.locator(".news")).to_have_count(0)


async def test_comments_change_in_place_but_for_one_that_is_being_answered(
    reader: Reader, other: Reader, url: str, seed: Seed
) -> None:
    liked = await seed.post(url, "To be liked.")
    await other.open(url)
    await other.post_as_guest("To be edited.")
    await follow(reader, url)
    await seed.like(liked, ["Ada Moss", "Ned Bramble"])
    await expect(reader.item(liked).locator(".likers")).to_have_text("Liked by 2 people")
    await reader.reply_to("To be edited.")
    await reader.text.fill("My answer")
    await other.edit("To be edited.")
    await other.editor.fill("Edited meanwhile.")
    await other.button("Save").click()
    await seed.like(liked, ["Kit Larkin"])
    await expect(reader.item(liked).locator(".likers")).to_have_text("Liked by 3 people")
    await expect(reader.comment("To be edited.")).to_be_visible()
    await expect(reader.text).to_be_focused()
    await expect(reader.text).to_have_value("My answer")
    await reader.link("Cancel reply").click()
    await expect(reader.comment("Edited meanwhile.")).to_contain_text("(edited)")
    await other.comment("Edited meanwhile.").get_by_role("link", name="Delete").click()
    await other.thread.locator(".erase").click()
    await expect(reader.thread.get_by_text("This comment was deleted.")).to_be_visible()
    await expect(reader.thread.locator("h2")).to_have_text("1 comment")


async def test_ones_own_comment_is_not_new_and_another_order_goes_on_from_its_own_document(
    reader: Reader, url: str, seed: Seed
) -> None:
    for words in ("There from the start.", "The second."):
        await seed.post(url, words)
    await follow(reader, url)
    await reader.post_as_guest("My own.")
    await seed.post(url, "Another's.")
    button = reader.button("1 new comment")
    await expect(button).to_be_visible()
    await expect(reader.thread.locator("h2")).to_have_text("4 comments")
    await reader.link("Newest").click()
    await expect(reader.comment("Another's.")).to_be_visible()
    await expect(button).to_have_count(0)
    await seed.post(url, "The last.")
    await expect(reader.thread.locator(".news + #list")).to_be_attached()
    await button.click()
    await expect(reader.thread.locator("article").first).to_contain_text("The last.")


async def test_hidden_page_is_told_nothing_until_it_is_seen_again(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "There from the start.")
    await follow(reader, url)
    frame = await reader.frame()

    def is_stream(request: Request) -> bool:
        return "/live/" in request.url

    async with reader.page.expect_event("requestfailed", is_stream):
        await frame.evaluate(HIDE, True)
    await seed.post(url, "While nobody looked.")
    async with reader.page.expect_request(is_stream):
        await frame.evaluate(HIDE, False)
    await expect(reader.button("1 new comment")).to_be_visible()


async def test_page_that_is_closed_says_so_and_keeps_what_is_being_written(
    reader: Reader, other: Reader, url: str, seed: Seed
) -> None:
    await seed.post(url, "To be answered.")
    for each in (reader, other):
        await follow(each, url)
    await reader.reply_to("To be answered.")
    await reader.text.fill("My answer")
    await seed.close_page(url)
    for each in (reader, other):
        await expect(each.thread.locator("#respond > .closed")).to_have_text("Comments are closed.")
        await expect(each.link("Reply")).to_have_count(0)
    await expect(other.form).to_be_hidden()
    await expect(reader.form.get_by_role("alert")).to_have_text("Comments are closed.")
    await expect(reader.text).to_have_value("My answer")
    await expect(reader.text).to_be_focused()
    assert await violations(reader.page) == []
    await seed.close_page(url, locked=False)
    for each in (reader, other):
        await expect(each.form).to_be_visible()
        await expect(each.thread.locator(".closed, .error")).to_have_count(0)
    await reader.be_guest()
    await reader.post()
    await expect(other.button("1 new comment")).to_be_visible()


async def test_page_that_was_closed_from_the_start_is_loaded_anew_once_it_is_opened(
    reader: Reader, url: str, seed: Seed
) -> None:
    await seed.post(url, "There from the start.")
    await seed.close_page(url)
    await follow(reader, url)
    await expect(reader.form).to_have_count(0)
    await seed.close_page(url, locked=False)
    await reader.link("Show what has changed").click()
    await expect(reader.text).to_be_visible()
    await expect(reader.thread.locator("html")).to_have_class(re.compile("framed"))


async def test_stream_that_is_refused_is_asked_for_again_in_ever_longer_pauses_and_never_where_there_is_none(
    reader: Reader, url: str, seed: Seed
) -> None:
    await seed.post(url, "There from the start.")
    statuses = iter((503, 503, 503, 204))
    asked: list[str] = []

    async def refuse(route: Route) -> None:
        asked.append(route.request.method)
        status = next(statuses) if route.request.method == "GET" else latest[-1]
        latest.append(status)
        await route.fulfill(status=status)

    latest: list[int] = []
    await reader.page.route("**/live/**", refuse)
    await reader.open_with_clock(url)
    await reader.page.clock.fast_forward(2_100)
    for pause in (60_000, 120_000, 240_000):
        await asked_twice(asked)
        await reader.page.clock.fast_forward(pause // 2 - 100)
        assert asked == [], "not earlier"
        await reader.page.clock.fast_forward(pause // 2 + 200)
    await asked_twice(asked)
    await reader.page.clock.fast_forward(10 * 3_600_000)
    assert asked == []


async def asked_twice(asked: list[str]) -> None:
    async with asyncio.timeout(30):
        while len(asked) < 2:
            await asyncio.sleep(0.01)
    assert asked == ["GET", "HEAD"]
    asked.clear()
