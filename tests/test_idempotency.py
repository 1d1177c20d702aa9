"""The same comment sent twice is one comment (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from tests.support.cast import Cast, Headers
from tests.support.service import GUEST, PAGE, World

BODY = {"url": PAGE, "text": "Hello.", "guest": GUEST}


async def send(world: World, key: str = "", headers: Headers | None = None, **changes: Any) -> httpx2.Response:
    kept = {**(headers or {}), **({"Idempotency-Key": key} if key else {})}
    return await world.client.post("/api/v1/blog/comments", json={**BODY, **changes}, headers=kept)


async def count(world: World) -> int:
    return int((await world.thread())["page"]["count"])


async def test_guest_repeats_a_request_and_gets_the_same_answer(world: World) -> None:
    first = await send(world, "k1")
    world.clock.pass_seconds(3600)
    again = await send(world, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await count(world) == 1


async def test_guest_who_lost_the_answer_gets_a_session_again(world: World) -> None:
    first, again = await send(world, "k1"), await send(world, "k1")
    tokens = [answer.headers["palaver-token"] for answer in (first, again)]
    assert tokens[0] != tokens[1]
    for token in tokens:
        comment = f"/api/v1/blog/comments/{first.json()['id']}"
        headers = {"Authorization": f"Bearer {token}"}
        assert (await world.client.patch(comment, json={"text": "Edited."}, headers=headers)).status_code == 200


async def test_guest_with_the_session_already_gets_no_second_one(world: World) -> None:
    first = await send(world, "k1")
    again = await send(world, "k1", {"Authorization": f"Bearer {first.headers['palaver-token']}"})
    assert again.json() == first.json()
    assert "palaver-token" not in again.headers


async def test_member_key_repeated_by_nobody_gives_no_session(world: World, cast: Cast) -> None:
    first = await send(world, "k1", cast.alice)
    again = await send(world, "k1")
    assert again.json()["id"] == first.json()["id"]
    assert "palaver-token" not in again.headers
    assert "set-cookie" not in again.headers


async def test_key_with_another_body_is_refused(world: World) -> None:
    root = (await send(world, "k1")).json()["id"]
    changes: list[dict[str, Any]] = [
        {"text": "Something else."},
        {"url": "https://blog.example/other"},
        {"parent_id": root},
        {"guest": {**GUEST, "email": "other@example.org"}},
    ]
    for change in changes:
        answer = await send(world, "k1", **change)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "key_reused"), change
    assert await count(world) == 1


async def test_key_may_be_used_again_after_a_day(world: World) -> None:
    await send(world, "k1")
    world.clock.pass_seconds(24 * 3600 - 1)
    assert (await send(world, "k1", text="Another day.")).status_code == 422
    world.clock.pass_seconds(1)
    assert (await send(world, "k1", text="Another day.")).status_code == 201
    assert await count(world) == 2


async def test_key_belongs_to_one_site(world: World) -> None:
    await send(world, "k1")
    shop = {**BODY, "url": "https://shop.example/"}
    answer = await world.client.post("/api/v1/shop/comments", json=shop, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 201


async def test_key_of_a_refused_comment_is_free(world: World) -> None:
    assert (await send(world, "k1", guest={**GUEST, "email": "none"})).status_code == 422
    assert (await send(world, "k1")).status_code == 201


async def test_key_of_a_deleted_comment_brings_nothing_back(world: World) -> None:
    first = await send(world, "k1")
    headers = {"Authorization": f"Bearer {first.headers['palaver-token']}"}
    await world.client.delete(f"/api/v1/blog/comments/{first.json()['id']}", headers=headers)
    again = await send(world, "k1")
    assert (again.status_code, again.json()["status"], again.json()["html"]) == (201, "deleted", "")
    assert "palaver-token" not in again.headers
    assert await count(world) == 0


async def test_ten_requests_at_once_make_one_comment(world: World) -> None:
    """The first ones on their page, too: there is no row yet that they could wait for."""
    answers = await asyncio.gather(*(send(world, "k1") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert all("palaver-token" in answer.headers for answer in answers)
    assert await count(world) == 1


async def test_ten_bodies_at_once_under_one_key_make_one_comment(world: World) -> None:
    answers = await asyncio.gather(*(send(world, "k1", text=f"Text {number}.") for number in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
    assert await count(world) == 1


async def test_ten_presses_without_a_key_make_one_comment(world: World, cast: Cast) -> None:
    for who in (cast.alice, None):
        before = await count(world)
        answers = await asyncio.gather(*(send(world, headers=who) for _ in range(10)))
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert await count(world) == before + 1


async def test_same_words_without_a_key_are_one_comment_for_a_minute(world: World, cast: Cast) -> None:
    first = (await send(world, headers=cast.alice)).json()["id"]
    world.clock.pass_seconds(59)
    assert (await send(world, headers=cast.alice)).json()["id"] == first
    world.clock.pass_seconds(2)
    assert (await send(world, headers=cast.alice)).json()["id"] != first


async def test_same_words_are_another_comment_elsewhere_or_by_another(world: World, cast: Cast) -> None:
    first = (await send(world, headers=cast.alice)).json()["id"]
    others = [
        await send(world, headers=cast.alice, url="https://blog.example/other"),
        await send(world, headers=cast.alice, parent_id=first),
        await send(world, headers=cast.alice, text="Hello!"),
        await send(world, headers=cast.bob),
        await send(world),
        await send(world, guest={**GUEST, "email": "another@example.org"}),
    ]
    assert len({first, *(answer.json()["id"] for answer in others)}) == 7


async def test_same_words_of_a_guest_give_no_session_to_who_repeats_them(world: World) -> None:
    first, again = await send(world), await send(world)
    assert again.json()["id"] == first.json()["id"]
    assert "palaver-token" not in again.headers
