"""What readers reported: moderators see why, decide or keep it, and can take that back."""

from __future__ import annotations

from typing import Any

from tests.admin.desk import Member, post_on_shop
from tests.support.database import recorded
from tests.support.html import text_of
from tests.support.service import World
from widget import reporting
from widget.core import Actor


async def report(
    world: World, comment_id: str, reason: str, note: str = "", site: str = "blog", number: int = 1
) -> None:
    """By a stranger; another `number` is another one."""
    found = await world.app.service.sites.get(site)
    stranger = Actor(None, "", f"192.0.2.{number}")
    await reporting.report(world.app.service.core, found, stranger, comment_id, reason, note)


async def publish(world: World, text: str) -> dict[str, Any]:
    await world.set_site("blog", hold="none")
    return await world.post(text)


def said(bob: Member) -> list[str]:
    """What the open page tells of reports."""
    return [text_of(line) for line in bob.page.all(".//div[@class='reports']/*/li")] + [
        text_of(note) for note in bob.page.all(".//div[@class='reports']/p[@class='reason']")
    ]


async def test_moderator_sees_how_many_reported_a_comment_and_why(world: World, bob: Member) -> None:
    rude = await publish(world, "Rude.")
    await publish(world, "Kind.")
    await report(world, rude["id"], "abuse", "Read the third word.", number=1)
    await report(world, rude["id"], "spam", number=2)
    await bob.open("/admin?tab=reported")
    assert bob.items() == ["Rude."]
    assert sorted(said(bob)) == [
        "It insults or threatens somebody: 1 reader",
        "It is spam or an advertisement: 1 reader",
        "Read the third word.",
    ]
    assert text_of(bob.page.all(".//nav[@class='tabs']/a")[1]) == "Reported 1"


async def test_comment_that_is_kept_leaves_the_tab_and_comes_back_by_undoing(world: World, bob: Member) -> None:
    rude = await publish(world, "Rude.")
    await report(world, rude["id"], "abuse")
    await bob.open("/admin?tab=reported")
    await bob.press_at("Rude.", "Keep")
    assert bob.told == ["1 comment kept, though reported."]
    assert bob.items() == []
    assert len((await world.thread())["comments"]) == 1
    await bob.undo()
    assert bob.told == ["Undone: 1 comment kept, though reported."]
    assert bob.items() == ["Rude."]
    await bob.undo()
    assert bob.items() == []


async def test_decision_that_is_undone_is_reported_as_before(world: World, bob: Member) -> None:
    rude = await publish(world, "Rude.")
    await report(world, rude["id"], "abuse", number=1)
    await bob.open("/admin?tab=reported")
    await bob.press_at("Rude.", "Spam")
    assert (bob.items(), (await world.thread())["comments"]) == ([], [])
    await bob.undo()
    assert bob.items() == ["Rude."]
    await report(world, rude["id"], "spam", number=2)
    await bob.open("/admin?tab=reported")
    assert len(said(bob)) == 2


async def test_what_was_settled_before_is_not_told_again(world: World, bob: Member) -> None:
    rude = await publish(world, "Rude.")
    await report(world, rude["id"], "abuse", "The old note.", number=1)
    await bob.open("/admin?tab=reported")
    await bob.press_at("Rude.", "Keep")
    world.clock.pass_seconds(1)
    await report(world, rude["id"], "spam", "The new note.", number=2)
    await bob.open("/admin?tab=reported")
    assert said(bob) == ["It is spam or an advertisement: 1 reader", "The new note."]


async def test_hostile_note_stays_text(world: World, bob: Member) -> None:
    rude = await publish(world, "Rude.")
    await report(world, rude["id"], "other", "<img src=x onerror=alert(1)>")
    await bob.open("/admin?tab=reported")
    assert "<img src=x" not in bob.answer.text
    assert said(bob)[-1] == "<img src=x onerror=alert(1)>"


async def test_reports_of_a_page_are_one_query_whatever_the_sites(
    world: World, bob: Member, charlie: Member, olga: Member
) -> None:
    await world.set_site("shop", hold="none")
    numbers = []
    for round_ in range(2):
        for each in range(3):
            bread = await publish(world, f"Bread {round_} {each}.")
            await report(world, bread["id"], "abuse")
            tea = await post_on_shop(world, f"Tea {round_} {each}.")
            await report(world, tea, "spam", site="shop")
        with recorded(world) as statements:
            await olga.open("/admin?tab=reported")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert len(olga.items()) == 12


async def test_deleted_comment_is_reported_no_more(world: World, bob: Member) -> None:
    rude = await publish(world, "Rude.")
    await report(world, rude["id"], "abuse")
    await bob.open("/admin?tab=reported")
    await bob.press_at("Rude.", "Delete")
    assert bob.told == ["1 comment deleted."]
    assert text_of(bob.page.all(".//nav[@class='tabs']/a")[1]) == "Reported 0"
