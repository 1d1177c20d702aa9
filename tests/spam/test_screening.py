"""What becomes of comments that the checks speak up about: for their writer, for others, and in the table."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.support.cast import Cast
from tests.support.service import GUEST, PAGE, World
from widget import ids
from widget.db import Tx
from widget.models import comments, people
from widget.spam.verdicts import Verdict, unpack
from widget.store import people as people_store

TEXT = "A text of more than twenty characters."


async def row_of(world: World, comment_id: str) -> Any:
    def read(tx: Tx) -> Any:
        return tx.conn.execute(sa.select(comments).where(comments.c.id == ids.decode(comment_id))).one()

    return await world.db.read(read)


async def statuses(world: World) -> list[str]:
    def read(tx: Tx) -> list[str]:
        return list(tx.conn.execute(sa.select(comments.c.status).order_by(comments.c.id)).scalars())

    found: list[str] = await world.db.read(read)
    return found


async def me(world: World, headers: dict[str, str]) -> Any:
    answer = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=headers)
    return answer.json()


async def give_standing(world: World, name: str, **values: bool) -> None:
    def give(tx: Tx) -> None:
        person_id = tx.conn.execute(sa.select(people.c.id).where(people.c.name == name)).scalar_one()
        people_store.set_standing(tx, world.blog.id, person_id, **values)

    await world.db.write(give)


async def test_comment_of_an_ordinary_reader_is_seen_at_once(world: World, cast: Cast) -> None:
    posted = await world.post(headers=cast.alice)
    assert posted["status"] == "approved"
    assert (await row_of(world, posted["id"])).verdicts == ""


async def test_writer_of_spam_is_told_that_it_waits_and_nobody_else_sees_it(world: World, cast: Cast) -> None:
    await world.set_site("blog", words_spam="casino")
    posted = await world.post("Casino!", headers=cast.alice)
    assert (posted["status"], posted["html"]) == ("pending", "<p>Casino!</p>\n")
    row = await row_of(world, posted["id"])
    assert row.status == "spam"
    assert unpack(row.verdicts) == [Verdict("spam", "words", "“casino” is on the list of words that are spam")]
    assert [(own["id"], own["status"]) for own in (await me(world, cast.alice))["pending"]] == [
        (posted["id"], "pending")
    ]
    assert (await me(world, cast.dora))["pending"] == []
    assert (await world.thread())["comments"] == []


async def test_writer_of_spam_can_change_and_delete_it_like_one_that_waits(world: World, cast: Cast) -> None:
    await world.set_site("blog", words_spam="casino")
    path = f"/api/v1/blog/comments/{(await world.post('Casino!', headers=cast.alice))['id']}"
    edited = await world.client.patch(path, json={"text": "Bread."}, headers=cast.alice)
    assert (edited.status_code, edited.json()["status"]) == (200, "pending")
    assert await statuses(world) == ["spam"]
    assert (await world.client.delete(path, headers=cast.alice)).status_code == 200
    assert await statuses(world) == ["deleted"]


async def test_writer_of_a_refused_comment_is_told_why_and_can_send_it_again(world: World, cast: Cast) -> None:
    await world.set_site("blog", words_reject="casino")
    headers = {**cast.alice, "Idempotency-Key": "one"}
    body = {"url": PAGE, "text": "The casino burnt down."}
    answer = await world.client.post("/api/v1/blog/comments", json=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "not_published"
    told = "This comment was not published: “casino” is on the list of words that are refused."
    assert answer.json()["error"]["fields"] == {"text": told}
    assert await statuses(world) == ["rejected"]
    again = await world.client.post("/api/v1/blog/comments", json=body, headers=headers)
    assert again.json()["error"]["code"] == "not_published"
    better = await world.client.post("/api/v1/blog/comments", json={**body, "text": "It burnt down."}, headers=headers)
    assert (better.status_code, better.json()["status"]) == (201, "approved")


async def test_edit_with_refused_words_leaves_the_comment_as_it_was(world: World, cast: Cast) -> None:
    await world.set_site("blog", words_reject="casino", words_hold="poker")
    path = f"/api/v1/blog/comments/{(await world.post('Bread.', headers=cast.alice))['id']}"
    answer = await world.client.patch(path, json={"text": "Casino."}, headers=cast.alice)
    assert answer.json()["error"]["code"] == "not_published"
    assert [row["html"] for row in (await world.thread())["comments"]] == ["<p>Bread.</p>\n"]
    held = await world.client.patch(path, json={"text": "Poker."}, headers=cast.alice)
    assert (held.status_code, held.json()["status"]) == (200, "pending")
    assert (await world.thread())["comments"] == []


async def test_moderators_and_the_trusted_are_never_checked(world: World, cast: Cast) -> None:
    await world.set_site("blog", hold="all", words_reject="casino")
    assert (await world.post("Casino.", headers=cast.bob))["status"] == "approved"
    await give_standing(world, "Alice", trusted=True)
    assert (await world.post("Casino, too.", headers=cast.alice))["status"] == "approved"


async def test_reader_in_a_shadow_sees_the_own_comment_and_nobody_else_does(world: World, cast: Cast) -> None:
    await give_standing(world, "Alice", shadowed=True)
    posted = await world.post("Can you see me?", headers=cast.alice)
    assert (posted["status"], posted["html"]) == ("approved", "<p>Can you see me?</p>\n")
    assert await statuses(world) == ["spam"]
    own = await world.client.get("/embed/blog", params={"url": PAGE, "own": "1"}, headers=cast.alice)
    assert "Can you see me?" in own.text
    assert 'data-status="' not in own.text
    others = await world.client.get("/embed/blog", params={"url": PAGE, "own": "1"}, headers=cast.dora)
    assert "Can you see me?" not in others.text
    assert (await world.thread())["comments"] == []


async def test_edit_by_a_moderator_keeps_status_reasons_and_address(world: World, cast: Cast) -> None:
    await world.set_site("blog", words_hold="casino")
    posted = await world.post("Casino!", headers=cast.alice)
    before = await row_of(world, posted["id"])
    path = f"/api/v1/blog/comments/{posted['id']}"
    assert (await world.client.patch(path, json={"text": "C*****!"}, headers=cast.bob)).status_code == 200
    after = await row_of(world, posted["id"])
    assert after.text == "C*****!"
    for name in ("status", "verdicts", "address", "address_hash"):
        assert getattr(after, name) == getattr(before, name)


async def test_new_reader_is_held_until_a_comment_is_approved(world: World, cast: Cast) -> None:
    await world.set_site("blog", hold="new")
    assert (await world.post("One.", headers=cast.alice))["status"] == "pending"
    assert (await world.post("Two.", headers=cast.alice))["status"] == "pending"

    def approve(tx: Tx) -> None:
        tx.conn.execute(sa.update(comments).where(comments.c.text == "One.").values(status="approved"))

    await world.db.write(approve)
    assert (await world.post("Three.", headers=cast.alice))["status"] == "approved"
    assert (await world.post("Four.", headers=cast.dora))["status"] == "pending"


async def test_same_words_of_others_within_a_day_are_held(world: World, cast: Cast) -> None:
    assert (await world.post(TEXT, headers=cast.alice))["status"] == "approved"
    assert (await world.post(TEXT.upper() + "!!", headers=cast.dora))["status"] == "pending"
    world.clock.pass_seconds(120)
    assert (await world.post("x" + TEXT, headers=cast.dora))["status"] == "approved"
    world.clock.pass_seconds(86_400)
    assert (await world.post(TEXT, headers=cast.dora))["status"] == "approved"


async def test_own_words_again_are_not_held(world: World, cast: Cast) -> None:
    assert (await world.post(TEXT, headers=cast.alice))["status"] == "approved"
    world.clock.pass_seconds(120)
    assert (await world.post(TEXT, headers=cast.alice))["status"] == "approved"


async def test_spammer_is_held_for_a_month_and_so_are_new_people_from_that_address(world: World, cast: Cast) -> None:
    assert (await world.post("I was here before.", headers=cast.dora))["status"] == "approved"
    await world.set_site("blog", words_spam="casino")
    await world.post("Casino!", headers=cast.alice)
    assert (await world.post("Bread.", headers=cast.alice))["status"] == "pending"
    assert (await world.post("Somebody new.", guest=GUEST))["status"] == "pending"
    assert (await world.post("Somebody known.", headers=cast.dora))["status"] == "approved"
    world.clock.pass_seconds(31 * 86_400)
    assert (await world.post("Bread again.", guest=GUEST))["status"] == "approved"


async def test_form_has_a_field_that_people_do_not_see(world: World, cast: Cast) -> None:
    document = (await world.client.get("/embed/blog", params={"url": PAGE})).text
    assert '<div class="vh" inert aria-hidden="true">' in document
    form = {"action": "post", "text": "Bread.", "subject": "Hello"}
    headers = {**cast.alice, "Palaver-Fragment": "1"}
    answer = await world.client.post("/embed/blog", params={"url": PAGE}, data=form, headers=headers)
    assert answer.status_code == 201
    assert 'data-status="pending"' in answer.text
    assert await statuses(world) == ["spam"]


async def test_form_that_is_sent_at_once_is_held(world: World, cast: Cast) -> None:
    await world.set_site("blog", min_seconds="2")
    for wait, status in ((1.9, "pending"), (2.1, "approved")):
        document = await world.client.get("/embed/blog", params={"url": PAGE, "own": "1"}, headers=cast.alice)
        key = document.text.partition('name="key" value="')[2].partition('"')[0]
        world.clock.pass_seconds(wait)
        form = {"action": "post", "text": f"After {wait} seconds.", "key": key}
        await world.client.post("/embed/blog", params={"url": PAGE}, data=form, headers=cast.alice)
        assert (await statuses(world))[-1] == status


async def test_deleted_comment_keeps_nothing_of_how_it_came(world: World, cast: Cast) -> None:
    posted = await world.post(TEXT, headers=cast.alice)
    row = await row_of(world, posted["id"])
    assert (row.address, len(row.address_hash)) == ("127.0.0.1", 6)
    await world.client.delete(f"/api/v1/blog/comments/{posted['id']}", headers=cast.alice)
    row = await row_of(world, posted["id"])
    assert (row.address, row.address_hash, row.text_hash, row.verdicts) == (None, None, None, "")


async def test_site_that_keeps_addresses_for_no_day_has_none(world: World) -> None:
    await world.set_site("blog", address_days="0")
    row = await row_of(world, (await world.post())["id"])
    assert row.address is None
    assert row.address_hash


async def test_what_a_lifted_shadow_hid_is_not_held_against_anybody(world: World, cast: Cast) -> None:
    await give_standing(world, "Alice", shadowed=True)
    await world.post("Unseen.", headers=cast.alice)
    await give_standing(world, "Alice", shadowed=False)
    assert (await world.post("Seen again.", headers=cast.alice))["status"] == "approved"
    assert (await world.post("Somebody new.", guest=GUEST))["status"] == "approved"


async def test_spam_in_a_shadow_is_held_against_its_author(world: World, cast: Cast) -> None:
    await world.set_site("blog", words_spam="casino")
    await give_standing(world, "Alice", shadowed=True)
    await world.post("Casino!", headers=cast.alice)
    await give_standing(world, "Alice", shadowed=False)
    assert (await world.post("Bread.", headers=cast.alice))["status"] == "pending"
