"""People of a site: finding them, and those of whom something was decided."""

from __future__ import annotations

import pytest

from auth import Member as Identity
from tests.admin.desk import Member, add_member, write
from tests.support.html import text_of
from tests.support.service import World
from widget import ids, site_verbs
from widget.store import identities
from widget.store.people import set_standing

DAY = 86_400  # seconds


@pytest.fixture
async def readers(world: World, bob: Member) -> dict[str, Member]:
    """Who wrote on blog, one after the other; bob, who moderates it, wrote nothing."""
    await world.set_site("blog", hold="none")
    found = {}
    for name in ("Ada", "Ben", "Cleo"):
        world.clock.pass_seconds(1)
        found[name] = await add_member(world, name)
        await write(found[name], f"By {name}.")
    return found


def names(member: Member) -> list[str]:
    return [text_of(link) for link in member.page.all(".//ul[@class='pagelist']//b/a")]


async def test_everybody_who_wrote_is_listed_and_leads_to_their_page(bob: Member, readers: dict[str, Member]) -> None:
    await bob.open("/admin/people")
    assert names(bob) == ["Cleo", "Ben", "Ada", "Bob"]
    assert "1 comment, the newest written" in bob.page.text(".//ul[@class='pagelist']/li[1]")
    await bob.follow("Ben")
    assert bob.page.text(".//h1") == "Ben"


@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        ("staff", {"role": "author"}),
        ("banned", {"shadowed": True}),
        ("banned", {"banned_until": 1 << 41}),
        ("trusted", {"trusted": True}),
        ("noted", {"note": "Knows much of rye."}),
    ],
)
async def test_those_of_whom_something_was_decided(
    world: World, bob: Member, readers: dict[str, Member], kind: str, standing: dict[str, object]
) -> None:
    await world.db.write(set_standing, world.blog.id, readers["Ben"].person_id, **standing)
    await world.db.write(set_standing, world.shop.id, readers["Ada"].person_id, **standing)
    await bob.open(f"/admin/people?kind={kind}")
    assert names(bob) == (["Ben", "Bob"] if kind == "staff" else ["Ben"])


async def test_whose_ban_is_over_is_banned_no_longer(world: World, bob: Member, readers: dict[str, Member]) -> None:
    await bob.open(f"/admin/people/blog/{ids.encode(readers['Ben'].person_id)}")
    await bob.do("ban", until="7", reason="Advertisements.")
    await bob.open("/admin/people?kind=banned")
    assert names(bob) == ["Ben"]
    world.clock.pass_seconds(7 * DAY)
    await bob.open("/admin/people?kind=banned")
    assert names(bob) == []


@pytest.mark.parametrize("words", ["LEO", "cleo@example", "proved@example"])
async def test_people_are_found_by_name_and_by_address(
    world: World, bob: Member, readers: dict[str, Member], words: str
) -> None:
    cleo = Identity(
        "https://demo.example", "cleo", "demo", "Cleo", "proved@example.org", email_verified=True, avatar=""
    )
    await world.db.write(lambda tx: identities.add_identity(tx, tx.now, cleo, readers["Cleo"].person_id))
    await bob.open(f"/admin/people?q={words}")
    assert names(bob) == ["Cleo"]
    assert "@" not in text_of(bob.page.one(".//ul[@class='pagelist']"))


async def test_list_goes_on_without_gap_or_repetition(
    bob: Member, readers: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.moderation.people_list.PER_PAGE", 1)
    await bob.open("/admin/people")
    seen = names(bob)
    while bob.page.has_link("More"):
        await bob.follow("More")
        seen += names(bob)
    assert seen == ["Cleo", "Ben", "Ada", "Bob"]


async def test_moderator_of_another_site_meets_nobody(charlie: Member, readers: dict[str, Member]) -> None:
    await charlie.open("/admin/people?q=cleo")
    assert names(charlie) == []
    await charlie.open("/admin/people?site=blog")
    assert charlie.answer.status_code == 404


async def test_owner_without_a_site_is_led_to_where_one_is_added(world: World, olga: Member) -> None:
    for site in ("blog", "shop"):
        await site_verbs.remove(world.db, site)
    for address in ("/admin/people", "/admin/pages", "/admin/pages/alike", "/admin/numbers"):
        await olga.open(address)
        assert olga.page.text(".//h1") == "Sites", address
