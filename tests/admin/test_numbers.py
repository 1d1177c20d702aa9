"""Numbers: what was written, what the checks made of it, and what moderators decided."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from tests.admin.desk import Member
from tests.support.html import text_of
from tests.support.service import BLOG, World

SVG = "{http://www.w3.org/2000/svg}"
HOUR, DAY = 3_600, 86_400  # seconds; the clock stands at 08:00 on 15 January 2027


def sums(bob: Member) -> dict[str, int]:
    rows = bob.page.all(".//main//dl/div")
    return {text_of(row[0]): int(text_of(row[1]).replace(",", "")) for row in rows}


def table(bob: Member) -> dict[str, list[int]]:
    """The figures behind the plot, by slice, of those where something was written."""
    rows = [[text_of(cell) for cell in row] for row in bob.page.all(".//figure//tbody/tr")]
    found = {name: [int(cell) for cell in cells] for name, *cells in rows}
    return {name: cells for name, cells in found.items() if any(cells)}


def bars(bob: Member) -> list[Element]:
    return bob.page.all(f".//figure/{SVG}svg/{SVG}rect")


async def write(world: World, text: str, path: str = "bread") -> None:
    await world.post(text, url=f"{BLOG}/{path}")


async def test_moderator_sees_what_was_written_held_and_spam(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none", words_hold="oven", words_spam="casino", max_links="5")
    await write(world, "Bread.")
    await write(world, "My oven.")
    world.clock.pass_seconds(2 * HOUR)
    await write(world, "A casino.")
    await write(world, "A casino with an oven.")
    await bob.open("/admin/numbers?for=day")
    told = sums(bob)
    assert [told[name] for name in ("Comments", "Held by the checks", "Spam for the checks")] == [4, 1, 2]
    assert table(bob) == {"15 January, 08:00": [2, 1, 0], "15 January, 10:00": [2, 0, 2]}
    assert len(bars(bob)) == 3
    assert {bar.get("class") for bar in bars(bob)} == {"rest", "held", "spam"}


async def test_bars_stand_upon_each_other_within_the_plot(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none", words_hold="oven")
    for text in ("One.", "Two.", "Oven three.", "Oven four."):
        await write(world, text)
    await bob.open("/admin/numbers?for=week")
    held, rest = ({name: float(value) for name, value in bar.items() if name != "class"} for bar in bars(bob))
    assert (held["y"], held["height"], rest["y"], rest["height"]) == (60.0, 60.0, 0.0, 60.0)
    assert (held["x"], held["width"]) == (rest["x"], rest["width"])
    assert held["x"] + held["width"] <= 600


async def test_reason_that_quotes_a_verdict_is_none(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none", words_hold='["spam",')
    await write(world, 'Words: ["spam", here.')
    await bob.open("/admin/numbers")
    assert (sums(bob)["Held by the checks"], sums(bob)["Spam for the checks"]) == (1, 0)


@pytest.mark.parametrize(("period", "expected"), [("day", 1), ("week", 2), ("month", 3), ("century", 2)])
async def test_period_says_how_far_back_it_counts(world: World, bob: Member, period: str, expected: int) -> None:
    for text, later in (("Old.", 10 * DAY), ("Older than a day.", 2 * DAY), ("New.", HOUR)):
        await write(world, text)
        world.clock.pass_seconds(later)
    await bob.open(f"/admin/numbers?for={period}")
    assert sums(bob)["Comments"] == expected
    assert len(bob.page.all(".//figure//tbody/tr")) == {"day": 24, "month": 30}.get(period, 7)


async def test_decisions_count_until_they_are_undone(world: World, bob: Member) -> None:
    for text in ("One.", "Two.", "Three."):
        await write(world, text)
    await bob.open("/admin")
    await bob.press_at("One.", "Approve")
    await bob.press_at("Two.", "Approve")
    await bob.press_at("Three.", "Spam")
    await bob.undo()
    await bob.open("/admin/numbers")
    assert {name: sums(bob)[name] for name in ("Approved", "Deleted", "Marked as spam", "Held", "Kept")} == {
        "Approved": 2,
        "Deleted": 0,
        "Marked as spam": 0,
        "Held": 0,
        "Kept": 0,
    }


async def test_ten_busiest_pages_lead_to_their_own(world: World, bob: Member) -> None:
    for number in range(12):
        for again in range(1 + (number == 7)):
            await write(world, f"On {number}, {again}.", f"p{number}")
    await bob.open("/admin/numbers")
    rows = bob.page.all(".//table[@class='busiest']/tbody/tr")
    assert len(rows) == 10
    assert [text_of(cell) for cell in rows[0]][:2] == ["/p7", "2"]
    await bob.follow("/p7")
    assert bob.page.text(".//h1") == "/p7"


async def test_site_without_comments_has_no_plot(bob: Member) -> None:
    await bob.open("/admin/numbers")
    assert bars(bob) == []
    assert bob.page.text(".//p[@class='empty']") == "Nobody wrote on blog in that time."


async def test_moderator_sees_no_numbers_of_another_site(world: World, bob: Member, charlie: Member) -> None:
    await write(world, "Bread.")
    await charlie.open("/admin/numbers")
    assert sums(charlie)["Comments"] == 0
    await charlie.open("/admin/numbers?site=blog")
    assert charlie.answer.status_code == 404


async def test_page_needs_no_style_attribute(world: World, bob: Member) -> None:
    await write(world, "Bread.")
    await bob.open("/admin/numbers")
    assert not [element for element in bob.page.root.iter() if element.get("style")]
