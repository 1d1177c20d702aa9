"""What a person is given of all that is kept of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from auth.sessions import PAGE_COOKIE
from auth.tokens import hash_token
from tests.support.accounts import Person
from tests.support.database import recorded
from tests.support.service import PAGE, SHOP, World

NewPerson = Callable[[], Person]


async def export(person: Person) -> Any:
    await person.open("/account/export")
    assert person.answer.status_code == 200
    return json.loads(person.answer.text)


async def test_person_downloads_all_that_is_kept_of_them(person: Person, new_person: NewPerson, world: World) -> None:
    other = new_person()
    await other.sign_in("bea")
    theirs = await other.comment("Bea's.")
    await person.sign_in("ann")
    mine = await person.comment("Mine, *of course*.")
    await person.comment("In the shop.", url=f"{SHOP}/tea", site="shop")
    await person.like(theirs)
    await other.like(mine)
    found = await export(person)
    headers = person.answer.headers
    assert headers["content-type"] == "application/json"
    assert headers["content-disposition"] == 'attachment; filename="palaver-account.json"'
    assert headers["cache-control"] == "private, no-store"
    at = "2027-01-15T08:00:00.00"
    assert {**found["person"], "id": ""} == {
        "id": "",
        "name": "Ann",
        "chose_name": False,
        "url": "",
        "email": "ann@example.org",
        "picture": None,
        "since": f"{at}1Z",
    }
    assert found["identities"] == [
        {
            "provider": "forge",
            "issuer": "https://forge.example",
            "subject": "ann",
            "name": "Ann",
            "email": "ann@example.org",
            "email_proved": True,
            "picture": "",
            "linked_at": f"{at}1Z",
            "used_at": f"{at}1Z",
        }
    ]
    first, second = sorted(found["comments"], key=lambda comment: str(comment["created_at"]))
    assert first == {
        "site": "blog",
        "page_url": PAGE,
        "page_title": "",
        "id": mine,
        "parent_id": None,
        "created_at": f"{at}2Z",
        "edited_at": None,
        "status": "approved",
        "provider": "forge",
        "text": "Mine, *of course*.",
        "html": "<p>Mine, <em>of course</em>.</p>\n",
        "likes": 1,
        "replies": 0,
        "address": "127.0.0.1",
    }
    assert (second["site"], second["text"]) == ("shop", "In the shop.")
    [like] = found["likes"]
    assert (like["site"], like["page_url"], like["comment_id"]) == ("blog", PAGE, theirs)
    [session] = found["sessions"]
    assert (session["site"], session["provider"]) == (None, "forge")
    assert found["standings"] == []


async def test_export_holds_no_token_no_hash_and_nobody_else(
    person: Person, new_person: NewPerson, world: World
) -> None:
    other = new_person()
    await other.sign_in("bea")
    await other.comment("Bea's.")
    await person.sign_in("ann")
    await person.open("/account/export")
    text = person.answer.text
    token = person.cookies[PAGE_COOKIE]
    assert token not in text
    assert hash_token(token).hex() not in text
    assert "bea" not in text.lower()


async def test_export_of_many_comments_is_whole(person: Person, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.exporting.BATCH", 2)
    await person.sign_in("ann")
    written = [await person.comment(f"Number {number}.") for number in range(5)]
    for comment in written:
        await person.like(comment)
    written += [await person.comment(f"Cup {number}.", url=f"{SHOP}/tea", site="shop") for number in range(3)]
    found = await export(person)
    assert sorted(comment["id"] for comment in found["comments"]) == written
    assert [like["comment_id"] for like in found["likes"]] == written[:5]


async def test_export_needs_a_sign_in_of_now(person: Person, world: World) -> None:
    await person.sign_in("ann")
    world.clock.pass_seconds(600)
    page = await person.open("/account/export")
    assert page.text(".//h1") == "Sign in to see your account"


async def test_number_of_statements_does_not_grow_with_what_somebody_wrote(person: Person, world: World) -> None:
    counts = []
    await person.sign_in("ann")
    for more in (1, 20):
        for number in range(more):
            await person.comment(f"Number {more}, {number}.", url=f"{PAGE}/{number}")
        with recorded(world) as statements:
            await person.account()
            await export(person)
        counts.append(len(statements))
    assert counts[0] == counts[1]
