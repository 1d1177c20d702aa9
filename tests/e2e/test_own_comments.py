"""What is the reader's own: editing and deleting their comments, and those that wait for a moderator."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.blog import Blog
from tests.e2e.reader import GUEST, Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser


async def test_author_edits_their_comment_in_place(reader: Reader, other: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "Before.")
    await reader.open(url)
    await reader.write("Bread is *fien*.")
    await reader.be_guest()
    await reader.post()
    await expect(reader.comment("Bread is fien.")).to_be_visible()
    await seed.post(url, "After.")
    await reader.edit("Bread is fien.")
    await expect(reader.editor).to_have_value("Bread is *fien*.")
    await expect(reader.editor).to_be_focused()
    await reader.editor.fill("Bread is *fine*.")
    await reader.button("Save").click()
    edited = reader.comment("Bread is fine.")
    await expect(edited.locator(".body em")).to_have_text("fine")
    await expect(edited.locator("header")).to_contain_text("(edited)")
    await expect(edited).to_be_focused()
    await expect(reader.status).to_have_text("Your comment was changed.")
    await expect(reader.thread.locator("h2")).to_have_text("2 comments")
    await other.open(url)
    bodies = other.thread.locator("article .body")
    await expect(bodies).to_have_text(["Before.", "Bread is fine.", "After."])
    await reader.edit("Bread is fine.")
    await expect(reader.editor).to_have_value("Bread is *fine*.")


@pytest.mark.parametrize("way", ["Cancel", "Escape"])
async def test_author_gives_an_edit_up(reader: Reader, url: str, way: str) -> None:
    await reader.open(url)
    mine = await reader.post_as_guest("As it was.")
    await reader.edit("As it was.")
    await expect(mine.locator(".body")).to_be_hidden()
    await reader.editor.fill("As it shall not be.")
    await (reader.editor.press("Escape") if way == "Escape" else reader.link("Cancel").click())
    await expect(reader.editor).to_have_count(0)
    await expect(mine.locator(".body")).to_have_text("As it was.")
    await expect(mine.get_by_role("link", name="Edit")).to_be_focused()


async def test_author_edits_with_tools_preview_and_keys(reader: Reader, url: str) -> None:
    await reader.open(url)
    mine = await reader.post_as_guest("Loud")
    await reader.edit("Loud")
    await reader.editor.select_text()
    await reader.editor.press("Control+b")
    await expect(reader.editor).to_have_value("**Loud**")
    await mine.get_by_role("button", name="Preview").click()
    await expect(mine.get_by_role("region", name="Preview").locator("strong")).to_have_text("Loud")
    await reader.editor.press("Control+Enter")
    await expect(reader.comment("Loud").locator(".body strong")).to_have_text("Loud")


async def test_edit_that_is_refused_keeps_its_text(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.post_as_guest("Something.")
    await reader.edit("Something.")
    await reader.editor.fill("  ")
    await reader.button("Save").click()
    await expect(reader.editor).to_have_attribute("aria-invalid", "true")
    await expect(reader.thread.locator("form.edit em")).to_have_text("Write something first.")
    await expect(reader.editor).to_be_focused()
    await reader.editor.fill("Something else.")
    await reader.button("Save").click()
    await expect(reader.comment("Something else.").locator("header")).to_contain_text("(edited)")


async def test_edit_and_delete_go_when_their_time_is_over(reader: Reader, url: str) -> None:
    await reader.open_with_clock(url)
    mine = await reader.post_as_guest("For a quarter of an hour.")
    await mine.get_by_role("link", name="Edit").focus()
    await reader.page.clock.fast_forward("14:00")
    await expect(mine.get_by_role("link", name="Delete")).to_be_visible()
    await reader.page.clock.fast_forward("01:01")
    await expect(mine.locator(".edit, .delete")).to_have_count(0)
    await expect(mine).to_be_focused()


@pytest.mark.parametrize("hold", ["none", "all"])
async def test_author_is_offered_no_edit_where_the_site_allows_none(
    reader: Reader, blog: Blog, seed: Seed, hold: str
) -> None:
    site = f"in-stone-{hold}"
    await seed.add_site(site, blog.origin, edit_window="0", hold=hold)
    await reader.open(blog.add(site, tag=f'data-site="{site}"'))
    async with reader.page.expect_response(lambda response: response.request.method == "POST") as posted:
        mine = await reader.post_as_guest("In stone.")
    assert 'class="edit"' not in await (await posted.value).text()
    await expect(mine.locator(".edit, .delete")).to_have_count(0)


async def test_comment_without_replies_vanishes_when_deleted(reader: Reader, url: str, seed: Seed) -> None:
    before = await seed.post(url, "Before.")
    await reader.open(url)
    await reader.post_as_guest("Regretted.")
    await reader.delete("Regretted.")
    await expect(reader.comment("Regretted.")).to_have_count(0)
    await expect(reader.thread.locator("article")).to_have_count(1)
    await expect(reader.item(before).locator("> article")).to_be_focused()
    await expect(reader.status).to_have_text("Your comment was deleted.")
    await expect(reader.thread.locator("h2")).to_have_text("1 comment")
    assert await seed.count(url) == 1


async def test_last_comment_deleted_brings_the_invitation_back(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.post_as_guest("Alone.")
    await reader.delete("Alone.")
    await expect(reader.thread.get_by_text("Nobody has said anything yet.")).to_be_visible()
    await expect(reader.thread.locator("h2")).to_have_text("Comments")
    await expect(reader.thread.locator("h2")).to_be_focused()


async def test_deleted_comment_keeps_its_place_while_replies_stand(
    reader: Reader, other: Reader, url: str, seed: Seed
) -> None:
    await reader.open(url)
    await reader.post_as_guest("Regretted.")
    mine = await reader.id_of("Regretted.")
    await seed.post(url, "But I answered.", parent=mine)
    await reader.open(url)
    await reader.delete("Regretted.")
    for who in (reader, other):
        place = who.item(mine).locator("> article")
        await expect(place).to_have_text("This comment was deleted.")
        await expect(who.comment("But I answered.")).to_be_visible()
        await expect(who.thread.locator("h2")).to_have_text("1 comment")
        await expect(who.by(GUEST)).to_have_count(0)
        if who is reader:
            await expect(place).to_be_focused()
            await other.open(url)


async def test_last_reply_deleted_leaves_no_branch(reader: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "A root.")
    await reader.open(url)
    await reader.reply_to("A root.")
    await reader.post_as_guest("Regretted.")
    await reader.delete("Regretted.")
    await expect(reader.item(root).locator("> ol, > .fold")).to_have_count(0)
    await expect(reader.item(root).locator("> article")).to_be_focused()


async def test_author_keeps_their_comment_after_all(reader: Reader, url: str, seed: Seed) -> None:
    await reader.open(url)
    mine = await reader.post_as_guest("Not regretted.")
    await mine.get_by_role("link", name="Delete").click()
    await expect(mine.get_by_text("Delete this comment?")).to_be_visible()
    await expect(mine.get_by_role("button", name="Delete")).to_be_focused()
    await reader.link("Keep it").click()
    await expect(mine.get_by_text("Delete this comment?")).to_have_count(0)
    await expect(mine.get_by_role("link", name="Delete")).to_be_focused()
    await reader.open(url)
    await expect(mine).to_be_visible()
    assert await seed.count(url) == 1


async def test_reply_form_outlives_the_comment_it_stood_under(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.post_as_guest("Regretted.")
    await reader.reply_to("Regretted.")
    await reader.delete("Regretted.")
    await expect(reader.thread.locator("#respond > form.write h3")).to_have_text("Leave a comment")
    await reader.post_as_guest("Once more.")
    await expect(reader.thread.locator("#list > li > article .body")).to_have_text("Once more.")


async def test_delete_that_fails_says_so_and_leaves_the_comment(reader: Reader, url: str) -> None:
    await reader.open(url)
    mine = await reader.post_as_guest("Sticky.")
    await reader.page.route("**/embed/demo?*", lambda route: route.abort())
    await reader.delete("Sticky.")
    await expect(mine.get_by_role("alert")).to_have_text("The connection failed. Please try again.")
    await expect(mine.locator(".body")).to_be_visible()
    await reader.page.unroute_all()
    await mine.get_by_role("button", name="Delete").click()
    await expect(mine).to_have_count(0)


async def test_comment_held_for_review_is_seen_by_its_author_alone(
    reader: Reader, other: Reader, blog: Blog, seed: Seed
) -> None:
    await seed.add_site("held", blog.origin, hold="all")
    url = blog.add("held", tag='data-site="held"')
    await reader.open(url)
    async with reader.page.expect_response("**/me?*"):
        mine = await reader.post_as_guest("May I?")
    await expect(reader.status).to_have_text("Your comment waits for a moderator.")
    for when in ("at once", "after a reload"):
        await expect(mine.locator(".held")).to_have_text("Waits for a moderator; only you can see it.")
        await expect(mine.get_by_role("link", name="Edit")).to_be_visible()
        await expect(mine.locator(".like, .reply")).to_have_count(0)
        await expect(reader.thread.locator("h2")).to_have_text("Comments")
        if when == "at once":
            await expect(mine).to_be_focused()
            await reader.open(url)
    await other.open(url)
    await expect(other.thread.get_by_text("Nobody has said anything yet.")).to_be_visible()
    await expect(other.thread.locator("article")).to_have_count(0)
    await reader.edit("May I?")
    await reader.editor.fill("May I, please?")
    await reader.button("Save").click()
    await expect(reader.comment("May I, please?").locator(".held")).to_be_visible()
    await reader.delete("May I, please?")
    await expect(reader.thread.locator("article")).to_have_count(0)
    await expect(reader.thread.locator("h2")).to_have_text("Comments")


async def test_held_reply_stays_under_what_it_answers(reader: Reader, blog: Blog, seed: Seed) -> None:
    await seed.add_site("held-reply", blog.origin, min_seconds="0")
    url = blog.add("held-reply", tag='data-site="held-reply"')
    root = await seed.post(url, "A question?", site="held-reply")
    await reader.open(url)
    await reader.reply_to("A question?")
    await reader.post_as_guest("An answer.")
    await seed.moderate(await reader.id_of("An answer."), "pending")
    await reader.open_when(url, "1 comment")
    await expect(reader.item(root).locator("> ol > li > article .held")).to_be_visible()
    await expect(reader.item(root).locator("> ol > li > article .body")).to_have_text("An answer.")


async def test_edited_comment_waits_again_where_a_moderator_looks_first(reader: Reader, blog: Blog, seed: Seed) -> None:
    await seed.add_site("held-again", blog.origin, hold="all")
    url = blog.add("held-again", tag='data-site="held-again"')
    await reader.open(url)
    mine = await reader.post_as_guest("May I?")
    await seed.moderate(await reader.id_of("May I?"), "approved")
    await reader.open_when(url, "1 comment")
    await expect(mine.locator(".held")).to_have_count(0)
    await reader.edit("May I?")
    await reader.editor.fill("May I spoil it?")
    await reader.button("Save").click()
    await expect(reader.comment("May I spoil it?").locator(".held")).to_be_visible()
    await expect(reader.status).to_have_text("Your comment waits for a moderator.")
    await expect(reader.thread.locator("h2")).to_have_text("Comments")
    await reader.delete("May I spoil it?")
    await expect(reader.thread.locator("article")).to_have_count(0)
    await expect(reader.thread.locator("h2")).to_have_text("Comments")
