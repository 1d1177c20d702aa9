"""What moderators do by JSON, and what they are told."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.moderation.acting import KEY, Moderator, log, statuses
from tests.support.cast import Cast, Headers
from tests.support.counters import check_counters
from tests.support.service import BLOG, PAGE, World

UNKNOWN = "0123456789abc"


class Api:
    """The interface as a moderator asks it."""

    def __init__(self, world: World, who: Headers) -> None:
        self.world, self.who = world, who

    async def ask(self, method: str, path: str, body: Any = None, **query: str) -> httpx2.Response:
        self.world.clock.pass_seconds(0.001)  # lines of one millisecond are in no order
        return await self.world.client.request(
            method, f"/api/v1/blog{path}", json=body, params=query or None, headers=self.who
        )

    async def status(self, posted: dict[str, Any], status: str, **more: Any) -> httpx2.Response:
        return await self.ask("PUT", f"/comments/{posted['id']}/status", {"status": status, **more})

    async def undo(self, batch: str) -> httpx2.Response:
        return await self.ask("POST", "/undo", {"id": batch})


@pytest.fixture
def api(world: World, cast: Cast) -> Api:
    return Api(world, cast.bob)


def told(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


async def test_moderator_approves_what_waits_and_takes_it_back(world: World, api: Api) -> None:
    await world.set_site("blog", hold="all")
    posted = await world.post("Held.")
    done = (await api.status(posted, "approved", seen="pending", reason="Fine.")).json()
    assert (done["comment"]["id"], done["comment"]["status"]) == (posted["id"], "approved")
    assert [comment["html"] for comment in (await world.thread())["comments"]] == ["<p>Held.</p>\n"]
    back = (await api.undo(done["undo"])).json()
    assert (back["undone"], back["kept"]) == (1, 0)
    assert await statuses(world, posted) == ["pending"]
    assert (await api.undo(back["undo"])).status_code == 200
    assert await statuses(world, posted) == ["approved"]
    await check_counters(world)


@pytest.mark.parametrize("status", ["pending", "rejected", "spam"])
async def test_every_status_can_be_given(world: World, api: Api, status: str) -> None:
    posted = await world.post()
    assert (await api.status(posted, status)).json()["comment"]["status"] == status
    assert await statuses(world, posted) == [status]
    again = await api.status(posted, status)
    assert (again.status_code, again.json()["undo"]) == (200, None)
    assert len(await log(world)) == 1


async def test_moderator_who_comes_too_late_is_told_who_was_first(world: World, api: Api, dora: Moderator) -> None:
    await world.set_site("blog", hold="all")
    posted = await world.post()
    await dora.decide("spam", posted)
    answer = await api.status(posted, "approved", seen="pending")
    assert told(answer) == (409, "changed_meanwhile", "Dora changed this comment to “spam” meanwhile.")
    assert await statuses(world, posted) == ["spam"]


async def test_comment_that_is_gone_is_told_apart_from_one_that_never_was(world: World, cast: Cast, api: Api) -> None:
    posted = await world.post("Mine.", headers=cast.alice)
    await world.client.delete(f"/api/v1/blog/comments/{posted['id']}", headers=cast.alice)
    gone = await api.status(posted, "approved")
    assert told(gone) == (409, "changed_meanwhile", "The author deleted this comment meanwhile.")
    for unknown in (UNKNOWN, "x", "%00"):
        assert told(await api.status({"id": unknown}, "spam"))[:2] == (404, "unknown_comment")


async def test_undoing_what_cannot_be_undone_is_told(world: World, api: Api, dora: Moderator) -> None:
    one, two = await world.post("One."), await world.post("Two.")
    done = (await api.status(one, "spam")).json()
    await api.undo(done["undo"])
    assert told(await api.undo(done["undo"])) == (409, "undone", "This was undone already.")
    other = (await api.status(two, "spam")).json()
    await dora.decide("reject", two)
    assert told(await api.undo(other["undo"]))[:2] == (409, "changed_since")
    assert told(await api.undo(UNKNOWN))[:2] == (404, "unknown_action")


async def test_author_of_spam_is_banned_for_a_time_and_for_good(world: World, cast: Cast, api: Api) -> None:
    posted = await world.post("Free pills.", headers=cast.alice)
    person = (await api.status(posted, "spam")).json()["person_id"]
    banned = (await api.ask("PUT", f"/people/{person}/ban", {"days": 7, "reason": "Pills"})).json()
    assert (banned["banned"], banned["until"]) == (True, "2027-01-22T08:00:00.003Z")
    refused = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "x"}, headers=cast.alice)
    assert told(refused) == (403, "banned", "You cannot take part on this site until 22 January 2027: Pills")
    for_good = (await api.ask("PUT", f"/people/{person}/ban", {"days": None})).json()
    assert (for_good["banned"], for_good["until"]) == (True, None)
    free = (await api.ask("DELETE", f"/people/{person}/ban")).json()
    assert (free["banned"], free["until"]) == (False, None)
    assert (await api.undo(free["undo"])).status_code == 200
    refused = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "x"}, headers=cast.alice)
    assert refused.status_code == 403


@pytest.mark.parametrize("days", [0, -1, 3_651, 1.5, "7", True])
async def test_ban_of_no_length_is_refused(api: Api, days: Any) -> None:
    answer = await api.ask("PUT", f"/people/{UNKNOWN}/ban", {"days": days})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["days"])


async def test_nobody_and_staff_are_not_banned(world: World, cast: Cast, api: Api, dora: Moderator) -> None:
    assert told(await api.ask("PUT", f"/people/{UNKNOWN}/ban", {"days": None}))[:2] == (404, "unknown_person")
    posted = await world.post("By staff.", headers=cast.dora)
    person = (await api.status(posted, "approved")).json()["person_id"]
    assert told(await api.ask("PUT", f"/people/{person}/ban", {"days": None}))[:2] == (403, "is_staff")


async def test_page_is_closed_and_opened(world: World, cast: Cast, api: Api) -> None:
    await world.post()
    closed = (await api.ask("PUT", "/lock", url=PAGE)).json()
    assert closed["locked"] is True
    answer = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "x"}, headers=cast.alice)
    assert told(answer)[:2] == (409, "locked")
    assert (await api.ask("PUT", "/lock", url=PAGE)).json() == {"locked": True, "undo": None}
    assert (await api.ask("DELETE", "/lock", url=PAGE)).json()["locked"] is False
    assert [line.verb for line in reversed(await log(world))] == ["lock", "unlock"]
    assert told(await api.ask("PUT", "/lock", url=f"{BLOG}/nothing"))[:2] == (404, "unknown_page")


async def test_page_is_named_by_its_own_id_too(world: World, api: Api) -> None:
    await world.post(id="bread")
    assert (await api.ask("PUT", "/lock", id="bread", url=PAGE)).json()["locked"] is True
    answer = await world.client.get("/api/v1/blog/thread", params={"url": PAGE, "id": "bread"})
    assert answer.json()["page"] | {"key": "id:bread", "locked": True} == answer.json()["page"]
    assert (await world.thread())["page"] | {"key": KEY, "locked": False} == (await world.thread())["page"]
