"""What the classifier learns of decisions, and that all of it can be taken back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.spam.test_screening import row_of
from tests.support.cast import Cast
from tests.support.service import World
from widget import ids
from widget.db import Tx
from widget.learning import learn
from widget.models import comments, spam_tokens
from widget.spam.bayes import ENOUGH
from widget.spam.verdicts import unpack
from widget.store.comments import list_comments, set_statuses

Counts = dict[str, tuple[int, int]]


async def counts(world: World) -> Counts:
    def read(tx: Tx) -> Counts:
        query = sa.select(spam_tokens.c.token, spam_tokens.c.spam, spam_tokens.c.ham)
        return {token: (spam, ham) for token, spam, ham in tx.conn.execute(query)}

    found: Counts = await world.db.read(read)
    return found


async def decide(world: World, status: str, *posted: dict[str, Any]) -> None:
    """As a moderator's deed does it: all at once."""
    chosen = [ids.decode(comment["id"]) or 0 for comment in posted]

    def write(tx: Tx) -> None:
        rows = list_comments(tx, world.blog.id, chosen)
        learn(tx, world.blog, [(row, status) for row in rows])
        set_statuses(tx, world.blog.id, chosen, status, seen=True)

    await world.db.write(write)


async def test_decision_counts_each_word_once(world: World) -> None:
    await decide(world, "spam", await world.post("Free pills, free pills!"))
    await decide(world, "approved", await world.post("Free bread."))
    found = await counts(world)
    assert found[""] == (1, 1)
    assert found["free"] == (1, 1)
    assert found["pills"] == (1, 0)
    assert found["free bread"] == (0, 1)


async def test_decision_that_is_made_twice_is_learned_once(world: World) -> None:
    posted = await world.post("Free pills")
    await decide(world, "spam", posted)
    before = await counts(world)
    await decide(world, "spam", posted)
    assert await counts(world) == before


async def test_decision_that_is_undone_leaves_nothing(world: World) -> None:
    await decide(world, "approved", await world.post("Bread rolls are free."))
    before = await counts(world)
    one, two = await world.post("Free pills"), await world.post("More free pills")
    await decide(world, "spam", one, two)
    assert (await counts(world))["pills"] == (2, 0)
    await decide(world, "pending", one, two)
    assert await counts(world) == before


async def test_decision_that_is_changed_counts_on_the_other_side(world: World) -> None:
    posted = await world.post("Free pills")
    await decide(world, "spam", posted)
    await decide(world, "approved", posted)
    assert set((await counts(world)).values()) == {(0, 1)}


async def test_text_that_its_author_changes_is_no_longer_learned(world: World, cast: Cast) -> None:
    posted = await world.post("Free pills", headers=cast.alice)
    await decide(world, "approved", posted)
    path = f"/api/v1/blog/comments/{posted['id']}"
    assert (await world.client.patch(path, json={"text": "Bread."}, headers=cast.alice)).status_code == 200
    assert await counts(world) == {}
    assert (await row_of(world, posted["id"])).learned == ""
    await decide(world, "pending", posted)
    assert await counts(world) == {}


async def test_comment_like_the_sites_spam_is_spam_once_enough_was_decided(world: World) -> None:
    async def write(number: int, text: str) -> dict[str, Any]:
        return await world.post(text, guest={"name": f"Reader {number}", "email": f"r{number}@example.org"})

    spam = "Subscribe to my channel, free gift number {}"
    bread = [await write(number, f"I bake bread at {200 + number} degrees, and it rises") for number in range(ENOUGH)]
    await decide(world, "approved", *bread)
    first = [await write(100 + number, spam.format(number)) for number in range(ENOUGH - 1)]
    await decide(world, "spam", *first)
    await _forget_who(world)
    last = await write(200, spam.format("nineteen"))
    assert last["status"] == "approved"
    await decide(world, "spam", last)
    await _forget_who(world)
    caught = await row_of(world, (await write(201, "Free gift: subscribe to my channel"))["id"])
    assert caught.status == "spam"
    (verdict,) = unpack(caught.verdicts)
    assert verdict.check == "classifier"
    assert "“subscribe”" in verdict.reason
    await _forget_who(world)
    assert (await write(202, "My bread never rises at 180 degrees"))["status"] == "approved"


async def _forget_who(world: World) -> None:
    """So that nothing but the words tells."""

    def forget(tx: Tx) -> None:
        tx.conn.execute(sa.update(comments).values(address_hash=None))

    await world.db.write(forget)


async def test_what_one_site_decides_is_nothing_to_another(world: World) -> None:
    await decide(world, "spam", await world.post("Free pills"))

    def read(tx: Tx) -> set[int]:
        return set(tx.conn.execute(sa.select(spam_tokens.c.site_id)).scalars())

    assert await world.db.read(read) == {world.blog.id}
