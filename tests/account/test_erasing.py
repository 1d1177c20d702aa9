"""Erasing an account, with what was written or without."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from auth.sessions import PAGE_COOKIE
from tests.support.accounts import Person
from tests.support.counters import check_counters
from tests.support.html import Html
from tests.support.service import BLOG, HOME, PAGE, SHOP, World
from widget import erasing, models
from widget.db import Tx
from widget.store import avatars

NewPerson = Callable[[], Person]
OTHER = f"{BLOG}/posts/cheese"


async def erase(person: Person, **fields: str) -> Html:
    await person.account()
    await person.follow("Erase your account…")
    return await person.choose("Erase my account", **{"comments": "delete", "sure": "yes", **fields})


def left_of(tx: Tx) -> dict[str, int]:
    """Rows that are, or were, somebody's."""
    tables = (models.people, models.identities, models.sessions, models.attempts, models.standings, models.avatars)
    return {table.name: tx.conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables}


def words_of(tx: Tx) -> str:
    """All that all rows say."""
    return " ".join(str(row) for table in models.metadata.sorted_tables for row in tx.conn.execute(sa.select(table)))


async def test_person_reads_what_it_means_before(person: Person) -> None:
    await person.sign_in("ann")
    await person.comment()
    await person.account()
    page = await person.follow("Erase your account…")
    assert page.text(".//h1") == "Erase your account?"
    assert page.text(".//legend") == "Your 1 comment"
    assert page.one(".//input[@value='delete']").get("checked") is not None
    assert page.link("Keep my account") == "/account"
    await person.follow("Keep my account")
    assert person.page.text(".//*[@class='me']/p") == "Ann 1 comment"


async def test_person_who_is_not_sure_keeps_the_account(person: Person) -> None:
    await person.sign_in("ann")
    await person.comment()
    page = await erase(person, sure="", comments="keep")
    assert person.answer.status_code == 422
    assert person.alert == "Please tick that you know this cannot be undone."
    assert page.one(".//input[@value='keep']").get("checked") is not None
    assert (await person.account()).text(".//h1") == "Your account"


async def test_erased_person_is_nowhere_to_be_found(person: Person, new_person: NewPerson, world: World) -> None:
    elsewhere = new_person()
    await elsewhere.sign_in("ann")
    await person.sign_in("ann")
    await person.comment("A confession.")
    await person.comment("Another.", url=f"{SHOP}/tea", site="shop")
    person_id = await world.db.read(lambda tx: tx.conn.execute(sa.select(models.people.c.id)).scalar_one())
    await world.db.write(avatars.set_avatar, person_id, b"picture")
    page = await erase(person)
    assert page.text(".//h1") == "Your account is erased"
    assert PAGE_COOKIE not in person.cookies
    assert await world.db.read(left_of) == dict.fromkeys(
        ("people", "identities", "sessions", "attempts", "standings", "avatars"), 0
    )
    words = await world.db.read(words_of)
    for word in ("ann", "confession", "Another", str(person_id)):
        assert word not in words, word
    assert (await elsewhere.account()).text(".//h1") == "Sign in to see your account"
    assert (await world.thread())["comments"] == []
    assert (await person.sign_in("ann")).text(".//*[@class='me']/p") == "Ann 0 comments"


async def test_place_of_what_was_answered_stays_and_numbers_are_right(
    person: Person, new_person: NewPerson, world: World
) -> None:
    other = new_person()
    await other.sign_in("bea")
    await person.sign_in("ann")
    root = await person.comment("Mine.")
    answer = (await world.post("An answer.", parent_id=root))["id"]
    await person.comment("Indeed.", parent=answer)
    await person.like(answer)
    await other.like(root)
    await other.like(answer)
    await person.comment("Alone.")
    before = await world.client.get("/embed/blog", params={"url": PAGE})
    await erase(person)
    shown = (await world.thread())["comments"]
    assert [(row["id"], row["status"], row["author"] is None, row["likes"]) for row in shown] == [
        (root, "deleted", True, 0),
        (answer, "approved", False, 1),
    ]
    document = await world.client.get("/embed/blog", params={"url": PAGE})
    assert "Mine." in before.text
    assert "Mine." not in document.text
    assert Html(document.text).text(".//h2") == "1 comment"
    await check_counters(world)


