"""The log, and a comment in its place: what was done, by whom, and how it is taken back from there."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member, add_member, post_on_shop
from tests.support.database import recorded
from tests.support.html import text_of
from tests.support.service import World


def deeds(who: Member) -> list[str]:
    return [text_of(deed) for deed in who.page.all(".//ul[@class='log']/li")]


async def test_log_says_what_was_done_the_newest_first(world: World, bob: Member) -> None:
    await world.post("Bread.")
    await world.post("Butter.")
    await bob.open("/admin")
    await bob.press_at("Bread.", "Approve")
    world.clock.pass_seconds(60)
    await bob.press_at("Butter.", "Spam")
    await bob.open("/admin/log")
    assert deeds(bob) == [
        "1 comment marked as spam by Bob, 15 January 2027, 08:01 UTC Undo",
        "1 comment approved by Bob, 15 January 2027, 08:00 UTC Undo",
    ]


async def test_deed_is_undone_from_the_log_once(world: World, bob: Member) -> None:
    await world.post("Bread.")
    await bob.open("/admin")
    await bob.press_at("Bread.", "Approve")
    await bob.open("/admin/log")
    undo = bob.page.one(".//ul[@class='log']//button").get("value", "")
    world.clock.pass_seconds(60)
    await bob.do(undo)
    assert [deed.rpartition(" UTC")[2] for deed in deeds(bob)] == [" Undo", ", undone"]
    assert (await world.thread())["comments"] == []
    await bob.do(undo)
    assert (bob.answer.status_code, bob.alert) == (409, "This was undone already.")


async def test_moderator_sees_no_deeds_of_another_site(
    world: World, bob: Member, charlie: Member, olga: Member
) -> None:
    await world.post("Bread.")
    await post_on_shop(world, "Tea.")
    await bob.open("/admin")
    await bob.press_at("Bread.", "Approve")
    undo = bob.page.one(".//*[@role='status']//button").get("value", "")
    await charlie.open("/admin/log")
    assert deeds(charlie) == []
    await charlie.do(undo)
    assert charlie.answer.status_code == 403
    await charlie.open("/admin/log?site=blog")
    assert charlie.answer.status_code == 404
    await olga.open("/admin/log")
    assert deeds(olga) == ["1 comment approved by Bob, 15 January 2027, 08:00 UTC, blog Undo"]


async def test_log_goes_on_page_by_page(world: World, bob: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.moderation.log.PER_PAGE", 2)
    posted = await world.post("Bread.")
    await bob.open("/admin")
    for verb in ("approve", "spam", "approve", "hold", "reject"):
        world.clock.pass_seconds(1)
        await bob.do(f"{verb} blog.{posted['id']}.")
    await bob.open("/admin/log")
    seen = deeds(bob)
    while bob.page.has_link("Older"):
        await bob.follow("Older")
        seen += deeds(bob)
    assert [" ".join(deed.split()[2:4]) for deed in seen] == [
        "deleted by",
        "held by",
        "approved by",
        "marked as",
        "approved by",
    ]


async def test_number_of_statements_does_not_grow_with_the_log(world: World, bob: Member) -> None:
    posted = await world.post("Bread.")
    await bob.open("/admin")
    numbers = []
    for _ in range(2):
        for verb in ("approve", "hold", "spam"):
            world.clock.pass_seconds(1)
            await bob.do(f"{verb} blog.{posted['id']}.")
        with recorded(world) as statements:
            await bob.open("/admin/log")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_comment_stands_between_what_it_answers_and_its_answers(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    root = await world.post("The root.")
    middle = await world.post("The middle.", parent_id=root["id"])
    await world.post("The answer.", parent_id=middle["id"])
    await world.post("Elsewhere.")
    await bob.open(f"/admin/comments/blog/{middle['id']}")
    near = [[text_of(body) for body in part.findall(".//div[@class='body']")] for part in bob.page.all(".//main/*")]
    assert [texts for texts in near if texts] == [["The root."], ["The middle."], ["The answer."]]


async def test_comment_is_decided_on_and_undone_at_its_own_page(world: World, bob: Member) -> None:
    posted = await world.post("Bread.")
    await bob.open(f"/admin/comments/blog/{posted['id']}")
    await bob.press_at("Bread.", "Approve")
    assert bob.told == ["1 comment approved."]
    assert deeds(bob) == ["1 comment approved by Bob, 15 January 2027, 08:00 UTC Undo"]
    await bob.undo()
    assert "pending" in text_of(bob.item("Bread."))


async def test_moderator_of_another_site_sees_no_comment(world: World, bob: Member, charlie: Member) -> None:
    posted = await world.post("Bread.")
    for site in ("blog", "shop"):
        await charlie.open(f"/admin/comments/{site}/{posted['id']}")
        assert charlie.answer.status_code == 404
        assert "Bread." not in charlie.answer.text


@pytest.mark.parametrize("address", ["comments/blog/nonsense", "people/blog/nonsense", "comments/nowhere/0"])
async def test_made_up_address_is_not_found(bob: Member, address: str) -> None:
    await bob.open(f"/admin/{address}")
    assert bob.answer.status_code == 404


async def test_bad_cursor_is_told(bob: Member) -> None:
    for page in ("/admin", "/admin/log"):
        await bob.open(f"{page}?cursor=nonsense")
        assert bob.answer.status_code == 400


async def test_two_moderators_undo_once(world: World, bob: Member) -> None:
    ann = await add_member(world, "Ann", world.blog)
    await world.post("Bread.")
    await bob.open("/admin")
    await bob.press_at("Bread.", "Approve")
    await ann.open("/admin/log")
    undo = ann.page.one(".//ul[@class='log']//button").get("value", "")
    await bob.undo()
    await ann.do(undo)
    assert (ann.answer.status_code, ann.alert) == (409, "This was undone already.")
