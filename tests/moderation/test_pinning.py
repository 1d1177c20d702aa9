"""Pinned comments stand first, once, at most three of a page; and pinning is undone like any other deed."""

from __future__ import annotations

import asyncio

import pytest

from tests.moderation.acting import Moderator, Posted, log, row_of
from tests.support.cast import Cast
from tests.support.html import Reader, text_of
from tests.support.service import BLOG, PAGE, World
from widget import comments, ids
from widget.core import Actor
from widget.errors import Conflict, Forbidden, Invalid, PalaverError
from widget.moderation import merging
from widget.moderation.pinning import Pinned, pin
from widget.store.threads import ROOTS

SORTS = ("old", "new", "best")


async def pin_it(moderator: Moderator, posted: Posted, *, pinned: bool = True) -> Pinned:
    return await pin(moderator.core, moderator.world.blog, moderator.actor, posted["id"], pinned=pinned)


async def roots(world: World, **query: str) -> list[str]:
    return [row["id"] for row in (await world.thread(**query))["comments"] if row["depth"] == 0]


async def post(world: World, number: int) -> list[Posted]:
    return [await world.post(f"Number {each}.") for each in range(number)]


@pytest.mark.parametrize("sort", SORTS)
async def test_pinned_root_stands_first_with_its_replies_and_nowhere_else(
    world: World, bob: Moderator, sort: str
) -> None:
    posted = await post(world, ROOTS + 6)
    middle = posted[ROOTS // 2]
    reply = await world.post("A reply.", parent_id=middle["id"])
    await pin_it(bob, middle)
    first = await world.thread(sort=sort)
    assert [row["id"] for row in first["comments"][:2]] == [middle["id"], reply["id"]]
    assert [row["id"] for row in first["comments"] if row["pinned"]] == [middle["id"]]
    seen = [row["id"] for row in first["comments"] if row["depth"] == 0]
    seen += await roots(world, sort=sort, cursor=first["next"])
    rest = [each["id"] for each in posted if each is not middle]
    assert seen == [middle["id"], *(rest if sort == "old" else rest[::-1])]


async def test_the_last_pinned_stands_before_the_others(world: World, bob: Moderator) -> None:
    one, two, three = await post(world, 3)
    await pin_it(bob, three)
    await pin_it(bob, two)
    assert await roots(world) == [two["id"], three["id"], one["id"]]
    await pin_it(bob, two, pinned=False)
    assert await roots(world) == [three["id"], one["id"], two["id"]]


async def test_readers_are_told_in_words(world: World, bob: Moderator) -> None:
    one, two = await post(world, 2)
    address = f"/embed/blog?url={PAGE}"
    await world.client.get(address)  # from now on a cached one is there
    await pin_it(bob, two)
    page = await Reader(world.client).open(address, "cross-site")
    assert page.comments() == [two["id"], one["id"]]
    told = [text_of(each) for each in page.comment(two["id"]).findall("./article/header/span[@class='role pin']")]
    assert told == ["Pinned"]
    assert len(page.all(".//span[@class='role pin']")) == 1


async def test_permalink_behind_the_first_page_does_not_repeat_what_is_pinned(world: World, bob: Moderator) -> None:
    posted = await post(world, ROOTS + 10)
    last = posted[-1]
    await pin_it(bob, posted[-2])
    page = await Reader(world.client).open(f"/embed/blog?url={PAGE}&comment={last['id']}", "cross-site")
    assert page.comments() == [last["id"]]
    await pin_it(bob, last)
    page = await Reader(world.client).open(f"/embed/blog?url={PAGE}&comment={last['id']}", "cross-site")
    assert page.comments()[:3] == [last["id"], posted[-2]["id"], posted[0]["id"]]


async def test_fourth_is_refused_until_one_is_unpinned(world: World, bob: Moderator) -> None:
    *three, fourth = await post(world, 4)
    for each in three:
        await pin_it(bob, each)
    with pytest.raises(Conflict) as refused:
        await pin_it(bob, fourth)
    assert refused.value.code == "too_many_pins"
    assert len(await log(world)) == 3
    await pin_it(bob, three[0], pinned=False)
    await pin_it(bob, fourth)
    assert await roots(world) == [each["id"] for each in (fourth, three[2], three[1], three[0])]


async def test_two_moderators_at_once_pin_no_more_than_three(world: World, bob: Moderator, dora: Moderator) -> None:
    posted = await post(world, 6)
    await asyncio.gather(
        *(pin_it(who, each) for who, each in zip((bob, dora) * 3, posted, strict=True)), return_exceptions=True
    )
    assert sum([(await row_of(world, each)).pinned for each in posted]) == 3


async def test_pinning_is_written_down_and_undone_and_done_again(world: World, bob: Moderator) -> None:
    one, two = await post(world, 2)
    done = await pin_it(bob, two)
    at = done.comment.pinned_at
    assert (await pin_it(bob, two)).batch is None
    [line] = await log(world)
    assert (line.verb, line.target, line.before, line.after) == (
        "pin",
        "comment",
        {"pinned_at": None},
        {"pinned_at": at},
    )
    undone = await bob.undo(done.batch)
    assert await roots(world) == [one["id"], two["id"]]
    await bob.undo(undone.batch)
    assert await roots(world) == [two["id"], one["id"]]
    assert (await row_of(world, two)).pinned_at == at


async def test_undo_does_not_make_a_fourth(world: World, bob: Moderator) -> None:
    first, *others = await post(world, 4)
    await pin_it(bob, first)
    unpinned = await pin_it(bob, first, pinned=False)
    for each in others:
        await pin_it(bob, each)
    with pytest.raises(Conflict) as refused:
        await bob.undo(unpinned.batch)
    assert refused.value.code == "changed_since"
    await pin_it(bob, others[0], pinned=False)
    await bob.undo(unpinned.batch)
    assert (await row_of(world, first)).pinned


async def test_vanished_one_stands_in_its_old_place_and_comes_back_pinned(world: World, bob: Moderator) -> None:
    one, two = await post(world, 2)
    await world.post("A reply.", parent_id=two["id"])
    await pin_it(bob, two)
    rejected = await bob.decide("reject", two)
    assert await roots(world) == [one["id"], two["id"]]
    assert not any(row["pinned"] for row in (await world.thread())["comments"])
    await bob.undo(rejected.batch)
    assert await roots(world) == [two["id"], one["id"]]


async def test_vanished_one_makes_room_when_it_is_needed(world: World, bob: Moderator) -> None:
    *three, fourth = await post(world, 4)
    for each in three:
        await pin_it(bob, each)
    rejected = await bob.decide("reject", three[0])
    done = await pin_it(bob, fourth)
    await bob.undo(rejected.batch)
    assert [(await row_of(world, each)).pinned for each in (*three, fourth)] == [False, True, True, True]
    await bob.undo(done.batch)
    assert [(await row_of(world, each)).pinned for each in (*three, fourth)] == [True, True, True, False]


async def test_deleted_one_is_pinned_no_longer(world: World, cast: Cast, bob: Moderator) -> None:
    posted = await world.post("Mine.", headers=cast.alice)
    done = await pin_it(bob, posted)
    await comments.delete(bob.core, world.blog, (await _alice(world, posted)), posted["id"])
    assert (await row_of(world, posted)).pinned_at is None
    with pytest.raises(Conflict):
        await bob.undo(done.batch)


async def _alice(world: World, posted: Posted) -> Actor:
    return Actor((await row_of(world, posted)).person_id, "demo", "")


@pytest.mark.parametrize(
    ("what", "error", "code"), [("reply", Invalid, "not_a_root"), ("held", Conflict, "comment_gone")]
)
async def test_only_roots_that_everybody_sees_are_pinned(
    world: World, bob: Moderator, what: str, error: type[PalaverError], code: str
) -> None:
    root = await world.post()
    chosen = await world.post("A reply.", parent_id=root["id"]) if what == "reply" else root
    if what == "held":
        await bob.decide("hold", root)
    with pytest.raises(error) as refused:
        await pin_it(bob, chosen)
    assert refused.value.code == code
    assert (await row_of(world, chosen)).pinned_at is None


async def test_reader_pins_nothing(world: World, cast: Cast, bob: Moderator) -> None:
    posted = await world.post("Mine.", headers=cast.alice)
    alice = Moderator(world, await _alice(world, posted))
    with pytest.raises(Forbidden):
        await pin_it(alice, posted)
    done = await pin_it(bob, posted)
    with pytest.raises(Forbidden):
        await pin_it(alice, posted, pinned=False)
    assert (await row_of(world, posted)).pinned_at == done.comment.pinned_at


async def test_merged_pages_show_the_three_that_were_pinned_last(world: World, bob: Moderator) -> None:
    here = await post(world, 2)
    there = [await world.post(f"There {each}.", url=f"{BLOG}/posts/rye") for each in range(2)]
    for each in (*here, *there):
        await pin_it(bob, each)
    part, whole = [(await row_of(world, each[0])).page_id for each in (there, here)]
    merged = await merging.merge(bob.core, world.blog, bob.actor, ids.encode(part), ids.encode(whole))
    assert await roots(world) == [each["id"] for each in (there[1], there[0], here[1], here[0])]
    assert [row["pinned"] for row in (await world.thread())["comments"]] == [True, True, True, False]
    await bob.undo(merged.batch)
    assert await roots(world) == [here[1]["id"], here[0]["id"]]
