"""Proof of work: who is asked for it, what it is worth, and what it is not."""

from __future__ import annotations

import itertools
from typing import Any

import httpx2
import pytest
from altcha import Challenge, Payload, solve_challenge

from tests.spam.test_screening import TEXT, give_standing, row_of, statuses
from tests.support.cast import Cast, Headers
from tests.support.service import GUEST, PAGE, World
from widget.spam.verdicts import Verdict, unpack

_numbers = itertools.count()
COPIED = "somebody else wrote the same within a day"


@pytest.fixture(autouse=True)
def _cheap_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.proving.COST", 1)


async def post(
    world: World, text: str, who: Headers | None = None, *, proof: str | None = "", key: str = "", site: str = "blog"
) -> httpx2.Response:
    """By a program that can do the work (`proof` is ""), has done it, or (None) cannot; a guest unless `who` says."""
    world.clock.pass_seconds(0.001)
    url = PAGE if site == "blog" else "https://shop.example/"
    body = {"url": url, "text": text, "proof": proof, **({} if who else {"guest": GUEST})}
    headers = {**(who or {}), "Idempotency-Key": key or f"key-{next(_numbers)}"}
    return await world.client.post(f"/api/v1/{site}/comments", json=body, headers=headers)


def challenge_of(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 403, answer.text
    error = answer.json()["error"]
    assert error["code"] == "proof_needed"
    challenge: dict[str, Any] = error["challenge"]
    return challenge


def solved(answer: httpx2.Response) -> str:
    challenge = Challenge.from_dict(challenge_of(answer))
    solution = solve_challenge(challenge)
    assert solution is not None
    return str(Payload(challenge, solution).to_base64())


async def reasons(world: World, answer: httpx2.Response) -> list[Verdict]:
    assert answer.status_code == 201, answer.text
    return unpack((await row_of(world, answer.json()["id"])).verdicts)


async def doubt(world: World, cast: Cast) -> None:
    """Have Alice write what others will then be doubted for, on a site that asks for work where it is unsure."""
    await world.set_site("blog", proof_of_work="unsure")
    assert (await post(world, TEXT, cast.alice)).json()["status"] == "approved"


async def test_unsure_site_asks_whom_it_doubts_and_publishes_what_they_worked_for(world: World, cast: Cast) -> None:
    await doubt(world, cast)
    asked = await post(world, TEXT, cast.dora, key="one")
    assert await statuses(world) == ["approved"]
    answer = await post(world, TEXT, cast.dora, key="one", proof=solved(asked))
    assert answer.json()["status"] == "approved"
    assert await reasons(world, answer) == [
        ("approved", "copies", COPIED),
        ("approved", "proof", "the browser did its proof of work"),
    ]


async def test_whoever_cannot_do_the_work_is_held_as_before(world: World, cast: Cast) -> None:
    await doubt(world, cast)
    world.clock.pass_seconds(0.001)
    form = {"action": "post", "text": TEXT, **GUEST}
    await world.client.post("/embed/blog", params={"url": PAGE}, data=form)
    assert await statuses(world) == ["approved", "pending"]
    held = await post(world, TEXT, cast.dora, proof=None)
    assert await reasons(world, held) == [
        ("pending", "copies", COPIED.replace("somebody else", "2 others")),
        ("pending", "proof", "no proof of work was sent"),
    ]


async def test_script_is_asked_without_being_told_to(world: World, cast: Cast) -> None:
    await doubt(world, cast)
    form = {"action": "post", "text": TEXT, "key": "one", **GUEST}
    headers = {"Palaver-Fragment": "1"}
    asked = await world.client.post("/embed/blog", params={"url": PAGE}, data=form, headers=headers)
    proof = {"proof": solved(asked)}
    answer = await world.client.post("/embed/blog", params={"url": PAGE}, data=form | proof, headers=headers)
    assert (answer.status_code, "data-status" in answer.text) == (201, False)


@pytest.mark.parametrize("setting", [{"max_links": "0"}, {"hold": "all"}, {"words_hold": "bread"}])
async def test_work_is_no_way_past_what_an_owner_wants_to_see(
    world: World, cast: Cast, setting: dict[str, str]
) -> None:
    await doubt(world, cast)
    text = f"{TEXT} [Bread](https://a.example)"
    await world.set_site("blog", **setting)
    assert (await post(world, text, cast.dora)).json()["status"] == "pending"


async def test_site_that_asks_all_asks_only_who_is_new(world: World, cast: Cast) -> None:
    await world.set_site("blog", proof_of_work="all")
    assert (await post(world, "By a moderator.", cast.bob)).status_code == 201
    await give_standing(world, "Charlie", trusted=True)
    assert (await post(world, "By somebody trusted.", cast.charlie)).status_code == 201
    asked = await post(world, "By Alice.", cast.alice, key="one")
    answer = await post(world, "By Alice.", cast.alice, key="one", proof=solved(asked))
    assert answer.json()["status"] == "approved"
    assert (await post(world, "By Alice, whom one knows.", cast.alice)).status_code == 201
    challenge_of(await post(world, "By a guest."))
    edit = await world.client.patch(
        f"/api/v1/blog/comments/{answer.json()['id']}", json={"text": "Changed."}, headers=cast.alice
    )
    assert edit.status_code == 200


async def test_site_that_asks_all_holds_who_is_new_and_cannot(world: World) -> None:
    await world.set_site("blog", proof_of_work="all")
    held = await post(world, "By a guest.", proof=None)
    assert held.json()["status"] == "pending"
    assert await reasons(world, held) == [("pending", "proof", "no proof of work was sent")]


async def test_solution_counts_for_one_comment_and_no_longer_than_ten_minutes(world: World, cast: Cast) -> None:
    await world.set_site("blog", proof_of_work="all")
    await world.set_site("shop", proof_of_work="all")
    proof = solved(await post(world, "One.", key="one"))
    elsewhere = await post(world, "One.", key="one", proof=proof, site="shop")
    other = await post(world, "Another.", key="two", proof=proof)
    assert [answer.json()["status"] for answer in (elsewhere, other)] == ["pending", "pending"]
    assert (await reasons(world, other))[-1] == ("pending", "proof", "its proof of work is wrong, or too old")
    first, again = [await post(world, "One.", key="one", proof=proof) for _ in range(2)]
    assert first.json()["status"] == "approved"
    assert again.json()["id"] == first.json()["id"]
    assert (await post(world, "Reused.", key="one", proof=proof)).json()["error"]["code"] == "key_reused"
    late = solved(await post(world, "Late.", key="late"))
    world.clock.pass_seconds(600)
    assert (await post(world, "Late.", key="late", proof=late)).json()["status"] == "pending"


@pytest.mark.parametrize("what", ["easier", "counter", "-", "e30=", "x" * 5_000, "W10="])
async def test_what_is_no_solution_is_held(world: World, what: str) -> None:
    await world.set_site("blog", proof_of_work="all")
    asked = await post(world, "One.", key="one")
    payload = Payload.from_base64(solved(asked))
    if what == "easier":
        payload.challenge.parameters.key_prefix = ""
        what = payload.to_base64()
    elif what == "counter":
        payload.solution.counter += 1
        what = payload.to_base64()
    answer = await post(world, "One.", key="one", proof=what)
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")


async def test_solution_of_an_older_secret_key_counts(world: World) -> None:
    await world.set_site("blog", proof_of_work="all")
    proof = solved(await post(world, "One.", key="one"))
    core = world.app.service.core
    object.__setattr__(core, "secret_keys", ("n" * 32, *core.secret_keys))
    assert (await post(world, "One.", key="one", proof=proof)).json()["status"] == "approved"


async def test_proof_without_a_key_has_nothing_to_belong_to(world: World) -> None:
    await world.set_site("blog", proof_of_work="all")
    body = {"url": PAGE, "text": "One.", "proof": "", "guest": GUEST}
    answer = await world.client.post("/api/v1/blog/comments", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "key_needed")


async def test_document_knows_the_script_only_where_work_may_be_asked(world: World) -> None:
    for setting, known in (("off", False), ("unsure", True), ("all", True)):
        await world.set_site("blog", proof_of_work=setting)
        assert ("data-proof=" in (await world.client.get("/embed/blog", params={"url": PAGE})).text) is known
