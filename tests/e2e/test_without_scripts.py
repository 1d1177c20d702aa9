"""With scripts off in the browser, a plain frame does by links and forms what the scripts do: all but stay in place."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.async_api import expect

from tests.e2e.blog import Blog
from tests.e2e.contexts import NewContext
from tests.e2e.reader import GUEST, Reader
from tests.e2e.seed import Seed
from tests.e2e.window import CHOICE, MARA, expect_nobody

pytestmark = pytest.mark.browser


@pytest.fixture
async def reader(new_scriptless_context: NewContext) -> Reader:
    return Reader(await (await new_scriptless_context()).new_page())


@pytest.fixture
def url(blog: Blog, request: pytest.FixtureRequest) -> str:
    """A page of the blog for this test alone, with a frame written by hand."""
    return blog.add_plain_frame(request.node.name)


async def post(reader: Reader, text: str) -> None:
    await reader.text.fill(text)
    await reader.be_guest()
    await reader.post()


async def test_reader_reads_and_opens_who_likes(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A question, with *stress*.")
    await seed.post(url, "An answer.", parent=root, name="Ned Bramble")
    await seed.like(root, ["Ada Moss", "Bo Reed"])
    await reader.open(url)
    await expect(reader.comment("A question").locator("em")).to_have_text("stress")
    await expect(reader.branch("A question").locator("> ol > li > article")).to_contain_text("An answer.")
    await expect(reader.comment("A question").locator("time")).to_contain_text("UTC")
    await reader.comment("A question").get_by_role("link", name="Liked by 2 people").click()
    names = reader.comment("A question").get_by_role("list", name="Liked by").get_by_role("listitem")
    await expect(names).to_have_count(2)
    assert sorted(await names.all_inner_texts()) == ["Ada Moss", "Bo Reed"]


async def test_reader_pages_and_sorts(reader: Reader, url: str, seed: Seed) -> None:
    texts = [f"Root {n}." for n in range(60)]
    for text in texts:
        await seed.post(url, text)
    await reader.open(url)
    bodies = reader.thread.locator("#list > li > article .body")
    await expect(bodies).to_have_text(texts[:50])
    await reader.link("Show more").click()
    await expect(bodies).to_have_text(texts[50:])
    await reader.link("Show earlier").click()
    await expect(bodies).to_have_text(texts[:50])
    await reader.link("Newest").click()
    await expect(bodies).to_have_text(texts[:9:-1])
    await expect(reader.link("Newest")).to_have_attribute("aria-current", "true")


async def test_reader_shows_more_of_a_branch(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root.")
    for n in range(15):
        await seed.post(url, f"Reply {n}.", parent=root)
    await reader.open(url)
    bodies = reader.branch("A root.").locator("> ol > li > article .body")
    await expect(bodies).to_have_count(10)
    await reader.branch("A root.").locator(".more a").click()
    await expect(bodies.last).to_have_text("Reply 14.")


async def test_guest_replies_after_having_cancelled(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "A question?")
    await reader.open(url)
    heading, reply = reader.form.get_by_role("heading"), reader.comment("A question?").get_by_role("link", name="Reply")
    await reply.click()
    await expect(heading).to_have_text("Leave a Reply to Olga Fern Cancel reply")
    await reader.link("Cancel reply").click()
    await expect(heading).to_have_text("Leave a comment")
    await reply.click()
    await expect(heading).to_have_text("Leave a Reply to Olga Fern Cancel reply")
    await post(reader, "An answer.")
    answer = reader.branch("A question?").locator("> ol > li > article")
    await expect(answer).to_contain_text("An answer.")
    await expect(answer.locator("header b")).to_have_text(GUEST)


async def test_guest_posts_edits_and_deletes(reader: Reader, url: str, seed: Seed) -> None:
    await reader.open(url)
    await post(reader, "First thoughts.")
    await reader.comment("First thoughts.").get_by_role("link", name="Edit").click()
    editor = reader.thread.locator("form.edit")
    await expect(editor.get_by_role("textbox")).to_have_value("First thoughts.")
    await editor.get_by_role("textbox").fill("Second thoughts.")
    await editor.get_by_role("button", name="Save").click()
    await expect(reader.comment("Second thoughts.").locator("header small")).to_have_text("(edited)")
    await reader.comment("Second thoughts.").get_by_role("link", name="Delete").click()
    await expect(reader.thread.get_by_text("Delete this comment?")).to_be_visible()
    await reader.link("Keep it").click()
    await expect(reader.thread.get_by_text("Delete this comment?")).to_have_count(0)
    await reader.comment("Second thoughts.").get_by_role("link", name="Delete").click()
    await reader.button("Delete").click()
    await expect(reader.thread.get_by_text("Nobody has said anything yet.")).to_be_visible()
    assert await seed.count(url) == 0


async def test_guest_who_returns_finds_what_is_theirs(reader: Reader, url: str) -> None:
    await reader.open(url)
    await post(reader, "Mine.")
    await expect(reader.comment("Mine.")).to_be_visible()
    later = Reader(await reader.page.context.new_page())
    await later.open(url)
    await expect(later.comment("Mine.")).to_be_visible()
    await expect(later.link("Edit")).to_have_count(0)
    await later.link("Show what is yours").click()
    await expect(later.comment("Mine.").get_by_role("link", name="Edit")).to_be_visible()


async def test_guest_sees_a_preview_and_posts_it(reader: Reader, url: str, seed: Seed) -> None:
    await reader.open(url)
    await reader.text.fill("**Strong** words.")
    await reader.be_guest()
    await reader.button("Preview").click()
    await expect(reader.thread.locator(".seen strong")).to_have_text("Strong")
    assert await seed.count(url) == 0
    await expect(reader.text).to_have_value("**Strong** words.")
    await reader.post()
    await expect(reader.comment("Strong words.").locator("header b")).to_have_text(GUEST)


async def test_guest_keeps_the_text_that_was_refused(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "The last word.")
    await reader.open(url)
    await reader.text.fill("Who am I?")
    await reader.be_guest(name="   ")
    await reader.post()
    await expect(reader.form.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    await expect(reader.text).to_have_value("Who am I?")
    await expect(reader.form.get_by_label("Email")).to_have_value("gwen@example.org")
    await reader.be_guest()
    await seed.close_page(url)
    await reader.post()
    await expect(reader.thread.get_by_role("alert")).to_contain_text("closed")
    await expect(reader.text).to_have_value("Who am I?")


async def test_guest_likes_once_they_have_commented(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Like me.")
    await reader.open(url)
    like = reader.comment("Like me.").get_by_role("button", name="Like")
    await like.click()
    await expect(reader.thread.get_by_role("alert")).to_have_text("Sign in, or comment first, to like comments.")
    await post(reader, "Commented.")
    await expect(reader.comment("Commented.")).to_be_visible()
    for likers in (1, 0):
        await like.click()
        await expect(like).to_have_attribute("value", "unlike" if likers else "like")
        await expect(reader.comment("Like me.").get_by_role("link", name="Liked by 1 person")).to_have_count(likers)


async def test_sign_in_ends_on_the_threads_own_page(reader: Reader, blog: Blog, url: str, seed: Seed) -> None:
    await seed.post(url, "Like me.")
    await reader.open(url)
    async with reader.page.context.expect_page() as opening:
        await reader.button("Log in with Demo").click()
    page = await opening.value
    await expect(page.get_by_role("heading")).to_have_text(CHOICE)
    await page.get_by_role("button", name=MARA).click()
    await expect(page).to_have_url(f"{blog.home}/thread/demo?{urlencode({'url': url})}")
    await expect(page.locator(".who")).to_contain_text(
        f"{MARA}: You are commenting using your Demo account. (Log Out / Change", use_inner_text=True
    )
    await page.get_by_label("Comment", exact=True).fill("From Mara.")
    await page.get_by_role("button", name="Post Comment").click()
    await expect(page.locator("article", has_text="From Mara.").locator("header b")).to_have_text(MARA)
    await page.locator("article", has_text="Like me.").get_by_role("button", name="Like").click()
    await expect(page.get_by_role("link", name="Liked by 1 person")).to_be_visible()
    await page.get_by_role("button", name="Log Out").click()
    await expect(page.locator(".as")).to_be_hidden()
    await reader.open(url)
    await expect_nobody(reader)
    await expect(reader.comment("From Mara.")).to_be_visible()
