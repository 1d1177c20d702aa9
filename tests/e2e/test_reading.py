"""A reader reads: the thread, its order, its pages and branches, and what they hide."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser


async def test_reader_sees_the_thread_of_the_post(reader: Reader, demo: Demo) -> None:
    await reader.open(f"{demo.blog}/posts/slow-bread/")
    question = reader.comment("where do you get old dough")
    await expect(question).to_be_visible()
    await expect(question.locator("header b")).to_have_text("Kit Larkin")
    await expect(question.get_by_role("link", name="Reply")).to_be_visible()
    under = reader.branch("where do you get old dough").last.locator("> ol > li > article")
    await expect(under).to_have_count(1)
    await expect(under).to_contain_text("It is exactly a chicken situation!")
    assert await reader.thread.locator("article:not(.gone)").count() == int(
        (await reader.thread.locator("h2").inner_text()).split()[0]
    )


async def test_date_is_a_permalink_that_marks_the_comment(reader: Reader, demo: Demo) -> None:
    await reader.open(f"{demo.blog}/posts/slow-bread/")
    date = reader.comment("Noted, and it stays in.").locator(".when")
    await expect(date.locator("time")).to_have_attribute("datetime", "2026-09-14T07:15Z")
    address = await date.get_attribute("href")
    await date.click()
    await expect(reader.page).to_have_url(address or "")
    marked = reader.thread.locator("li.focused > article")
    await expect(marked).to_contain_text("Noted, and it stays in.")
    await expect(marked).to_be_in_viewport()


async def test_reader_opens_who_likes_a_comment(reader: Reader, demo: Demo) -> None:
    await reader.open(f"{demo.blog}/posts/slow-bread/")
    comment = reader.comment("Mixed it last night")
    opener = comment.locator(".likers")
    await expect(opener).to_have_text("Liked by 3 people")
    await opener.press("Enter")
    names = comment.get_by_role("list", name="Liked by").get_by_role("listitem")
    await expect(names).to_have_count(3)
    assert all(await names.all_inner_texts())
    await opener.press("Enter")
    await expect(names).to_have_count(0)


async def test_reader_pages_through_many_likers(reader: Reader, url: str, seed: Seed) -> None:
    comment_id = await seed.post(url, "Everybody likes this.")
    await seed.like(comment_id, [f"Fan {n}" for n in range(120)])
    await reader.open(url)
    comment = reader.comment("Everybody likes this.")
    await comment.get_by_role("link", name="Liked by 120 people").click()
    names = comment.locator(".names bdi")
    await expect(names.first).to_be_visible()
    while await comment.get_by_role("link", name="More").count():
        before = await names.count()
        await comment.get_by_role("link", name="More").click()
        await expect(names.nth(before)).to_be_attached()
    assert sorted(await names.all_inner_texts()) == sorted(f"Fan {n}" for n in range(120))


async def test_reader_sorts_by_newest_oldest_and_best(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "The first")
    best = await seed.post(url, "The second")
    await seed.post(url, "The third")
    await seed.like(best, ["Ada Moss"])
    await reader.open(url)
    bodies = reader.thread.locator("#list > li > article .body")
    await expect(bodies).to_have_text(["The first", "The second", "The third"])
    await reader.link("Newest").click()
    await expect(bodies).to_have_text(["The third", "The second", "The first"])
    await expect(reader.link("Newest")).to_have_attribute("aria-current", "true")
    await expect(reader.link("Newest")).to_be_focused()
    await reader.link("Best").click()
    await expect(bodies.first).to_have_text("The second")
    await reader.link("Oldest").click()
    await expect(bodies).to_have_text(["The first", "The second", "The third"])
    await reader.page.route("**/embed/demo?*", lambda route: route.abort())
    await reader.link("Best").click()
    await expect(reader.thread.locator(".top").get_by_role("alert")).to_have_text(
        "The connection failed. Please try again."
    )
    await reader.page.unroute("**/embed/demo?*")
    await reader.link("Best").click()
    await expect(bodies.first).to_have_text("The second")
    await expect(reader.thread.get_by_role("alert")).to_have_count(0)


async def test_reader_shows_more_until_all_130_are_there(reader: Reader, url: str, seed: Seed) -> None:
    expected = [f"Root {n}." for n in range(130)]
    for text in expected:
        await seed.post(url, text)
    await reader.open(url)
    bodies = reader.thread.locator("#list > li > article .body")
    await expect(bodies).to_have_count(50)
    await reader.link("Show more").click()
    await expect(bodies).to_have_count(100)
    await expect(reader.comment("Root 50.")).to_be_focused()
    await reader.link("Show more").click()
    await expect(bodies).to_have_text(expected)
    await expect(reader.link("Show more")).to_have_count(0)
    await expect(reader.thread.locator("h2")).to_have_text("130 comments")


async def test_permalink_beyond_the_first_page_offers_what_is_earlier(reader: Reader, url: str, seed: Seed) -> None:
    ids = [await seed.post(url, f"Root {n}.") for n in range(60)]
    await reader.open(f"{url}#comment-{ids[55]}")
    marked = reader.item(ids[55])
    await expect(marked).to_have_class("focused")
    await expect(marked).to_be_in_viewport()
    await expect(reader.item(ids[54])).to_have_count(0)
    await reader.link("Show earlier").click()
    await expect(reader.item(ids[0])).to_be_attached()
    bodies = reader.thread.locator("#list > li > article .body")
    assert (await bodies.all_inner_texts())[:50] == [f"Root {n}." for n in range(50)]


async def test_reader_shows_more_of_a_long_branch(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root with 80 replies.")
    expected = [f"Reply {n}." for n in range(80)]
    for text in expected:
        await seed.post(url, text, parent=root)
    await reader.open(url)
    bodies = reader.item(root).locator("> ol > li > article .body")
    await expect(bodies).to_have_text(expected[:10])
    more = reader.item(root).locator(".more a")
    while await more.count():
        before = await bodies.count()
        await more.click()
        await expect(bodies.nth(before)).to_be_attached()
    await expect(bodies).to_have_text(expected)


async def test_permalink_into_a_long_branch_shows_the_comment(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root with 30 replies.")
    replies = [await seed.post(url, f"Reply {n}.", parent=root) for n in range(30)]
    await reader.open(f"{url}#comment-{replies[20]}")
    await expect(reader.item(replies[20])).to_have_class("focused")
    await expect(reader.item(replies[20])).to_be_in_viewport()
    await expect(reader.item(replies[5])).to_have_count(0)
    await reader.link("Show earlier replies").click()
    await expect(reader.item(replies[5])).to_be_attached()
    shown = await reader.item(root).locator("> ol > li > article .body").all_inner_texts()
    assert shown == sorted(set(shown), key=lambda text: int(text.split()[1].rstrip(".")))


async def test_deep_reply_says_whom_it_answers_once_nesting_ends(reader: Reader, url: str, seed: Seed) -> None:
    parent = ""
    for level in range(9):
        parent = await seed.post(url, f"Level {level}.", parent=parent, name=f"Person {level}")
    await reader.open(url)
    deepest = reader.comment("Level 8.")
    await expect(deepest.locator(".to")).to_have_text("in reply to Person 7")
    await expect(reader.comment("Level 5.").locator(".to")).to_have_count(0)
    sixth, eighth = [await reader.comment(f"Level {level}.").bounding_box() for level in (6, 8)]
    assert sixth is not None
    assert eighth is not None
    assert sixth["x"] == eighth["x"]


async def test_reader_collapses_a_branch_and_opens_it_again(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root.")
    reply = await seed.post(url, "A reply.", parent=root)
    await seed.post(url, "Further down.", parent=reply)
    await reader.open(url)
    fold = reader.item(root).locator("> .fold")
    await fold.click()
    await expect(reader.comment("A reply.")).to_be_hidden()
    await expect(reader.comment("Further down.")).to_be_hidden()
    await expect(fold).to_have_text("Show 2 replies")
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await fold.press("Enter")
    await expect(reader.comment("Further down.")).to_be_visible()


async def test_reader_hides_a_person_in_this_browser(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Nice weather.", name="Ned Bramble")
    await seed.post(url, "As I said: weather.", name="Ned Bramble")
    await seed.post(url, "Indeed.", name="Olga Fern")
    await reader.open(url)
    await reader.comment("Nice weather.").hover()
    await reader.comment("Nice weather.").get_by_role("button", name="Hide").click()
    for _ in ("at once", "after a reload"):
        await expect(reader.comment("Nice weather.").locator(".body")).to_be_hidden()
        await expect(reader.comment("As I said").locator(".body")).to_be_hidden()
        await expect(reader.comment("Indeed.").locator(".body")).to_be_visible()
        await reader.open(url)
    await expect(reader.thread.locator(".hush")).to_have_text(["You hid Ned Bramble. Show again"] * 2)
    await reader.button("Show again").first.click()
    await expect(reader.comment("As I said").locator(".body")).to_be_visible()
    await reader.open(url)
    await expect(reader.comment("Nice weather.").locator(".body")).to_be_visible()
    await expect(reader.thread.locator(".hush")).to_have_count(0)


async def test_reader_sees_an_empty_page_invite_them(reader: Reader, demo: Demo) -> None:
    await reader.open(f"{demo.blog}/posts/empty-page/")
    await expect(reader.thread.get_by_text("Nobody has said anything yet.")).to_be_visible()
    await expect(reader.text).to_be_visible()


async def test_reader_of_a_closed_page_is_told(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "The last word.")
    await seed.close_page(url)
    await reader.open(url)
    await expect(reader.comment("The last word.")).to_be_visible()
    await expect(reader.thread.get_by_text("Comments are closed.")).to_be_visible()
    await expect(reader.form).to_have_count(0)
    await expect(reader.link("Reply")).to_have_count(0)


async def test_reader_opens_the_thread_on_its_own_page(reader: Reader, blog: Blog, url: str, seed: Seed) -> None:
    await seed.post(url, "Also here.")
    await reader.page.goto(f"{blog.home}/thread/demo?url={url}")
    await expect(reader.page.locator("article .body")).to_have_text("Also here.")
    await expect(reader.page.get_by_role("link", name="Back to the page")).to_have_attribute("href", url)
