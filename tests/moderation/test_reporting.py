"""Readers report comments; enough of them hold one until a moderator decides."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from auth.tokens import hash_token
from tests.support.cast import Cast, Headers, token_of
from tests.support.counters import check_counters
from tests.support.html import Html
from tests.support.service import World
from widget import api, ids, reporting
from widget.core import Actor
from widget.errors import Conflict, Forbidden, Invalid, TooMany
from widget.limits import RULES
from widget.moderation import deciding, undoing
from widget.moderation.deciding import Choice
from widget.store import actions, reports, sessions
from widget.store.queue import Place


async def actor(world: World, headers: Headers, address: str = "192.0.2.1") -> Actor:
    if not headers:
        return Actor(None, "", address)
    session = await world.db.read(sessions.get_session, hash_token(token_of(headers)), world.clock())
    return Actor(session.person_id, "demo", address)


async def report(world: World, comment: dict[str, Any], who: Actor, reason: str = "abuse", note: str = "") -> None:
    site = await world.app.service.sites.get("blog")
    await reporting.report(world.app.service.core, site, who, comment["id"], reason, note)


def place_of(world: World, comment: dict[str, Any]) -> Place:
    return Place(ids.decode(comment["id"]) or 0, world.blog.id)


async def strangers(number: int) -> list[Actor]:
    return [Actor(None, "", f"192.0.2.{each}") for each in range(1, number + 1)]


async def shown(world: World) -> list[str]:
    return [comment["id"] for comment in (await world.thread())["comments"]]


async def test_third_report_holds_the_comment(world: World) -> None:
    comment = await world.post("Rude.")
    first, second, third = await strangers(3)
    for who in (first, second):
        await report(world, comment, who)
    assert await shown(world) == [comment["id"]]
    await report(world, comment, third, "spam", "An advertisement.")
    assert await shown(world) == []
    kept = await world.db.read(reports.list_reports, [place_of(world, comment)])
    assert sorted((row.reason, row.note) for row in kept) == [
        ("abuse", ""),
        ("abuse", ""),
        ("spam", "An advertisement."),
    ]
    [line] = await world.db.read(actions.list_actions, world.blog.id, 1 << 62, 10)
    assert (line.verb, line.person_id, line.reason) == ("hold", None, "3 readers reported it")
    await check_counters(world)


async def test_reader_who_reports_twice_counts_once(world: World, cast: Cast) -> None:
    comment = await world.post("Rude.")
    alice = await actor(world, cast.alice)
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):  # signed in it is the person that counts
        await report(world, comment, alice._replace(address=address))
    (stranger,) = await strangers(1)
    for _ in range(3):
        await report(world, comment, stranger)
    assert await shown(world) == [comment["id"]]


async def test_moderator_who_approves_settles_what_was_reported(world: World, cast: Cast) -> None:
    comment = await world.post("Rude?")
    bob, core = await actor(world, cast.bob), world.app.service.core
    for who in await strangers(3):
        await report(world, comment, who)
    await deciding.decide(core, world.blog, bob, [Choice(comment["id"], "pending")], "approve")
    for who in await strangers(5):  # two of them are new
        await report(world, comment, who)
    assert await shown(world) == [comment["id"]]
    await report(world, comment, Actor(None, "", "192.0.2.9"))
    assert await shown(world) == []


async def test_moderator_who_keeps_a_comment_settles_it_too(world: World, cast: Cast) -> None:
    comment = await world.post("Rude?")
    bob = await actor(world, cast.bob)
    for who in await strangers(2):
        await report(world, comment, who)
    await deciding.decide(world.app.service.core, world.blog, bob, [Choice(comment["id"], "approved")], "approve")
    await report(world, comment, Actor(None, "", "192.0.2.9"))
    assert await shown(world) == [comment["id"]]


async def test_holding_by_reports_is_undone_from_the_log(world: World, cast: Cast) -> None:
    comment = await world.post("Rude?")
    for who in await strangers(3):
        await report(world, comment, who)
    [line] = await world.db.read(actions.list_actions, world.blog.id, 1 << 62, 10)
    await undoing.undo(world.app.service.core, world.blog, await actor(world, cast.bob), ids.encode(line.batch_id))
    assert await shown(world) == [comment["id"]]


async def test_moderators_own_comment_is_not_held_by_readers(world: World, cast: Cast) -> None:
    comment = await world.post("Be kind.", headers=cast.bob)
    for who in await strangers(4):
        await report(world, comment, who)
    assert await shown(world) == [comment["id"]]


@pytest.mark.parametrize(("number", "held"), [("0", False), ("1", True)])
async def test_site_says_how_many_reports_hold(world: World, number: str, held: bool) -> None:
    await world.set_site("blog", reports_to_hide=number)
    comment = await world.post("Rude.")
    for who in (await strangers(5))[: 1 if held else 5]:
        await report(world, comment, who)
    assert (await shown(world) == []) is held


async def test_banned_reader_reports_nothing_and_nobody_what_is_gone(world: World, cast: Cast) -> None:
    comment = await world.post("Rude.", headers=cast.alice)
    with pytest.raises(Forbidden):
        await report(world, comment, await actor(world, cast.eve))
    with pytest.raises(Invalid):
        await report(world, comment, await actor(world, cast.dora), "boring")
    await world.client.delete(f"/api/v1/blog/comments/{comment['id']}", headers=cast.alice)
    with pytest.raises(Conflict):
        await report(world, comment, await actor(world, cast.dora))


async def test_address_that_reports_without_end_is_slowed_down(world: World) -> None:
    world.app.service.core.limits.enabled = True
    comment, (stranger,) = await world.post("Fine."), await strangers(1)
    for _ in range(RULES["report"].burst):
        await report(world, comment, stranger)
    with pytest.raises(TooMany):
        await report(world, comment, stranger)


async def test_reader_without_scripts_reports_on_a_page_of_its_own(world: World) -> None:
    comment = await world.post("Rude <b>words</b>.")
    address, ours = f"/report/blog/{comment['id']}", {"Origin": world.app.service.origin}
    page = Html((await world.client.get(address)).text)
    assert page.text(".//blockquote") == "Gwen: Rude <b>words</b>."
    empty = await world.client.post(address, data={"note": "Look."}, headers=ours)
    assert empty.status_code == 422
    assert Html(empty.text).text(".//*[@role='alert']") == "Choose what is wrong with the comment."
    assert Html(empty.text).one(".//input[@name='note']").get("value") == "Look."
    sent = await world.client.post(address, data={"reason": "abuse"}, headers=ours)
    assert (sent.status_code, sent.headers["location"]) == (303, "/report/thanks")
    assert "Thank you" in (await world.client.get("/report/thanks")).text
    assert len(await world.db.read(reports.list_reports, [place_of(world, comment)])) == 1


async def test_foreign_page_reports_nothing_for_a_reader(world: World) -> None:
    comment = await world.post("Fine.")
    answer = await world.client.post(
        f"/report/blog/{comment['id']}", data={"reason": "abuse"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert await world.db.read(reports.list_reports, [place_of(world, comment)]) == []


async def test_unknown_comment_cannot_be_reported(world: World) -> None:
    answer = await world.client.get("/report/blog/0000000000000")
    assert answer.status_code == 404
    assert Html(answer.text).text(".//*[@role='alert']") == "There is no such comment."


async def test_deletion_in_the_thread_settles_what_was_reported_until_it_is_undone(world: World, cast: Cast) -> None:
    comment = await world.post("Rude.")
    number = ids.decode(comment["id"]) or 0
    for who in await strangers(2):
        await report(world, comment, who)
    assert (await world.client.delete(f"/api/v1/blog/comments/{comment['id']}", headers=cast.bob)).status_code == 200
    [line] = await world.db.read(actions.list_actions, world.blog.id, 1 << 62, 10)
    assert await world.db.read(reports.count_reports, world.blog.id, [number]) == {}
    await undoing.undo(world.app.service.core, world.blog, await actor(world, cast.bob), ids.encode(line.batch_id))
    assert await world.db.read(reports.count_reports, world.blog.id, [number]) == {number: 2}
    await report(world, comment, Actor(None, "", "192.0.2.9"))
    assert await shown(world) == []


async def test_program_reports_by_json(world: World, cast: Cast) -> None:
    comment = await world.post("Rude.")
    address = f"/api/v1/blog/comments/{comment['id']}/report"
    sent = {"reason": "abuse", "note": "Twice today."}
    for _ in range(2):  # the same reader twice is once
        answer = await world.client.post(address, json=sent, headers=cast.dora)
        assert (answer.status_code, answer.content) == (204, b"")
    [kept] = await world.db.read(reports.list_reports, [place_of(world, comment)])
    assert (kept.reason, kept.note) == ("abuse", "Twice today.")
    answer = await world.client.post(address, json={"reason": "dull"}, headers=cast.dora)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["reason"])


def test_program_may_give_the_reasons_that_people_may() -> None:
    assert get_args(api.Reason) == tuple(reporting.REASONS)


async def test_button_at_a_comment_leads_to_its_page(world: World) -> None:
    comment = await world.post("Rude.")
    answer = await world.client.get("/report/blog/", params={"comment": comment["id"]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/report/blog/{comment['id']}")
    for wrong in ("", "x", "//evil.example/"):
        answer = await world.client.get("/report/blog/", params={"comment": wrong})
        assert answer.status_code == 404
