"""What becomes of somebody's dislikes when they become one person with another, or leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.account.test_erasing import erase
from tests.account.test_exporting import export
from tests.support.accounts import Person
from tests.support.counters import check_counters
from tests.support.service import World

NewPerson = Callable[[], Person]


@pytest.fixture
async def other(new_person: NewPerson, world: World) -> Person:
    """Bea, where comments may be disliked."""
    await world.set_site("blog", votes="both")
    other = new_person()
    await other.sign_in("bea", "mill")
    return other


async def tally(world: World, comment_id: str) -> tuple[int, int]:
    (found,) = [row for row in (await world.thread())["comments"] if row["id"] == comment_id]
    return found["likes"], found["score"]


async def test_two_who_become_one_keep_one_like_or_dislike(person: Person, other: Person, world: World) -> None:
    disliked, both = await other.comment("Bea's."), await other.comment("Bea's, too.")
    await other.dislike(disliked)
    await other.dislike(both)
    await person.sign_in("ann")
    await person.comment("Ann's.")
    await person.like(both)
    assert await tally(world, both) == (1, 0)
    await person.link("bea", "mill")
    await person.choose("Join them")
    assert await tally(world, disliked) == (0, -1)
    assert await tally(world, both) == (1, 1)
    await check_counters(world)


async def test_dislikes_go_with_who_gave_them(person: Person, other: Person, world: World) -> None:
    theirs = await other.comment("Bea's.")
    await other.like(theirs)
    await person.sign_in("ann")
    await person.dislike(theirs)
    assert await tally(world, theirs) == (1, 0)
    await erase(person)
    assert await tally(world, theirs) == (1, 1)
    await check_counters(world)


async def test_export_tells_dislikes_from_likes(person: Person, other: Person) -> None:
    one, two = await other.comment("Bea's."), await other.comment("Bea's, too.")
    await person.sign_in("ann")
    await person.like(one)
    await person.dislike(two)
    told = {like["comment_id"]: like["disliked"] for like in (await export(person))["likes"]}
    assert told == {one: False, two: True}
