"""Moderators judge people: what somebody was before is written down, and comes back by undoing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.moderation.acting import Moderator, Posted, actor_of, log, person_of, row_of
from tests.support.cast import Cast
from tests.support.service import PAGE, World
from widget import ids
from widget.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorised
from widget.moderation import judging
from widget.moderation.judging import FOR_GOOD, Judged
from widget.store import people

DAY = 86_400_000  # ms
Verb = Any  # one of judging's


async def judge(by: Moderator, verb: Verb, person_id: int | None, *rest: Any, **named: Any) -> Judged:
    judged: Judged = await verb(by.core, by.world.blog, by.actor, ids.encode(person_id or 0), *rest, **named)
    return judged


async def author_of(world: World, posted: Posted) -> int | None:
    return (await row_of(world, posted)).person_id


async def asked(world: World, who: dict[str, str]) -> tuple[int, str]:
    answer = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "More."}, headers=who)
    return answer.status_code, answer.json().get("error", {}).get("message", "")


async def test_banned_reader_is_told_why_and_until_when(world: World, cast: Cast, bob: Moderator) -> None:
    alice = await author_of(world, await world.post("Mine.", headers=cast.alice))
    until = world.clock() + DAY
    judged = await judge(bob, judging.ban, alice, until, "Insults")
    assert (judged.person.banned_until, judged.person.ban_reason) == (until, "Insults")
    assert await asked(world, cast.alice) == (403, "You cannot take part on this site until 16 January 2027: Insults")
    world.clock.pass_seconds(86_400)
    assert (await asked(world, cast.alice))[0] == 201


async def test_ban_is_written_down_and_undone(world: World, cast: Cast, bob: Moderator) -> None:
    alice = await author_of(world, await world.post("Mine.", headers=cast.alice))
    deed = await judge(bob, judging.ban, alice, FOR_GOOD, "Insults")
    [line] = await log(world)
    assert (line.name, line.verb, line.target, line.target_id, line.reason) == (
        "Bob",
        "ban",
        "person",
        alice,
        "Insults",
    )
    assert line.before == {"banned_until": 0, "ban_reason": ""}
    assert line.after == {"banned_until": FOR_GOOD, "ban_reason": "Insults"}
    back = await bob.undo(deed.batch)
    assert (await asked(world, cast.alice))[0] == 201
    await bob.undo(back.batch)
    assert await asked(world, cast.alice) == (403, "You cannot take part on this site: Insults")


async def test_ban_that_another_changed_since_is_kept(
    world: World, cast: Cast, bob: Moderator, dora: Moderator
) -> None:
    alice = await author_of(world, await world.post("Mine.", headers=cast.alice))
    deed = await judge(bob, judging.ban, alice, FOR_GOOD)
    longer = world.clock() + DAY
    await judge(dora, judging.ban, alice, longer)
    with pytest.raises(Conflict) as refused:
        await bob.undo(deed.batch)
    assert refused.value.code == "changed_since"
    assert (await person_of(world, alice)).banned_until == longer


async def test_unbanned_reader_writes_again(world: World, cast: Cast, bob: Moderator) -> None:
    alice = await author_of(world, await world.post("Mine.", headers=cast.alice))
    await judge(bob, judging.ban, alice, FOR_GOOD, "Insults")
    deed = await judge(bob, judging.unban, alice, "Said sorry")
    assert (await asked(world, cast.alice))[0] == 201
    [line, _] = await log(world)
    assert (line.verb, line.reason, line.before) == (
        "unban", "Said sorry", {"banned_until": FOR_GOOD, "ban_reason": "Insults"},
    )  # fmt: skip
    assert (await judge(bob, judging.unban, alice)).batch is None
    await bob.undo(deed.batch)
    assert (await asked(world, cast.alice))[0] == 403


async def test_what_is_written_in_a_shadow_is_seen_by_its_author_alone(
    world: World, cast: Cast, bob: Moderator
) -> None:
    alice = await author_of(world, await world.post("Before.", headers=cast.alice))
    deed = await judge(bob, judging.shadow, alice, "Hounds people")
    posted = await world.post("In the shadow.", headers=cast.alice)
    assert posted["status"] == "approved"
    assert [comment["html"] for comment in (await world.thread())["comments"]] == ["<p>Before.</p>\n"]
    [line] = await log(world)
    assert (line.verb, line.before, line.after) == ("shadow", {"shadowed": False}, {"shadowed": True})
    await bob.undo(deed.batch)
    assert (await person_of(world, alice)).shadowed is False


async def test_trusted_reader_is_held_no_more_until_it_is_undone(world: World, cast: Cast, bob: Moderator) -> None:
    alice = await author_of(world, await world.post("Before.", headers=cast.alice))
    await world.set_site("blog", max_links="0")
    link = "See [this](https://elsewhere.example/{}).".format
    assert (await world.post(link(1), headers=cast.alice))["status"] == "pending"
    deed = await judge(bob, judging.trust, alice, trusted=True)
    assert (await world.post(link(2), headers=cast.alice))["status"] == "approved"
    await bob.undo(deed.batch)
    assert (await world.post(link(3), headers=cast.alice))["status"] == "pending"
    assert [(line.verb, line.before) for line in reversed(await log(world))] == [
        ("trust", {"trusted": False}),
        ("undo", {"trusted": True}),
    ]


async def test_note_is_kept_with_the_one_before(world: World, cast: Cast, bob: Moderator) -> None:
    alice = await author_of(world, await world.post("Mine.", headers=cast.alice))
    await judge(bob, judging.note, alice, "Knows bread.")
    deed = await judge(bob, judging.note, alice, "Knows bread, and rye.")
    assert (await person_of(world, alice)).note == "Knows bread, and rye."
    await bob.undo(deed.batch)
    assert (await person_of(world, alice)).note == "Knows bread."
    with pytest.raises(Invalid, match="2,000 characters"):
        await judge(bob, judging.note, alice, "x" * 2_001)


async def test_owner_gives_a_role_and_takes_it_back(world: World, cast: Cast, olga: Moderator) -> None:
    dora = await author_of(world, await world.post("Mine.", headers=cast.dora))
    deed = await judge(olga, judging.give_role, dora, "author")
    assert (await world.thread())["comments"][0]["author"]["role"] == "author"
    await olga.undo(deed.batch)
    assert (await world.thread())["comments"][0]["author"]["role"] == ""
    assert [(line.verb, line.after) for line in reversed(await log(world))] == [
        ("role", {"role": "author"}),
        ("undo", {"role": "reader"}),
    ]


async def test_owner_makes_another_and_takes_that_back(
    world: World, cast: Cast, bob: Moderator, dora: Moderator, olga: Moderator
) -> None:
    deed = await judge(olga, judging.give_role, dora.actor.person_id, "owner")
    shop = await world.db.read(people.get_person, world.shop.id, dora.actor.person_id)
    assert shop.role == "owner"
    for moderator in (bob, dora):  # nobody unmakes themselves, so that an owner is left
        with pytest.raises(Forbidden):
            await moderator.undo(deed.batch)
    with pytest.raises(Forbidden, match="owns every site here"):
        await judge(olga, judging.give_role, dora.actor.person_id, "reader")
    back = await olga.undo(deed.batch)
    assert (await person_of(world, dora.actor.person_id)).role == "moderator"
    assert [(line.verb, line.before, line.after) for line in reversed(await log(world))] == [
        ("role", {"role": "moderator"}, {"role": "owner"}),
        ("undo", {"role": "owner"}, {"role": "moderator"}),
    ]
    with pytest.raises(Forbidden):
        await bob.undo(back.batch)
    await olga.undo(back.batch)
    assert (await person_of(world, dora.actor.person_id)).role == "owner"


async def test_moderator_gives_no_role_not_even_by_undoing(
    world: World, cast: Cast, bob: Moderator, olga: Moderator
) -> None:
    dora = await author_of(world, await world.post("Mine.", headers=cast.dora))
    with pytest.raises(Forbidden) as refused:
        await judge(bob, judging.give_role, dora, "moderator")
    assert refused.value.code == "owners_only"
    deed = await judge(olga, judging.give_role, dora, "moderator")
    with pytest.raises(Forbidden):
        await bob.undo(deed.batch)
    back = await olga.undo(deed.batch)
    with pytest.raises(Forbidden):  # which would make a moderator again
        await bob.undo(back.batch)
    assert (await person_of(world, dora)).role == "reader"


async def test_moderator_does_not_judge_staff(
    world: World, cast: Cast, bob: Moderator, dora: Moderator, olga: Moderator
) -> None:
    for person_id in (dora.actor.person_id, olga.actor.person_id, bob.actor.person_id):
        for verb, rest in ((judging.ban, (FOR_GOOD,)), (judging.shadow, ()), (judging.unban, ())):
            with pytest.raises(Forbidden) as refused:
                await judge(bob, verb, person_id, *rest)
            assert refused.value.code == "is_staff"
    assert await log(world) == []
    await judge(bob, judging.note, dora.actor.person_id, "Is away in May.")  # a note harms nobody


async def test_ban_is_not_undone_upon_one_who_became_staff(
    world: World, cast: Cast, bob: Moderator, olga: Moderator
) -> None:
    dora = await author_of(world, await world.post("Mine.", headers=cast.dora))
    back = await bob.undo((await judge(bob, judging.ban, dora, FOR_GOOD)).batch)
    await judge(olga, judging.give_role, dora, "moderator")
    with pytest.raises(Forbidden):
        await bob.undo(back.batch)
    assert (await person_of(world, dora)).banned_until == 0


async def test_role_is_for_people_who_can_be_known_again(world: World, olga: Moderator) -> None:
    guest = await author_of(world, await world.post("As a guest."))
    for person_id, role, error in (
        (guest, "moderator", Invalid),
        (guest, "owner", Invalid),
        (olga.actor.person_id, "reader", Forbidden),
        (12_345, "author", NotFound),
    ):
        with pytest.raises(error):
            await judge(olga, judging.give_role, person_id, role)
    assert await log(world) == []


async def test_ban_that_is_over_before_it_begins_is_refused(world: World, cast: Cast, bob: Moderator) -> None:
    alice = (await actor_of(world, cast.alice)).person_id
    with pytest.raises(Invalid) as refused:
        await judge(bob, judging.ban, alice, world.clock())
    assert refused.value.code == "bad_until"


async def test_readers_and_nobody_judge_nobody(world: World, cast: Cast, bob: Moderator) -> None:
    for who in (cast.alice, cast.charlie, cast.eve, cast.guest):
        reader = Moderator(world, await actor_of(world, who))
        with pytest.raises(Forbidden):
            await judge(reader, judging.ban, (await actor_of(world, cast.dora)).person_id, FOR_GOOD)
    with pytest.raises(Unauthorised):
        await judge(Moderator(world, bob.actor._replace(person_id=None)), judging.unban, bob.actor.person_id)
