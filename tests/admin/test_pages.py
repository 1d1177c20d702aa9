"""Pages: finding them, closing them, what they are called."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member, post_on_shop
from tests.support.html import text_of
from tests.support.service import BLOG, PAGE, World
from widget.store import page_list

DAY = 86_400  # seconds


def names(bob: Member) -> list[str]:
    """The pages that are listed."""
    return [text_of(link) for link in bob.page.all(".//ul[@class='pagelist']//b/a")]


async def open_page(bob: Member, name: str = "/posts/bread") -> None:
    await bob.open("/admin/pages")
    await bob.follow(name)


async def write_on(world: World, *paths: str) -> None:
    await world.set_site("blog", hold="none")
    for number, path in enumerate(paths):
        world.clock.pass_seconds(1)
        await world.post(f"On {path}, {number}.", url=f"{BLOG}/{path}")


async def test_pages_stand_by_their_newest_comment(world: World, bob: Member) -> None:
    await write_on(world, "one", "two", "three", "one")
    await bob.open("/admin/pages")
    assert names(bob) == ["/one", "/three", "/two"]


async def test_pages_stand_by_the_number_of_their_comments(world: World, bob: Member) -> None:
    await write_on(world, "one", "two", "two", "two", "three", "three")
    await bob.open("/admin/pages?order=most")
    assert names(bob) == ["/two", "/three", "/one"]


@pytest.mark.parametrize("order", ["newest", "most", "found"])
async def test_list_goes_on_without_gap_or_repetition(
    world: World, bob: Member, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr("widget.moderation.page_list.PER_PAGE", 2)
    await write_on(world, *(f"p{number}" for number in range(5)), "p0")
    await bob.open("/admin/pages?q=blog" if order == "found" else f"/admin/pages?order={order}")
    seen = names(bob)
    while bob.page.has_link("More"):
        await bob.follow("More")
        seen += names(bob)
    assert sorted(seen) == [f"/p{number}" for number in range(5)]


async def test_list_looks_through_some_comments_and_then_further(
    world: World, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_list, "LOOKED_THROUGH", 3)
    await write_on(world, "old", "busy", "busy", "busy", "busy")
    await bob.open("/admin/pages")
    assert names(bob) == ["/busy"]
    await bob.follow("Look further back")
    assert names(bob) == ["/old"]


async def test_page_is_found_by_title_and_address(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    await world.post("One.", url=f"{BLOG}/rye", title="How to bake")
    await world.post("Two.", url=f"{BLOG}/oats", title="Porridge 100%")
    for query, found in (("BAKE", "How to bake"), ("oats", "Porridge 100%"), ("100%25", "Porridge 100%")):
        await bob.open(f"/admin/pages?q={query}")
        assert names(bob) == [found]
    await bob.open("/admin/pages?q=nothing")
    assert bob.page.text(".//p[@class='empty']") == "No page has that in its title or address."


async def test_moderator_sees_no_page_of_another_site(world: World, bob: Member, charlie: Member) -> None:
    await write_on(world, "one")
    await post_on_shop(world, "Tea.")
    await charlie.open("/admin/pages")
    assert names(charlie) == ["/tea"]
    await bob.open("/admin/pages")
    address = bob.page.link("/one")
    for foreign in (
        address,
        address.replace("/blog/", "/shop/"),
        "/admin/pages?site=blog",
        f"{address}/merge?to={PAGE}",
    ):
        await charlie.open(foreign)
        assert charlie.answer.status_code == 404


async def test_moderator_closes_a_page_and_opens_it_by_undoing(world: World, bob: Member) -> None:
    await world.post("Bread.")
    await open_page(bob)
    await bob.do("lock")
    assert bob.told == [f"{PAGE} closed."]
    assert (await world.thread())["page"]["locked"]
    assert bob.page.text(".//span[@class='role']") == "closed"
    await bob.undo()
    assert not (await world.thread())["page"]["locked"]


@pytest.mark.parametrize(
    ("fields", "after", "told"),
    [
        ({"when": "days", "days": "3"}, 3 * DAY + 1, "closes on 18 January 2027, 08:00 UTC"),
        ({"when": "date", "date": "2027-01-20"}, 6 * DAY, "closes on 20 January 2027, 00:00 UTC"),
    ],
)
async def test_page_closes_by_itself_when_the_moderator_says(
    world: World, bob: Member, fields: dict[str, str], after: int, told: str
) -> None:
    await world.post("Bread.")
    await open_page(bob)
    await bob.do("close", **fields)
    assert bob.told == [f"{PAGE} {told}."]
    assert not (await world.thread())["page"]["locked"]
    world.clock.pass_seconds(after)
    assert (await world.thread())["page"]["locked"]


async def test_page_stays_open_although_the_site_closes_its_pages(world: World, bob: Member) -> None:
    await world.set_site("blog", close_after="2")
    await world.post("Bread.")
    await open_page(bob)
    await bob.do("close", when="never")
    assert bob.told == [f"{PAGE} never closes by itself."]
    world.clock.pass_seconds(3 * DAY)
    assert not (await world.thread())["page"]["locked"]
    await bob.undo()
    assert (await world.thread())["page"]["locked"]


@pytest.mark.parametrize(
    "fields",
    [
        {"when": "days", "days": "0"},
        {"when": "days", "days": "-1"},
        {"when": "days", "days": "٣"},
        {"when": "days", "days": "9" * 30},
        {"when": "date", "date": "yesterday"},
        {"when": "date", "date": ""},
        {"when": "always"},
    ],
)
async def test_end_that_makes_no_sense_is_refused_and_stays_typed(
    world: World, bob: Member, fields: dict[str, str]
) -> None:
    await world.post("Bread.")
    await open_page(bob)
    await bob.do("close", **fields)
    assert bob.answer.status_code == 422
    assert bob.alert.startswith("Say ")
    typed = {field.get("name"): field.get("value") for field in bob.page.all(".//fieldset//input")}
    assert all(typed[name] == value for name, value in fields.items() if name != "when")


async def test_page_gets_another_title_and_its_old_one_back(world: World, bob: Member) -> None:
    await world.post("Bread.", title="Untitled")
    await open_page(bob, "Untitled")
    await bob.do("title", title="  Slow\nbread ")
    assert bob.told == ["A page called “Slow bread”."]
    assert bob.page.text(".//h1") == "Slow bread"
    await bob.undo()
    assert bob.page.text(".//h1") == "Untitled"
    await bob.do("title", title=" ")
    assert (bob.answer.status_code, bob.alert) == (422, "A page needs a title.")


async def test_hostile_title_stays_text(world: World, bob: Member) -> None:
    await world.post("Bread.", title="<script>alert(1)</script>")
    await bob.open("/admin/pages")
    assert "<script>alert" not in bob.answer.text
    await bob.follow("<script>alert(1)</script>")
    assert "<script>alert" not in bob.answer.text


async def test_only_moderators_of_the_site_change_its_pages(world: World, bob: Member, charlie: Member) -> None:
    await world.post("Bread.")
    await open_page(bob)
    address = bob.address
    await charlie.open("/admin")
    for what in ("lock", "close", "title", "move https://blog.example/x"):
        charlie.address = address
        await charlie.do(what, when="never", title="Mine")
        assert charlie.answer.status_code in (403, 404)
    assert not (await world.thread())["page"]["locked"]
    await bob.open(address)
    assert bob.page.text(".//h1") == "/posts/bread"
