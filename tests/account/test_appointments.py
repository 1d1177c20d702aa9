"""Staff named by their account before they come: `forge` proves e-mail addresses, `mill` does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auth import known_provider
from tests.support.accounts import Person
from tests.support.service import World
from widget import people_verbs
from widget.errors import Invalid, NotFound
from widget.moderation import appointing
from widget.store import actions
from widget.store.actions import Action

NewPerson = Callable[[], Person]


async def appoint(world: World, named: str, role: str = "moderator", site: str = "blog") -> None:
    await appointing.appoint(world.db, named, world.app.service.auth.providers, role, site)


async def staff(world: World, site: str = "blog") -> dict[str, str]:
    members = await people_verbs.list_members(world.db, site)
    return {member.name: member.role for member in members if member.role != "reader"}


async def waiting(world: World) -> list[str]:
    return [row.account for row in await appointing.list_all(world.db)]


async def log(world: World) -> list[Action]:
    found: list[Action] = await world.db.read(actions.list_actions, world.blog.id, 1 << 62, 100)
    return found


async def test_whoever_signs_in_with_the_account_has_the_role_once(
    person: Person, new_person: NewPerson, world: World
) -> None:
    await appoint(world, "forge:ann")
    await person.sign_in("bea")
    assert await staff(world) == {}
    await person.sign_in("ann", email="")
    assert await staff(world) == {"Ann": "moderator"}
    assert await staff(world, "shop") == {}
    assert await waiting(world) == []
    (line,) = await log(world)
    assert (line.person_id, line.verb, line.target, line.before, line.after) == (
        None, "role", "person", {"role": "reader"}, {"role": "moderator"},
    )  # fmt: skip
    await person.open("/admin")
    assert person.answer.status_code == 200


async def test_whoever_was_there_before_has_it_with_the_next_sign_in(person: Person, world: World) -> None:
    await person.sign_in("ann")
    await appoint(world, "forge:ann", "author")
    assert await staff(world) == {}
    await person.sign_in("ann")
    assert await staff(world) == {"Ann": "author"}


async def test_owner_of_all_may_be_named(person: Person, world: World) -> None:
    await appoint(world, "forge:ann@example.org", "owner", "")
    await person.sign_in("ann")
    assert await staff(world) == await staff(world, "shop") == {"Ann": "owner"}
    assert await log(world) == []


async def test_address_counts_in_any_case_once_it_is_proved(person: Person, world: World) -> None:
    await appoint(world, "forge:Ann@Example.ORG")
    await person.sign_in("ann", email="aNN@example.org")
    assert await staff(world) == {"Ann": "moderator"}


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("forge", {"email_verified": False}),
        ("forge", {"email_verified": None}),
        ("forge", {"email": "ann@example.com"}),
        ("forge", {"email": "ann@example.org.example"}),
        ("forge", {"email": "аnn@example.org"}),  # Cyrillic
        ("forge", {"email": "ann+x@example.org"}),
        ("forge", {"sub": "ann@example.org", "email": ""}),  # an id that looks like it
        ("forge", {"sub": "ann@example.org", "email_verified": False}),
        ("mill", {}),  # whose word does not count
    ],
)
async def test_nobody_else_has_the_role(person: Person, world: World, provider: str, said: dict[str, Any]) -> None:
    await appoint(world, "forge:ann@example.org")
    await person.sign_in(said.pop("sub", "ann"), provider, **said)
    assert await staff(world) == {}
    assert await waiting(world) == ["ann@example.org"]


async def test_sign_that_is_a_letter_only_when_folded_counts_for_nobody(person: Person, world: World) -> None:
    """The Kelvin sign is a “k” in lower case."""
    await appoint(world, "forge:mark@example.org")
    await person.sign_in("mark", email="mar\u212a@example.org")
    assert await staff(world) == {}


async def test_id_is_that_of_one_provider(person: Person, world: World) -> None:
    await appoint(world, "forge:ann")
    await person.sign_in("ann", "mill")
    assert await staff(world) == {}


async def test_linked_account_brings_its_role_along(person: Person, world: World) -> None:
    await appoint(world, "mill:bea")
    await person.sign_in("ann")
    await person.link("bea", "mill")
    assert await staff(world) == {"Ann": "moderator"}


async def test_higher_role_is_kept(person: Person, world: World) -> None:
    await appoint(world, "forge:ann")
    await person.sign_in("ann")
    await appoint(world, "forge:ann", "author")
    await person.sign_in("ann")
    assert await staff(world) == {"Ann": "moderator"}
    assert await waiting(world) == []


async def test_later_appointment_takes_the_earlier_ones_place_and_may_be_dismissed(
    person: Person, world: World
) -> None:
    for role in ("moderator", "author"):
        await appoint(world, "forge:ann", role)
    await appoint(world, "forge:ann", "moderator", "shop")
    assert {(row.role, row.site) for row in await appointing.list_all(world.db)} == {
        ("author", "blog"),
        ("moderator", "shop"),
    }
    await appointing.dismiss(world.db, "forge:ann", "shop")
    with pytest.raises(NotFound, match="Nothing waits for forge:ann there"):
        await appointing.dismiss(world.db, "forge:ann", "shop")
    await person.sign_in("ann")
    assert (await staff(world), await staff(world, "shop")) == ({"Ann": "author"}, {})


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("nowhere:ann", "“nowhere” is no provider that is set up here; there are: forge, mill."),
        ("ann", "“ann” is no provider that is set up here; there are: forge, mill."),
        ("forge:", "An account is PROVIDER:ID or PROVIDER:ADDRESS."),
        ("mill:ann@example.org", "Mill proves no e-mail addresses. Name the account by its id there."),
        ("forge:ann@", "“ann@” is no e-mail address in plain letters."),
        ("forge:änn@example.org", "“änn@example.org” is no e-mail address in plain letters."),
    ],
)
async def test_account_that_proves_nobody_is_refused(world: World, named: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        await appoint(world, named)
    assert refused.value.message == why


async def test_id_at_a_provider_of_many_servers_names_nobody(world: World) -> None:
    offered = {"mastodon": known_provider("mastodon", {})}
    with pytest.raises(Invalid, match="On each Mastodon server an id is somebody else's"):
        await appointing.appoint(world.db, "mastodon:1", offered, "moderator", "blog")


async def test_role_and_site_are_such_as_there_are(world: World) -> None:
    with pytest.raises(NotFound):
        await appoint(world, "forge:ann", site="nowhere")
    with pytest.raises(Invalid, match="A role on a site is one of author, moderator"):
        await appoint(world, "forge:ann", "owner")