async def test_person_leaves_comments_without_a_name(person: Person, new_person: NewPerson, world: World) -> None:
    other = new_person()
    await other.sign_in("bea")
    theirs = await other.comment("Bea's.")
    await person.sign_in("ann")
    mine = await person.comment("Mine.")
    await other.like(mine)
    await person.comment("Elsewhere.", url=OTHER)
    before = await world.client.get("/embed/blog", params={"url": OTHER})
    assert "<bdi>Ann</bdi>" in before.text
    await person.like(theirs)
    await erase(person, comments="keep")
    bea, ann = (await world.thread())["comments"]
    assert (ann["html"], ann["likes"]) == ("<p>Mine.</p>\n", 1)
    assert ann["author"] == {"name": "Anonymous", "url": None, "provider": "", "role": "", "avatar": None}
    assert bea["likes"] == 0
    assert "ann" not in (await world.db.read(words_of)).lower()
    document = await world.client.get("/embed/blog", params={"url": OTHER})
    assert "<bdi>Anonymous</bdi>" in document.text
    await check_counters(world)
    await person.sign_in("ann")
    page = await person.open(f"/thread/blog?url={PAGE}")
    assert page.comment(mine).find(".//a[@class='edit']") is None, "it is nobody's"


@pytest.mark.parametrize("comments", ["delete", "keep"])
async def test_large_account_is_erased_in_small_steps(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch, comments: str
) -> None:
    monkeypatch.setattr(erasing, "PAGES", 2)
    monkeypatch.setattr(erasing, "COMMENTS", 2)
    await person.sign_in("ann")
    parent = await person.comment("First.")
    for number in range(4):
        reply = await world.post(f"Answer {number}.", parent_id=parent)
        await person.like(reply["id"])
        await person.comment(f"Further {number}.")
        await person.comment("There.", url=f"{OTHER}/{number}")
    await erase(person, comments=comments)
    await check_counters(world)
    shown = [row["author"]["name"] for row in (await world.thread())["comments"] if row["author"]]
    assert shown.count("Anonymous") == (5 if comments == "keep" else 0)
    assert shown.count("Gwen") == 4


async def test_erasure_that_was_interrupted_goes_on_where_it_stopped(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "PAGES", 1)
    await person.sign_in("ann")
    for number in range(3):
        await person.comment("There.", url=f"{OTHER}/{number}")
    step, steps = erasing._erase_some, iter([True])

    def once(tx: Tx, person_id: int, keep_comments: bool) -> bool:
        if next(steps, False):
            return step(tx, person_id, keep_comments)
        raise LookupError

    monkeypatch.setattr(erasing, "_erase_some", once)
    with pytest.raises(LookupError):
        await erase(person)
    await check_counters(world)
    monkeypatch.setattr(erasing, "_erase_some", step)
    page = await person.account()
    assert page.text(".//*[@class='me']/p") == "Ann 2 comments"
    assert (await erase(person)).text(".//h1") == "Your account is erased"
    assert (await world.db.read(left_of))["people"] == 0
    await check_counters(world)


async def test_account_is_erased_once_however_often_the_button_is_pressed(person: Person, world: World) -> None:
    await person.sign_in("ann")
    for number in range(3):
        await person.comment("There.", url=f"{OTHER}/{number}")
    headers = {
        "Origin": HOME,
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"{PAGE_COOKIE}={person.cookies[PAGE_COOKIE]}",
    }
    form = {"comments": "delete", "sure": "yes"}
    answers = await asyncio.gather(*(world.client.post("/account/erase", data=form, headers=headers) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {303, 403}
    assert (await world.db.read(left_of))["people"] == 0
    await check_counters(world)


async def test_stale_session_erases_nothing(person: Person, world: World) -> None:
    await person.sign_in("ann")
    await person.follow("Erase your account…")
    world.clock.pass_seconds(600)
    page = await person.choose("Erase my account", comments="delete", sure="yes")
    assert person.answer.status_code == 403
    assert page.text(".//h1") == "Sign in to see your account"
    assert (await world.db.read(left_of))["people"] == 1
