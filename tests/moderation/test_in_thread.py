"""What moderators see and do in the thread itself, by links and forms alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pytest

from tests.moderation.acting import Moderator, Posted, person_of, row_of, statuses
from tests.support.cast import Cast, cookie_of, make_cast
from tests.support.counters import check_counters
from tests.support.database import recorded
from tests.support.html import Html, Reader, text_of
from tests.support.service import HOME, PAGE, Clock, World, open_world
from widget.db import Tx
from widget.store.threads import ROOTS
from widget.threads import MOST_PENDING

FRAME = f"/embed/blog?url={quote(PAGE, safe='')}"
OWN = f"{FRAME}&own=1"
SORTS = ("old", "new", "best")


@pytest.fixture
def bobs(world: World, cast: Cast) -> Reader:
    """Bob, who moderates, with scripts off."""
    return Reader(world.client, **cookie_of(world, cast.bob))


@pytest.fixture
def alices(world: World, cast: Cast) -> Reader:
    return Reader(world.client, **cookie_of(world, cast.alice))


def tools(page: Html, posted: Posted) -> Element:
    """What is open at a comment."""
    return page.one(f".//li[@id='comment-{posted['id']}']/article/div[@class='tooled']")


def buttons(tooled: Element) -> list[str]:
    return [text_of(button) for button in tooled.iter("button")]


def form(tooled: Element, button: str) -> Element:
    return next(form for form in tooled.iter("form") if button in buttons(form))


async def moderate(reader: Reader, posted: Posted) -> Element:
    """Open the tools at a comment."""
    link = reader.page.one(f".//li[@id='comment-{posted['id']}']/article//a[@class='moderate']").get("href", "")
    return tools(await reader.open(link), posted)


async def held(world: World, *texts: str, **more: Any) -> list[Posted]:
    await world.set_site("blog", hold="all")
    posted = [await world.post(text, **more) for text in texts]
    await world.set_site("blog", hold="none")
    return posted


# What waits


@pytest.mark.parametrize("sort", SORTS)
async def test_what_waits_stands_where_it_will_stand(world: World, bobs: Reader, bob: Moderator, sort: str) -> None:
    first = await world.post("First.")
    waiting, *_ = await held(world, "In between.")
    [reply] = await held(world, "A reply.", parent_id=first["id"])
    last = await world.post("Last.")
    page = await bobs.open(f"{OWN}&sort={sort}")
    before = page.comments()
    roots = [first["id"], waiting["id"], last["id"]]
    assert [each for each in before if each != reply["id"]] == (roots if sort == "old" else roots[::-1])
    assert page.comment(reply["id"]) in list(page.comment(first["id"]).iter("li"))
    told = [text_of(each) for each in page.all(".//p[@class='held']")]
    assert told == ["Waits for a moderator."] * 2
    assert "2 comments wait here." in text_of(page.one(".//div[@class='desk']"))
    await bob.decide("approve", waiting, reply)
    assert (await Reader(world.client).open(f"{FRAME}&sort={sort}", "cross-site")).comments() == before


async def test_readers_see_neither_what_waits_nor_tools(world: World, alices: Reader) -> None:
    await world.post("First.")
    await held(world, "Waits.")
    for page in (await alices.open(OWN), await Reader(world.client).open(FRAME, "cross-site")):
        assert "Waits." not in page.text(".//body")
        assert not page.all(".//a[@class='moderate']") + page.all(".//div[@class='desk']")


async def test_what_waits_stands_on_the_page_of_the_thread_where_it_will(world: World, bobs: Reader) -> None:
    posted = [await world.post(f"Root {number}.") for number in range(ROOTS)]
    [waiting] = await held(world, "Waits.")
    posted += [await world.post("The last.")]
    assert waiting["id"] not in (await bobs.open(OWN)).comments()
    assert (await bobs.follow("Show more")).comments() == [waiting["id"], posted[-1]["id"]]
    tooled = await moderate(bobs, waiting)
    assert buttons(tooled)[:2] == ["Approve", "Spam"]
    await bobs.press(form(tooled, "Approve"), "approve")
    assert await statuses(world, waiting) == ["approved"]


async def test_scripts_get_what_waits_with_its_place(world: World, bobs: Reader) -> None:
    root = await world.post("Root.")
    [reply] = await held(world, "A reply.", parent_id=root["id"])
    [answer] = await held(world, "A root.")
    part = await bobs._go("GET", f"{OWN}&pending=1", {"Palaver-Fragment": "1", "Sec-Fetch-Site": "same-origin"})
    assert {each.get("id", "")[8:]: each.get("data-parent") for each in part.all(".//li[@id]")} == {
        reply["id"]: root["id"],
        answer["id"]: None,
    }


async def test_moderator_is_told_of_at_most_200_and_that_there_are_more(world: World, cast: Cast) -> None:
    await held(world, *(f"Waits {number}." for number in range(MOST_PENDING + 1)))
    for who, number, more in ((cast.bob, MOST_PENDING, True), (cast.dora, 0, False)):
        me = (await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=who)).json()
        assert (len(me["pending"]), me["more_pending"]) == (number, more)
    page = await Reader(world.client, **cookie_of(world, cast.bob)).open(OWN)
    assert "More than 200 comments wait here; the newest 200 are shown." in page.text(".//div[@class='desk']")


async def test_author_edits_what_waits_without_scripts(world: World, cast: Cast, alices: Reader) -> None:
    await world.post("Somebody's.")
    await world.set_site("blog", hold="all")
    mine = await world.post("May I?", headers=cast.alice)
    await alices.open(OWN)
    page = await alices.follow("Edit")
    assert page.text(f".//li[@id='comment-{mine['id']}']//textarea") == "May I?"


# Deeds


async def test_held_comment_is_approved_and_the_deed_undone(world: World, bobs: Reader) -> None:
    await world.post("First.")
    [waiting] = await held(world, "Waits.")
    await bobs.open(OWN)
    tooled = await moderate(bobs, waiting)
    assert buttons(tooled)[:3] == ["Approve", "Spam", "Delete"]
    tooled = tools(await bobs.press(form(tooled, "Approve"), "approve"), waiting)
    assert text_of(tooled).startswith("1 comment approved. Undo")
    assert await statuses(world, waiting) == ["approved"]
    tooled = tools(await bobs.press(form(tooled, "Undo"), "undo"), waiting)
    assert text_of(tooled).startswith("Undone: 1 comment approved. Undo")
    assert await statuses(world, waiting) == ["pending"]
    await check_counters(world)


async def test_what_vanished_is_told_above_the_thread_and_undone_there(world: World, bobs: Reader) -> None:
    one, two = await world.post("One."), await world.post("Two.")
    await bobs.open(OWN)
    page = await bobs.press(form(await moderate(bobs, two), "Spam"), "spam")
    assert page.comments() == [one["id"]]
    desk = page.one(".//div[@class='desk']")
    assert "1 comment marked as spam." in text_of(desk)
    page = await bobs.press(form(desk, "Undo"), "undo")
    assert page.comments() == [one["id"], two["id"]]
    assert text_of(tools(page, two)).startswith("Undone: 1 comment marked as spam.")


async def test_place_of_a_removed_comment_has_tools_too(world: World, bobs: Reader, bob: Moderator) -> None:
    root = await world.post("Root.")
    await world.post("Reply.", parent_id=root["id"])
    await bob.decide("reject", root)
    await bobs.open(OWN)
    tooled = await moderate(bobs, root)
    await bobs.press(form(tooled, "Approve"), "approve")
    assert await statuses(world, root) == ["approved"]


async def test_author_may_take_their_own_away_for_good(world: World, cast: Cast, bobs: Reader) -> None:
    mine = await world.post("Mine.", headers=cast.alice)
    await world.post("Reply.", parent_id=mine["id"])
    await world.client.delete(f"/api/v1/blog/comments/{mine['id']}", headers=cast.alice)
    page = await bobs.open(OWN)
    assert not page.all(f".//li[@id='comment-{mine['id']}']/article//a")
    page = await bobs.open(f"{OWN}&moderate={mine['id']}")
    assert not page.all(".//div[@class='tooled']//form")


async def test_two_moderators_at_once_are_both_told_and_nothing_flips(
    world: World, bobs: Reader, dora: Moderator
) -> None:
    await world.post("First.")
    [waiting] = await held(world, "Waits.")
    await bobs.open(OWN)
    tooled = await moderate(bobs, waiting)
    await dora.decide("spam", waiting)
    page = await bobs.press(form(tooled, "Approve"), "approve")
    assert bobs.answer.status_code == 409
    assert page.text(".//p[@role='alert']") == "Dora changed this comment to “spam” meanwhile."
    assert await statuses(world, waiting) == ["spam"]


async def test_root_is_pinned_and_a_reply_cannot_be(world: World, bobs: Reader) -> None:
    one, two = await world.post("One."), await world.post("Two.")
    reply = await world.post("Reply.", parent_id=one["id"])
    await bobs.open(OWN)
    assert "Pin" not in buttons(await moderate(bobs, reply))
    tooled = await moderate(bobs, two)
    page = await bobs.press(form(tooled, "Pin"), "pin")
    assert page.comments() == [two["id"], one["id"], reply["id"]]
    assert text_of(tools(page, two)).startswith("1 comment pinned. Undo")
    await bobs.press(form(tools(page, two), "Unpin"), "unpin")
    assert not (await row_of(world, two)).pinned


async def test_author_is_banned_with_a_reason_and_let_in_again(world: World, cast: Cast, bobs: Reader) -> None:
    posted = await world.post("Pills.", headers=cast.alice)
    await bobs.open(OWN)
    tooled = await moderate(bobs, posted)
    page = await bobs.press(form(tooled, "Ban"), "ban", until="30", reason="No pills.")
    assert text_of(tools(page, posted)).startswith("Alice banned until ")
    alice = await person_of(world, (await row_of(world, posted)).person_id)
    assert (alice.ban_reason, alice.banned_until) == ("No pills.", world.clock() + 30 * 86_400_000)
    await bobs.press(form(tools(page, posted), "Lift the ban"), "unban")
    alice = await person_of(world, alice.id)
    assert alice.banned_until == 0


async def test_ban_without_a_length_is_refused(world: World, cast: Cast, bobs: Reader) -> None:
    posted = await world.post("Pills.", headers=cast.alice)
    await bobs.open(OWN)
    page = await bobs.press(form(await moderate(bobs, posted), "Ban"), "ban", until="a while")
    assert (bobs.answer.status_code, page.text(".//p[@role='alert']")) == (422, "Choose how long the ban lasts.")


async def test_staff_are_not_offered_for_a_ban(world: World, cast: Cast, bobs: Reader, dora: Moderator) -> None:
    posted = await world.post("By staff.", headers=cast.dora)
    await bobs.open(OWN)
    assert "Ban" not in buttons(await moderate(bobs, posted))


async def test_page_is_closed_and_opened(world: World, bobs: Reader) -> None:
    await world.post()
    page = await bobs.open(OWN)
    page = await bobs.press(form(page.one(".//div[@class='desk']"), "Close comments"), "lock")
    assert (await world.thread())["page"]["locked"]
    desk = page.one(".//div[@class='desk']")
    assert text_of(desk).startswith(f"{PAGE} closed. Undo")
    await bobs.press(form(desk, "Open comments"), "unlock")
    assert not (await world.thread())["page"]["locked"]


@pytest.mark.parametrize(("who", "status"), [("dora", 403), ("nobody", 401)])
async def test_reader_who_asks_for_tools_is_refused(world: World, cast: Cast, who: str, status: int) -> None:
    posted = await world.post()
    reader = Reader(world.client, **cookie_of(world, getattr(cast, who)))
    for query in (f"&moderate={posted['id']}", "&done=0123456789abc"):
        await reader.open(OWN + query)
        assert reader.answer.status_code == status


@pytest.mark.parametrize("wrong", ["x", "0123456789abc", "", "%00"])
async def test_tools_for_nothing_are_none(world: World, bobs: Reader, wrong: str) -> None:
    posted = await world.post()
    page = await bobs.open(f"{OWN}&moderate={wrong}&done={wrong}")
    assert (bobs.answer.status_code, page.comments()) == (200, [posted["id"]])


@pytest.mark.parametrize("action", ["approve", "pin", "ban", "undo"])
async def test_form_that_names_nothing_changes_nothing(world: World, bobs: Reader, action: str) -> None:
    await world.post()
    await bobs.open(OWN)
    await bobs.send({"action": action, "until": "7"}, Origin=HOME)
    assert 400 <= bobs.answer.status_code < 500


async def test_what_waits_on_a_page_is_found_by_its_own_index(sqlite_url: str, clock: Clock) -> None:
    """However much waits elsewhere on the site, and however long the page is."""
    async with open_world(sqlite_url, clock) as world:
        cast = await make_cast(world)
        await held(world, "Waits.")
        with recorded(world) as statements:
            await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=cast.bob)

        def explain(tx: Tx) -> list[str]:
            return [
                row[3]
                for sql, values in statements
                for row in tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            ]

        assert any("INDEX ix_comments_pending_of_page" in step for step in await world.db.read(explain))
