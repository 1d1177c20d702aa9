"""One person's page: who may see it, and what its buttons do."""

from __future__ import annotations

import pytest

from auth import Member as Identity
from tests.admin.desk import Member, add_member, write
from tests.support.html import text_of
from tests.support.service import World
from widget import ids
from widget.db import Tx
from widget.store import identities, people

DAY = 86_400


@pytest.fixture
async def dora(world: World, bob: Member) -> Member:
    """A reader who has written on blog, as the provider's `dora`."""
    dora = await add_member(world, "Dora")
    await write(dora, "By Dora.")
    return dora


def address(person: Member, site: str = "blog") -> str:
    return f"/admin/people/{site}/{ids.encode(person.person_id)}"


async def test_moderator_sees_what_is_known_of_a_person(bob: Member, dora: Member) -> None:
    page = await bob.open(address(dora))
    assert page.text(".//h1") == "Dora"
    assert bob.items() == ["By Dora."]
    assert "dora@example.org (as they typed it)" in page.text(".//dl[@class='facts']")


async def test_moderator_of_a_site_where_somebody_never_was_learns_nothing(
    bob: Member, charlie: Member, dora: Member
) -> None:
    for site in ("shop", "blog"):
        await charlie.open(address(dora, site))
        assert charlie.answer.status_code == 404
        assert "dora@example.org" not in charlie.answer.text


async def test_banned_person_reads_why_and_cannot_write(world: World, bob: Member, dora: Member) -> None:
    await bob.open(address(dora))
    await bob.do("ban", until="7", reason="Three advertisements.")
    assert bob.told == ["Dora banned until 22 January 2027, 08:00 UTC."]
    await write(dora, "Again.")
    assert dora.answer.status_code == 403
    assert "You cannot take part on this site until 22 January 2027: Three advertisements." in dora.answer.text
    world.clock.pass_seconds(7 * DAY)
    await write(dora, "A week later.")
    assert dora.answer.status_code == 200


async def test_ban_can_be_undone(bob: Member, dora: Member) -> None:
    await bob.open(address(dora))
    await bob.do("ban", until="good")
    assert bob.told == ["Dora banned for good."]
    await bob.undo()
    assert bob.told == ["Undone: Dora banned for good."]
    await write(dora, "Again.")
    assert dora.answer.status_code == 200


async def test_ban_is_lifted(bob: Member, dora: Member) -> None:
    await bob.open(address(dora))
    await bob.do("ban", until="30")
    await bob.do("unban")
    assert bob.told == ["Dora no longer banned."]
    await write(dora, "Again.")
    assert dora.answer.status_code == 200


async def test_refused_form_keeps_what_was_typed(bob: Member, dora: Member) -> None:
    await bob.open(address(dora))
    await bob.do("ban", until="never", reason="Kept.")
    assert bob.answer.status_code == 422
    assert bob.alert == "Choose how long the ban lasts."
    assert bob.page.one(".//input[@name='reason']").get("value") == "Kept."


@pytest.mark.parametrize(
    ("deed", "tag", "back"), [("trust", "trusted", "untrust"), ("shadow", "shadow-banned", "unban")]
)
async def test_standing_is_changed_and_changed_back(bob: Member, dora: Member, deed: str, tag: str, back: str) -> None:
    await bob.open(address(dora))
    await bob.do(deed)
    assert tag in bob.page.text(".//div[@class='who']")
    await bob.do(back)
    assert tag not in bob.page.text(".//div[@class='who']")


async def test_note_is_kept(bob: Member, dora: Member) -> None:
    await bob.open(address(dora))
    await bob.do("note", note="Writes <b>long</b> letters.")
    await bob.open(address(dora))
    assert bob.page.text(".//textarea") == "Writes <b>long</b> letters."


async def test_all_comments_are_deleted_in_deeds_of_two_hundred(
    world: World, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.moderation.sweeping.MAX_AT_ONCE", 2)
    sam = await add_member(world, "Sam")
    for number in range(5):
        await write(sam, f"Number {number}.")
    await world.post("By another.")
    await bob.open(address(sam))
    await bob.do("reject_all")
    assert bob.told == ["5 comments deleted."]
    await bob.open("/admin")
    assert bob.items() == ["By another."]
    await bob.open("/admin/log")
    deeds = [text_of(deed) for deed in bob.page.all(".//ul[@class='log']/li/div/p[1]")]
    assert sorted(deeds) == ["1 comment deleted", "2 comments deleted", "2 comments deleted"]


async def test_all_that_were_deleted_come_back_at_once(world: World, bob: Member) -> None:
    for number in range(3):
        await world.post(f"Number {number}.")
    await bob.open("/admin")
    await bob.open(bob.item("Number 0.").find(".//b/a").get("href", ""))  # type: ignore[union-attr]
    guest = bob.address
    await bob.do("reject_all")
    await bob.undo()
    await bob.open(guest)
    assert "pending" in bob.page.text(".//ul[@class='queue']")


async def test_moderator_gives_no_role_and_judges_no_staff(world: World, bob: Member, dora: Member) -> None:
    ann = await add_member(world, "Ann", world.blog)
    await bob.open(address(dora))
    assert not bob.page.all(".//select[@name='role']")
    await bob.do("role", role="moderator")
    assert (bob.answer.status_code, bob.alert) == (403, "Only owners give roles.")
    await bob.open(address(ann))
    await bob.do("ban", until="1")
    assert (bob.answer.status_code, bob.alert) == (403, "Ann is a moderator here. Take the role first.")


async def test_owner_gives_a_role(olga: Member, dora: Member) -> None:
    await olga.open(address(dora))
    await olga.do("role", role="moderator")
    assert olga.told == ["Dora made moderator."]
    await dora.open("/admin")
    assert dora.items() == ["By Dora."]


async def test_owner_makes_another_and_undoes_it(olga: Member, dora: Member) -> None:
    await olga.open(address(dora))
    assert [option.get("value") for option in olga.page.all(".//select[@name='role']/option")] == [
        "reader", "author", "moderator", "owner",
    ]  # fmt: skip
    await olga.do("role", role="owner")
    assert olga.told == ["Dora made owner."]
    await olga.undo()
    await dora.open("/admin")
    assert dora.answer.status_code == 403


async def test_identities_are_shown_with_their_addresses(world: World, bob: Member, dora: Member) -> None:
    def link(tx: Tx) -> None:
        member = Identity("https://mill.example", "1", "mill", "Dora of the Mill", "d@mill.example", True, "")
        identities.add_identity(tx, tx.now, member, dora.person_id)

    await world.db.write(link)
    await bob.open(address(dora))
    facts = bob.page.text(".//dl[@class='facts']")
    assert "Dora of the Mill d@mill.example" in facts


async def test_reader_and_moderator_of_another_site_ban_nobody(world: World, charlie: Member, dora: Member) -> None:
    for who in (charlie, dora):
        await who.open("/admin/log")
        who.address = address(dora)
        await who.do("ban", until="good")
        assert who.answer.status_code in (403, 404)
    person = await world.db.read(people.get_person, world.blog.id, dora.person_id)
    assert person.banned_until == 0
