"""Nobody comments as a guest under the name of somebody whom readers take them for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import Cast
from tests.support.service import World
from widget.db import Tx
from widget.store import people


async def guest_called(world: World, name: str, site: str = "blog", **more: Any) -> Any:
    page = {"blog": "https://blog.example/", "shop": "https://shop.example/"}[site]
    body = {"url": page, "text": f"I am {name}.", "guest": {"name": name, "email": "g@example.org"}, **more}
    return await world.client.post(f"/api/v1/{site}/comments", json=body)


async def test_guest_cannot_take_the_name_of_a_moderator(world: World, cast: Cast) -> None:
    for name in ("Bob", "BOB", "B0b", "B o b", "Воb", "Bób", "ВОВ"):
        answer = await guest_called(world, name)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (422, "name_taken"), name
        assert error["fields"] == {"name": error["message"]}
        assert error["message"].startswith(f"“{name}” is, or looks like, the name of somebody who signs in here.")
    assert (await guest_called(world, "Bobby")).status_code == 201
    assert (await guest_called(world, "Bob", site="shop")).status_code == 201, "there he is nobody"


async def test_guest_cannot_take_the_name_of_an_author(world: World, cast: Cast) -> None:
    def make_author(tx: Tx) -> None:
        ida = people.add_person(tx, "member", "Ida Thorn", "", "")
        people.set_standing(tx, world.blog.id, ida, role="author")

    assert (await guest_called(world, "Ida Thorn")).status_code == 201
    await world.db.write(make_author)
    assert (await guest_called(world, "ida thorn", text="Again.")).status_code == 422


async def test_reader_is_known_by_three_approved_comments_on_the_site(world: World, cast: Cast) -> None:
    for number in range(3):
        assert (await guest_called(world, "Alice", text=f"{number}")).status_code == 201
        posted = await world.post(f"Number {number}.", headers=cast.alice)
    assert (await guest_called(world, "Alice", text="3")).status_code == 422
    assert (await guest_called(world, "Alice", site="shop")).status_code == 201
    await world.client.delete(f"/api/v1/blog/comments/{posted['id']}", headers=cast.alice)
    assert (await guest_called(world, "Alice", text="4")).status_code == 201


async def test_held_comments_make_nobody_known(world: World, cast: Cast) -> None:
    await world.set_site("blog", hold="all")
    for number in range(3):
        await world.post(f"Number {number}.", headers=cast.alice)
    assert (await guest_called(world, "Alice")).status_code == 201


async def test_new_name_of_a_member_is_guarded_and_the_old_one_free(world: World, cast: Cast) -> None:
    def rename(tx: Tx) -> None:
        bob = people.add_person(tx, "member", "Robert", "", "")
        people.set_standing(tx, world.blog.id, bob, role="moderator")
        people.set_person(tx, bob, name="Rupert")

    await world.db.write(rename)
    assert (await guest_called(world, "Rupert")).status_code == 422
    assert (await guest_called(world, "Robert")).status_code == 201


async def test_guests_may_share_a_name(world: World) -> None:
    for number in range(4):
        assert (await guest_called(world, "Gwen", text=f"{number}")).status_code == 201


async def test_guest_without_a_name_is_anonymous_whoever_is_called_so(world: World) -> None:
    def add_guest_moderator(tx: Tx) -> None:
        person_id = people.add_person(tx, "member", "Guest", "", "")
        people.set_owner(tx, person_id, owner=True)

    await world.db.write(add_guest_moderator)
    await world.set_site("blog", guest_name="optional")
    assert (await guest_called(world, "")).status_code == 201


@pytest.mark.parametrize("action", ["post", "preview"])
async def test_form_keeps_its_text_when_the_name_is_taken(world: World, cast: Cast, action: str) -> None:
    form = {"action": action, "text": "My words.", "name": "Bob", "email": "b@example.org"}
    headers = {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}
    answer = await world.client.post("/embed/blog?url=https://blog.example/", data=form, headers=headers)
    assert answer.status_code == (422 if action == "post" else 200)
    assert "My words.</textarea>" in answer.text
    assert ("looks like, the name of somebody" in answer.text) == (action == "post")
