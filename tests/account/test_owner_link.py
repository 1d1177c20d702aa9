"""The printed link that makes the first owner: once, within an hour, and only by the button."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.support.accounts import Person
from tests.support.service import World
from widget import people_verbs
from widget.moderation import owners


async def make_link(world: World) -> str:
    """The printed address, below the service's own."""
    link = await owners.make_link(world.db, world.app.service.origin)
    assert link.startswith(f"{world.app.service.origin}/admin/link?t=")
    return link.removeprefix(world.app.service.origin)


async def owners_of(world: World, site: str) -> list[str]:
    return [member.name for member in await people_verbs.list_members(world.db, site) if member.role == "owner"]


async def test_signed_in_reader_becomes_owner_of_every_site(person: Person, world: World) -> None:
    await person.sign_in("ann")
    await person.open(await make_link(world))
    assert await owners_of(world, "blog") == []  # opening it changes nothing
    await person.choose("Go on as Ann")
    assert await owners_of(world, "blog") == await owners_of(world, "shop") == ["Ann"]


async def test_owner_without_an_account_is_known_by_the_browser(person: Person, world: World) -> None:
    await person.open(await make_link(world))
    await person.choose("Go on in this browser", name="Olga")
    assert await owners_of(world, "shop") == ["Olga"]
    await person.comment("As Olga.")
    author = (await world.thread())["comments"][0]["author"]
    assert (author["name"], author["role"]) == ("Olga", "owner")


async def test_reader_who_signs_in_from_the_link_comes_to_the_management_page(person: Person, world: World) -> None:
    page = await person.open(await make_link(world))
    await person.press_button(page.one(".//button[@formaction='/auth/forge/start']"))
    await person.agree("ann", "forge")
    assert person.address == "/admin"


async def test_link_is_good_once(new_person: Callable[[], Person], world: World) -> None:
    first, second = new_person(), new_person()
    link = await make_link(world)
    for who in (first, second):
        await who.open(link)
    await asyncio.gather(
        *(who.choose("Go on in this browser", name=name) for who, name in ((first, "A"), (second, "B")))
    )
    assert len(await owners_of(world, "blog")) == 1
    late = first if first.answer.status_code == 409 else second
    assert late.alert.startswith("This link was used")
    await late.open(link)
    assert late.answer.status_code == 409
    assert late.page.all(".//button") == []
    assert late.page.one(".//a[@href='/admin']").text == "Sign in, if you have been here before"


async def test_link_is_good_for_an_hour(person: Person, world: World) -> None:
    link = await make_link(world)
    await person.open(link)
    world.clock.pass_seconds(3600)
    await person.choose("Go on in this browser", name="Olga")
    assert person.alert == "This link was used, or is older than 60 minutes. “palaver admin link” prints another."
    assert await owners_of(world, "blog") == []


async def test_wrong_link_makes_nobody_an_owner(person: Person, world: World) -> None:
    await make_link(world)
    await person.open(f"/admin/link?t={'A' * 43}")
    assert person.answer.status_code == 409
    await person.send({"t": "A" * 43, "name": "Olga"})
    assert person.answer.status_code == 409
    assert await owners_of(world, "blog") == []


async def test_owner_without_a_name_is_asked_for_one(person: Person, world: World) -> None:
    await person.open(await make_link(world))
    await person.choose("Go on in this browser", name=" ")
    assert person.answer.status_code == 422
    assert person.alert == "Tell a name that can be shown beside your comments."
    await person.choose("Go on in this browser", name="Olga")
    assert await owners_of(world, "blog") == ["Olga"]


async def test_foreign_page_cannot_press_the_button(person: Person, world: World) -> None:
    link = await make_link(world)
    answer = await world.client.post(
        link, data={"t": link.partition("t=")[2], "name": "Mallory"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert await owners_of(world, "blog") == []
