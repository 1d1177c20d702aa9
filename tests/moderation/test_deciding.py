"""Moderators decide on comments, on many at once; what another one did meanwhile is told, and stays."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from tests.moderation.acting import Moderator, Posted, log, row_of, statuses
from tests.support.cast import Cast
from tests.support.counters import check_counters
from tests.support.database import recorded
from tests.support.service import BLOG, PAGE, SHOP, World
from widget import ids, models
from widget.db import Tx
from widget.errors import Forbidden, Invalid, Unauthorised
from widget.moderation.deciding import MAX_AT_ONCE, Choice, decide

OTHER, THIRD = f"{BLOG}/posts/rye", f"{BLOG}/posts/oats"


async def versions(world: World) -> dict[str, int]:
    def read(tx: Tx) -> dict[str, int]:
        page = models.pages.c
        return {row.url: row.version for row in tx.conn.execute(sa.select(page.url, page.version))}

    found: dict[str, int] = await world.db.read(read)
    return found


async def learned(world: World) -> tuple[int, int]:
    """How many comments the classifier knows as spam, and as none."""

    def read(tx: Tx) -> tuple[int, int]:
        token = models.spam_tokens.c
        row = tx.conn.execute(sa.select(token.spam, token.ham).where(token.token == "")).one_or_none()
        return (row[0], row[1]) if row else (0, 0)

    found: tuple[int, int] = await world.db.read(read)
    return found


async def test_moderator_decides_on_many_pages_at_once(world: World, bob: Moderator) -> None:
    root = await world.post("Root.")
    reply = await world.post("Reply.", parent_id=root["id"])
    below = await world.post("Below.", parent_id=reply["id"])
    other = await world.post("Other.", url=OTHER)
    await world.post("Untouched.", url=THIRD)
    before = await versions(world)
    done = await bob.decide("reject", reply, below, other)
    assert await statuses(world, root, reply, below, other) == ["approved", "rejected", "rejected", "rejected"]
    assert [row.status for row in done.comments] == ["rejected"] * 3
    assert await versions(world) == {**before, PAGE: before[PAGE] + 1, OTHER: before[OTHER] + 1}
    assert (await row_of(world, root)).replies == 0
    await check_counters(world)


async def test_reader_sees_at_once_what_was_decided(world: World, bob: Moderator) -> None:
    await world.set_site("blog", hold="all")
    posted = await world.post("Held words.")
    frame = f"/embed/blog?url={PAGE}"
    assert "Held words." not in (await world.client.get(frame)).text
    await bob.decide("approve", posted)
    assert "Held words." in (await world.client.get(frame)).text
    await bob.decide("spam", posted)
    assert "Held words." not in (await world.client.get(frame)).text


async def test_page_whose_readers_see_no_difference_keeps_its_version(world: World, bob: Moderator) -> None:
    await world.set_site("blog", hold="all")
    posted = await world.post("Held.")
    before = await versions(world)
    await bob.decide("spam", posted)
    assert await versions(world) == before


async def test_comment_that_is_chosen_twice_counts_once(world: World, bob: Moderator) -> None:
    root = await world.post("Root.")
    reply = await world.post("Reply.", parent_id=root["id"])
    await bob.decide("spam", reply, reply)
    assert len(await log(world)) == 1
    await check_counters(world)


async def test_what_was_done_is_written_down_with_before_and_reason(world: World, bob: Moderator) -> None:
    one, two = await world.post("One."), await world.post("Two.")
    done = await bob.decide("spam", one, two, reason="  Sells\npills. ")
    lines = await log(world)
    assert [(line.name, line.verb, line.target, line.target_id) for line in reversed(lines)] == [
        ("Bob", "spam", "comment", ids.decode(each["id"])) for each in (one, two)
    ]
    assert {(line.reason, str(line.before), str(line.after)) for line in lines} == {
        ("Sells pills.", str({"status": "approved"}), str({"status": "spam"}))
    }
    assert {ids.encode(line.batch_id) for line in lines} == {done.batch}


async def test_decision_that_changes_nothing_is_no_deed(world: World, bob: Moderator) -> None:
    posted = await world.post()
    before = await versions(world)
    done = await bob.decide("approve", posted)
    assert (done.batch, done.missed, await log(world)) == (None, [], [])
    assert await versions(world) == before


async def test_second_moderator_is_told_who_decided_meanwhile_and_nothing_flips(
    world: World, bob: Moderator, dora: Moderator
) -> None:
    await world.set_site("blog", hold="all")
    one, two = await world.post("One."), await world.post("Two.")
    await bob.decide("approve", one, seen="pending")
    done = await dora.decide("spam", one, two, seen="pending")
    assert await statuses(world, one, two) == ["approved", "spam"]
    [missed] = done.missed
    assert (missed.comment_id, missed.status, missed.name) == (one["id"], "approved", "Bob")
    assert missed.sentence == "Bob changed this comment to “approved” meanwhile."
    assert len(await log(world)) == 2


async def test_two_moderators_at_the_same_moment_decide_once(world: World, bob: Moderator, dora: Moderator) -> None:
    await world.set_site("blog", hold="all")
    posted = await world.post()
    both = await asyncio.gather(
        bob.decide("approve", posted, seen="pending"), dora.decide("spam", posted, seen="pending")
    )
    assert sorted(len(done.missed) for done in both) == [0, 1]
    assert len(await log(world)) == 1
    await check_counters(world)


async def test_status_that_an_authors_edit_gave_is_not_laid_at_a_moderators_door(
    world: World, cast: Cast, bob: Moderator, dora: Moderator
) -> None:
    await world.set_site("blog", hold="all")
    posted = await world.post("Mine.", headers=cast.alice)
    await bob.decide("approve", posted)
    path = f"/api/v1/blog/comments/{posted['id']}"
    assert (await world.client.patch(path, json={"text": "Changed."}, headers=cast.alice)).json()["status"] == "pending"
    [missed] = (await dora.decide("spam", posted, seen="approved")).missed
    assert missed.sentence == "Somebody changed this comment to “pending” meanwhile."


async def test_comment_that_its_author_deleted_stays_deleted(world: World, cast: Cast, bob: Moderator) -> None:
    posted = await world.post("Mine.", headers=cast.alice)
    await world.client.delete(f"/api/v1/blog/comments/{posted['id']}", headers=cast.alice)
    done = await bob.decide("approve", posted)
    assert [missed.sentence for missed in done.missed] == ["The author deleted this comment meanwhile."]
    assert (await statuses(world, posted), await log(world)) == (["deleted"], [])


async def test_comment_of_another_site_is_out_of_reach(world: World, bob: Moderator) -> None:
    body = {"url": SHOP, "text": "Hello.", "guest": {"name": "Gwen", "email": "gwen@example.org"}}
    posted = (await world.client.post("/api/v1/shop/comments", json=body)).json()
    done = await bob.decide("spam", posted)
    assert (done.batch, done.comments, [missed.status for missed in done.missed]) == (None, [], ["deleted"])
    answer = await world.client.get("/api/v1/shop/thread", params={"url": SHOP})
    assert [comment["status"] for comment in answer.json()["comments"]] == ["approved"]


@pytest.mark.parametrize(
    ("verb", "number", "code"),
    [("delete", 1, "bad_verb"), ("spam", 0, "nothing_chosen"), ("spam", MAX_AT_ONCE + 1, "too_many")],
)
async def test_deed_that_makes_no_sense_is_refused(
    world: World, bob: Moderator, verb: str, number: int, code: str
) -> None:
    choices = [Choice(ids.encode(each)) for each in range(number)]
    with pytest.raises(Invalid) as refused:
        await decide(bob.core, world.blog, bob.actor, choices, verb)
    assert refused.value.code == code


async def test_only_moderators_of_the_site_decide(world: World, bob: Moderator) -> None:
    posted = await world.post()
    for site, error in ((world.shop, Forbidden), (world.blog, Unauthorised)):
        actor = bob.actor if site is world.shop else bob.actor._replace(person_id=None)
        with pytest.raises(error):
            await decide(bob.core, site, actor, [Choice(posted["id"])], "spam")
    assert await statuses(world, posted) == ["approved"]


async def test_classifier_learns_what_is_decided_and_forgets_what_is_undone(world: World, bob: Moderator) -> None:
    one, two = await world.post("Free pills."), await world.post("Slow bread.")
    await bob.decide("hold", two)
    deed = await bob.decide("spam", one)
    await bob.decide("approve", two)
    assert await learned(world) == (1, 1)
    await bob.undo(deed.batch)
    assert await learned(world) == (0, 2)


async def test_comment_that_a_moderator_deletes_in_the_thread_can_be_brought_back(
    world: World, cast: Cast, bob: Moderator
) -> None:
    root = await world.post("Root.")
    reply = await world.post("Reply.", parent_id=root["id"], headers=cast.alice)
    for _ in range(2):  # the second time it is gone already
        answer = await world.client.delete(f"/api/v1/blog/comments/{reply['id']}", headers=cast.bob)
        assert (answer.status_code, answer.json()["status"]) == (200, "rejected")
    await check_counters(world)
    [line] = await log(world)
    assert (line.name, line.verb, line.before, line.after) == (
        "Bob", "reject", {"status": "approved"}, {"status": "rejected"},
    )  # fmt: skip
    await bob.undo(ids.encode(line.batch_id))
    assert await statuses(world, reply) == ["approved"]
    assert (await row_of(world, root)).replies == 1
    await check_counters(world)


async def test_number_of_statements_grows_with_neither_comments_nor_pages(world: World, bob: Moderator) -> None:
    async def write(number: int, url: str) -> list[Posted]:
        posted: list[Posted] = []
        for each in range(number):
            parent = {"parent_id": posted[-1]["id"]} if each % 3 else {}
            posted.append(await world.post(f"Number {each} of {number}.", url=url, **parent))
        return posted

    async def count(posted: list[Posted]) -> int:
        with recorded(world) as statements:
            await bob.decide("spam", *posted)
        await check_counters(world)
        return len(statements)

    few, many = await write(5, PAGE), [*await write(25, OTHER), *await write(25, THIRD)]
    assert await count(many) == await count(few)
