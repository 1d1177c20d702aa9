"""What authors look like, and whether one may still write, is told to those who have a thread open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from auth import Visitor
from tests.moderation.acting import KEY, Moderator, actor_of
from tests.support.cast import Cast
from tests.support.service import World
from tests.support.streams import Reader, Stream, document
from widget import account, ids, people_verbs
from widget.db import Tx
from widget.erasing import erase
from widget.joining import _merge
from widget.moderation import judging
from widget.store import appearance
from widget.store.avatars import set_avatar

DAY = 86_400


async def visitor_of(world: World, who: dict[str, str]) -> Visitor:
    person_id = (await actor_of(world, who)).person_id or 0
    return Visitor(person_id, "demo", b"", bearer=False, proved_at=world.clock())


async def renamed(world: World, cast: Cast) -> None:
    await account.rename(world.app.service.core, await visitor_of(world, cast.alice), "Alicia")


async def given_a_badge(world: World, cast: Cast) -> None:
    alice = ids.encode((await actor_of(world, cast.alice)).person_id or 0)
    await people_verbs.set_role(world.db, "blog", alice, "author")


async def given_a_picture(world: World, cast: Cast) -> None:
    await world.db.write(set_avatar, (await actor_of(world, cast.alice)).person_id, b"picture")


async def joined_with_another(world: World, cast: Cast) -> None:
    alice, dora = [(await actor_of(world, who)).person_id or 0 for who in (cast.alice, cast.dora)]

    def join(tx: Tx) -> None:
        appearance.touch_comments(tx, [alice], appearance.used_by([alice]))
        _merge(tx, dora, [alice])

    await world.db.write(join)


async def left_without_a_name(world: World, cast: Cast) -> None:
    await erase(world.app.service.core, await visitor_of(world, cast.alice), keep_comments=True, sure=True)


@pytest.mark.parametrize("become", [renamed, given_a_badge, given_a_picture, joined_with_another, left_without_a_name])
@pytest.mark.usefixtures("not_looking")
async def test_how_an_author_looks_now_is_told_with_what_is_shown_of_them(
    world: World, cast: Cast, become: Callable[[World, Cast], Awaitable[None]]
) -> None:
    root = (await world.post("By Alice.", headers=cast.alice))["id"]
    await world.post("By a guest.", parent_id=root)
    await world.set_site("blog", hold="all")
    held = (await world.post("By Alice, for the moderators.", headers=cast.alice))["id"]
    reader = Reader(await document(world))
    before = reader.comments[root].article
    async with Stream(world.app, reader.version).open() as stream:
        await become(world, cast)
        await stream.until(lambda now: any(event.body["comments"] for event in now.events))
    for event in stream.events:
        assert held not in str(event.body), "nobody is told that something waits"
        reader.take(event)
    assert reader.comments[root].article != before
    assert reader.comments == Reader(await document(world)).comments


@pytest.mark.usefixtures("not_looking")
async def test_of_somebody_who_wrote_very_much_the_newest_is_told(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appearance, "NEWEST", 1)
    for text in ("First.", "Second."):
        await world.post(text, headers=cast.alice)
    async with Stream(world.app, Reader(await document(world)).version).open() as stream:
        await renamed(world, cast)
        await stream.until(lambda now: len(now.events) > 0)
    assert ["Second." in comment["html"] for comment in stream.events[0].body["comments"]] == [True]


@pytest.mark.usefixtures("not_looking")
async def test_page_that_is_closed_and_opened_again_is_told(world: World, cast: Cast) -> None:
    await world.post()
    reader = Reader(await document(world))
    bob = Moderator(world, await actor_of(world, cast.bob))
    async with Stream(world.app, reader.version).open() as stream:
        for number, locked in enumerate((True, False), 1):
            await bob.lock(locked=locked, key=KEY)
            await stream.until(lambda now: len(now.events) >= number)  # noqa: B023
            assert stream.events[-1].body == {"count": 1, "closed": locked, "comments": []}
            reader.take(stream.events[-1])
            assert reader.closed is Reader(await document(world)).closed is locked


@pytest.mark.usefixtures("looking")
async def test_page_that_closes_by_its_age_is_told_and_who_was_away_learns_it_too(world: World) -> None:
    """It gets no other version by that."""
    await world.set_site("blog", close_after="1")
    await world.post()
    version = Reader(await document(world)).version
    async with Stream(world.app, version).open() as stream:
        world.clock.pass_seconds(DAY + 1)
        await stream.until(lambda now: len(now.events) > 0)
        async with Stream(world.app, version).open() as back:
            await back.until(lambda now: len(now.events) > 0)
        for told in (stream, back):
            assert [(event.version, event.body["closed"]) for event in told.events] == [(version, True)]
        await world.set_site("blog", close_after="0")
        await stream.until(lambda now: len(now.events) > 1)
        assert stream.events[1].body["closed"] is False


@pytest.mark.usefixtures("not_looking")
async def test_what_is_written_in_a_shadow_is_told_to_nobody_else(world: World, cast: Cast) -> None:
    alice, bob = [await actor_of(world, who) for who in (cast.alice, cast.bob)]
    await judging.shadow(world.app.service.core, world.blog, bob, ids.encode(alice.person_id or 0))
    async with Stream(world.app).open() as stream:
        await world.post("In the shadow.", headers=cast.alice)
        await world.post("In the light.", headers=cast.dora)
        await stream.until(lambda now: "In the light." in now.text)
    assert "shadow" not in stream.text
    assert sum(len(event.body["comments"]) for event in stream.events) == 1
