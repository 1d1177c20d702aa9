"""A deed is taken back, and the taking back too, unless somebody changed the same again since."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.moderation.acting import Moderator, log, row_of, statuses
from tests.support.cast import Cast
from tests.support.counters import check_counters
from tests.support.service import BLOG, PAGE, World
from widget import ids, models
from widget.db import Tx
from widget.errors import Conflict, Forbidden, NotFound
from widget.moderation.undoing import undo


async def test_deed_on_many_is_undone_and_done_again(world: World, bob: Moderator) -> None:
    root = await world.post("Root.")
    reply = await world.post("Reply.", parent_id=root["id"])
    held = await world.post("Other.", url=f"{BLOG}/posts/rye")
    await bob.decide("hold", held)
    deed = await bob.decide("spam", root, reply, held)
    undone = await bob.undo(deed.batch)
    assert (undone.undone, undone.kept) == (3, 0)
    assert await statuses(world, root, reply, held) == ["approved", "approved", "pending"]
    assert (await row_of(world, root)).replies == 1
    await check_counters(world)
    again = await bob.undo(undone.batch)
    assert await statuses(world, root, reply, held) == ["spam", "spam", "spam"]
    await check_counters(world)
    await bob.undo(again.batch)
    assert await statuses(world, root, reply, held) == ["approved", "approved", "pending"]
    await check_counters(world)


async def test_line_that_takes_another_back_names_it(world: World, bob: Moderator) -> None:
    posted = await world.post()
    deed = await bob.decide("spam", posted)
    before = await log(world)
    await bob.undo(deed.batch)
    after = await log(world)
    assert (after[0].verb, after[0].undoes) == ("undo", before[0].id)
    assert (after[0].before, after[0].after) == (before[0].after, before[0].before)
    assert after[1] == before[0]._replace(undone=after[0].id)


async def test_deed_is_undone_once(world: World, bob: Moderator, dora: Moderator) -> None:
    posted = await world.post()
    deed = await bob.decide("spam", posted)
    await bob.undo(deed.batch)
    with pytest.raises(Conflict) as refused:
        await dora.undo(deed.batch)
    assert refused.value.code == "undone"
    assert await statuses(world, posted) == ["approved"]


async def test_what_another_changed_since_is_kept_and_told(world: World, bob: Moderator, dora: Moderator) -> None:
    one, two = await world.post("One."), await world.post("Two.")
    deed = await bob.decide("spam", one, two)
    await dora.decide("reject", one)
    undone = await bob.undo(deed.batch)
    assert (undone.undone, undone.kept) == (1, 1)
    assert await statuses(world, one, two) == ["rejected", "approved"]
    with pytest.raises(Conflict) as refused:  # what is left of it is not his to undo any more
        await bob.undo(deed.batch)
    assert refused.value.code == "changed_since"
    assert await statuses(world, one, two) == ["rejected", "approved"]
    await check_counters(world)


async def test_comment_that_its_author_deleted_is_not_brought_back(world: World, cast: Cast, bob: Moderator) -> None:
    posted = await world.post("Mine.", headers=cast.alice)
    deed = await bob.decide("hold", posted)
    await world.client.delete(f"/api/v1/blog/comments/{posted['id']}", headers=cast.alice)
    with pytest.raises(Conflict):
        await bob.undo(deed.batch)
    assert await statuses(world, posted) == ["deleted"]


@pytest.mark.parametrize("batch", ["", "nonsense", "0" * 13])
async def test_deed_that_never_was_is_not_undone(world: World, bob: Moderator, batch: str) -> None:
    with pytest.raises(NotFound):
        await bob.undo(batch)


async def test_only_moderators_of_the_site_undo(world: World, bob: Moderator, dora: Moderator) -> None:
    posted = await world.post()
    deed = await bob.decide("spam", posted)
    assert deed.batch is not None
    await world.db.write(_forget_role, world.blog.id, dora.actor.person_id)
    with pytest.raises(Forbidden):
        await dora.undo(deed.batch)
    with pytest.raises(Forbidden):  # nor by way of another site
        await undo(bob.core, world.shop, bob.actor, deed.batch)
    assert await statuses(world, posted) == ["spam"]


def _forget_role(tx: Tx, site_id: int, person_id: int) -> None:
    where = (models.standings.c.site_id == site_id, models.standings.c.person_id == person_id)
    tx.conn.execute(sa.update(models.standings).where(*where).values(role="reader"))


async def test_page_is_closed_and_opened_again_by_undoing(world: World, bob: Moderator) -> None:
    await world.post()
    deed = await bob.lock(locked=True)
    frame = f"/embed/blog?url={PAGE}"
    assert (await world.thread())["page"]["locked"] is True
    closed = (await world.client.get(frame)).text
    assert await bob.lock(locked=True) is None  # it is already
    back = await bob.undo(deed)
    assert (await world.thread())["page"]["locked"] is False
    assert (await world.client.get(frame)).text != closed
    await bob.undo(back.batch)
    assert (await world.thread())["page"]["locked"] is True
    assert [(line.verb, line.before, line.after) for line in reversed(await log(world))] == [
        ("lock", {"locked": False}, {"locked": True}),
        ("undo", {"locked": True}, {"locked": False}),
        ("undo", {"locked": False}, {"locked": True}),
    ]


async def test_page_that_was_opened_since_is_not_opened_by_undoing(
    world: World, bob: Moderator, dora: Moderator
) -> None:
    await world.post()
    deed = await bob.lock(locked=True)
    await dora.lock(locked=False)
    with pytest.raises(Conflict):
        await bob.undo(deed)
    with pytest.raises(NotFound):
        await bob.lock(locked=True, key="url:blog.example/nothing")


async def test_log_is_only_ever_added_to(world: World, bob: Moderator, dora: Moderator) -> None:
    one, two = await world.post("One."), await world.post("Two.")
    earlier: list[tuple[int, str, str]] = []
    for verb in ("spam", "reject", "hold"):
        world.clock.pass_seconds(1)
        deed = await bob.decide(verb, one, two)
        world.clock.pass_seconds(1)
        await dora.undo(deed.batch)
        lines = [(line.id, line.verb, str((line.before, line.after))) for line in reversed(await log(world))]
        assert lines[: len(earlier)] == earlier
        earlier = lines
    assert [ids.time_of(line) for line, _, _ in earlier] == sorted(ids.time_of(line) for line, _, _ in earlier)
    assert len(earlier) == 12
