"""The inbox: who may see what, what its buttons do, and how one finds comments."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.admin.desk import Member, add_member, post_on_shop
from tests.support.database import recorded
from tests.support.html import Reader, text_of
from tests.support.service import BLOG, World
from widget.db import Tx
from widget.models import comments
from widget.store import queue


async def test_nobody_is_asked_to_sign_in(world: World) -> None:
    nobody = Reader(world.client)
    page = await nobody.open("/admin")
    assert page.text(".//h1") == "Sign in to look after the comments"
    assert "frame-ancestors 'none'" in nobody.answer.headers["content-security-policy"]
    assert "no-store" in nobody.answer.headers["cache-control"]


@pytest.mark.parametrize("kind", ["member", "guest"])
async def test_reader_is_told_that_they_look_after_nothing(world: World, kind: str) -> None:
    dora = await add_member(world, "Dora", kind=kind)
    page = await dora.open("/admin")
    if kind == "guest":
        assert page.text(".//h1") == "Sign in to look after the comments"
    else:
        assert dora.answer.status_code == 403
        assert page.text(".//h1").startswith("You are signed in, but you look after no comments here.")


async def test_moderator_sees_what_waits_on_their_site_alone(world: World, bob: Member, charlie: Member) -> None:
    await world.post("Bread.")
    await post_on_shop(world, "Tea.")
    await bob.open("/admin")
    assert bob.items() == ["Bread."]
    await charlie.open("/admin")
    assert charlie.items() == ["Tea."]
    await charlie.open("/admin?site=blog")
    assert charlie.answer.status_code == 404


async def test_owner_sees_every_site_and_may_choose_one(
    world: World, bob: Member, charlie: Member, olga: Member
) -> None:
    await world.post("Bread.")
    world.clock.pass_seconds(1)
    await post_on_shop(world, "Tea.")
    await olga.open("/admin")
    assert olga.items() == ["Tea.", "Bread."]
    await olga.open("/admin?site=shop")
    assert olga.items() == ["Tea."]


async def test_moderator_of_another_site_decides_nothing(world: World, bob: Member, charlie: Member) -> None:
    posted = await world.post("Bread.")
    await charlie.open("/admin")
    await charlie.do(f"approve blog.{posted['id']}.pending")
    assert charlie.answer.status_code == 403
    assert charlie.alert == "Only moderators of this site may do that."
    assert (await world.thread())["comments"] == []


async def test_approved_comment_is_shown_and_can_be_undone(world: World, bob: Member) -> None:
    await world.post("Bread.")
    await bob.open("/admin")
    await bob.press_at("Bread.", "Approve")
    assert bob.told == ["1 comment approved."]
    assert bob.items() == []
    assert [comment["html"] for comment in (await world.thread())["comments"]] == ["<p>Bread.</p>\n"]
    await bob.undo()
    assert bob.told == ["Undone: 1 comment approved."]
    assert bob.items() == ["Bread."]
    assert (await world.thread())["comments"] == []


async def test_deed_leads_back_to_the_same_filter(world: World, bob: Member) -> None:
    for text in ("Rye bread.", "Rye again.", "Wheat."):
        await world.post(text)
    await bob.open("/admin?q=rye")
    await bob.press_at("Rye bread.", "Spam")
    assert bob.items() == ["Rye again."]
    await bob.press_at("Rye again.", "Spam")
    assert bob.told == ["1 comment marked as spam."]
    await bob.open("/admin?tab=spam")
    assert bob.items() == ["Rye again.", "Rye bread."]


async def test_two_hundred_are_decided_at_once_and_undone_at_once(world: World, bob: Member) -> None:
    for number in range(200):
        await world.post(f"Number {number}.")
    await bob.open("/admin?show=200")
    assert len(bob.items()) == 200
    await bob.tick_and_press("approve")
    assert bob.told == ["200 comments approved."]
    assert (await world.thread())["page"]["count"] == 200
    await bob.undo()
    assert bob.told == ["Undone: 200 comments approved."]
    assert (await world.thread())["page"]["count"] == 0


async def test_second_moderator_is_told_what_the_first_did(world: World, bob: Member) -> None:
    ann = await add_member(world, "Ann", world.blog)
    await world.post("Bread.")
    await world.post("Butter.")
    await bob.open("/admin")
    await ann.open("/admin")
    await bob.press_at("Bread.", "Approve")
    await ann.tick_and_press("spam")
    assert ann.told == ["1 comment marked as spam.", "Bob changed this comment to “approved” meanwhile."]
    assert [comment["html"] for comment in (await world.thread())["comments"]] == ["<p>Bread.</p>\n"]


async def test_comments_of_two_sites_are_decided_in_one_click(
    world: World, bob: Member, charlie: Member, olga: Member
) -> None:
    await world.post("Bread.")
    await post_on_shop(world, "Tea.")
    await olga.open("/admin")
    await olga.tick_and_press("reject")
    assert olga.told == ["2 comments deleted."]
    await olga.undo()
    assert sorted(olga.items()) == ["Bread.", "Tea."]


async def test_reason_of_a_decision_is_kept_in_the_log(world: World, bob: Member) -> None:
    await world.post("Bread.")
    await world.post("Butter.")
    await bob.open("/admin")
    await bob.tick_and_press("reject", reason=" Off the\ntopic. ")
    assert bob.told == ["2 comments deleted."]
    page = await bob.open("/admin/log")
    assert page.text(".//p[@class='reason']") == "Off the topic."


async def test_nothing_ticked_changes_nothing(world: World, bob: Member) -> None:
    await world.post("Bread.")
    await bob.open("/admin")
    await bob.do("approve")
    assert bob.answer.status_code == 422
    assert bob.alert == "Choose a comment first."
    assert bob.items() == ["Bread."]


async def test_what_an_address_makes_up_is_never_shown(world: World, bob: Member, charlie: Member) -> None:
    await world.post("Bread.")
    await bob.open("/admin")
    await bob.press_at("Bread.", "Approve")
    shown = bob.answer.url.query.decode()
    await charlie.open(f"/admin?{shown}")  # a deed on a site that is not charlie's
    assert charlie.told == []
    await bob.open("/admin?done=blog.You-won&missed=nowhere.1")
    assert "won" not in bob.page.text(".//main")


FOREIGN, NOBODY = "This request did not come from our own page", "Sign in to look after the comments"


@pytest.mark.parametrize(("headers", "told"), [({"Origin": "https://blog.example"}, FOREIGN), ({}, NOBODY)])
async def test_foreign_page_and_program_decide_nothing(
    world: World, bob: Member, headers: dict[str, str], told: str
) -> None:
    posted = await world.post("Bread.")
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in bob.cookies.items())}
    form = {"do": f"approve blog.{posted['id']}.pending"}
    answer = await world.client.post("/admin", data=form, headers={**headers, **cookie})
    assert answer.status_code == 403
    assert told in answer.text
    assert (await world.thread())["comments"] == []


async def test_session_that_ends_keeps_what_was_meant(world: World, bob: Member) -> None:
    posted = await world.post("Bread.")
    await bob.open("/admin")
    kept, bob.cookies = bob.cookies, {}
    meant = f"approve blog.{posted['id']}.pending"
    page = await bob.do(meant)
    assert bob.answer.status_code == 403
    form = next(
        form
        for form in page.all(".//form")
        if form.get("action") is None and form.find(".//input[@name='do']") is not None
    )
    assert [(field.get("name"), field.get("value")) for field in form.iter("input")] == [("do", meant)]
    bob.cookies = kept
    await bob.do(meant)
    assert bob.told == ["1 comment approved."]


@pytest.mark.parametrize(("query", "found"), [("q=RYE", ["Rye."]), ("q=gwen", ["Wheat.", "Rye."]), ("q=100%25", [])])
async def test_search_finds_words_and_names(world: World, bob: Member, query: str, found: list[str]) -> None:
    await world.post("Rye.")
    await world.post("Wheat.")
    await world.post("Oats.", guest={"name": "Sam", "email": "sam@example.org"})
    await bob.open(f"/admin?{query}")
    assert bob.items() == found


async def test_search_looks_through_some_and_then_further(
    world: World, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LOOKED_THROUGH", 2)
    for text in ("Rye, the oldest.", "Rye, old.", "Oats.", "Wheat."):
        await world.post(text)
    await bob.open("/admin?q=rye")
    assert bob.items() == []
    assert bob.page.text(".//p[@class='empty']").startswith("Looked through the comments since 15 January 2027")
    await bob.follow("Look further back")
    assert bob.items() == ["Rye, old.", "Rye, the oldest."]
    assert not bob.page.has_link("Look further back")


async def test_person_and_page_narrow_the_inbox(world: World, bob: Member) -> None:
    await world.post("Here.")
    await world.post("Elsewhere.", url=f"{BLOG}/posts/cheese")
    await bob.open("/admin?tab=all")
    await bob.open(bob.item("Here.").find(".//b/a").get("href", ""))  # type: ignore[union-attr]
    assert bob.page.text(".//h1") == "Gwen"
    await bob.open("/admin?tab=all")
    await bob.open(bob.item("Elsewhere.").find(".//a[@class='when']").get("href", ""))  # type: ignore[union-attr]
    await bob.follow("All comments on this page")
    assert bob.items() == ["Elsewhere."]


async def test_list_goes_on_without_gap_or_repetition(
    world: World, bob: Member, charlie: Member, olga: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.moderation.queue.PER_PAGE", 3)  # so that a page ends between two of the same id
    for number in range(3):
        await world.post(f"Bread {number}.")
        await post_on_shop(world, f"Tea {number}.")
    await _give_the_same_ids(world)
    await olga.open("/admin")
    seen = olga.items()
    while olga.page.has_link("Older"):
        await olga.follow("Older")
        seen += olga.items()
    assert sorted(seen) == [f"{what} {number}." for what in ("Bread", "Tea") for number in range(3)]


async def _give_the_same_ids(world: World) -> None:
    """As an import of one file into two sites does."""

    def change(tx: Tx) -> None:
        for site in (world.blog, world.shop):
            found = tx.conn.execute(
                sa.select(comments.c.id).where(comments.c.site_id == site.id).order_by(comments.c.id)
            ).scalars()
            for number, comment_id in enumerate(list(found)):
                same = sa.update(comments).where(comments.c.site_id == site.id, comments.c.id == comment_id)
                tx.conn.execute(same.values(id=(1_800_000_000_000 << 21) + number))

    await world.db.write(change)


async def test_number_of_statements_does_not_grow_with_the_queue(world: World, olga: Member) -> None:
    await world.set_site("blog", hold="all")
    numbers = []
    for _ in range(2):
        for number in range(5):
            await world.post(f"Number {number}.", guest={"name": f"Guest {number}", "email": f"{number}@example.org"})
        with recorded(world) as statements:
            await olga.open("/admin")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_tabs_count_to_a_thousand(world: World, bob: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.post("Bread.")
    await world.post("Butter.")
    await bob.open("/admin")
    tabs = [text_of(tab) for tab in bob.page.all(".//nav[@class='tabs']/a")]
    assert tabs == ["Pending 2", "Reported 0", "Spam 0", "All"]
    for module in ("widget.moderation.queue", "widget.handlers.admin.inbox"):
        monkeypatch.setattr(f"{module}.COUNTED_TO", 1)
    await bob.open("/admin")
    assert text_of(bob.page.all(".//nav[@class='tabs']/a")[0]) == "Pending 1+"


async def test_hostile_text_and_names_stay_text(world: World, bob: Member) -> None:
    await world.post("<script>alert(1)</script>", guest={"name": "<img src=x>", "email": "x@example.org"})
    await bob.open("/admin")
    assert [script.get("src", "").startswith("/static/") for script in bob.page.all(".//script")] == [True]
    assert "<img src=x>" not in bob.answer.text


async def test_reason_of_a_held_comment_is_shown(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none", max_links="0")
    await world.post("Look: https://example.org/")
    await bob.open("/admin")
    reasons = [text_of(reason) for reason in bob.page.all(".//p[@class='reason']")]
    assert reasons == ["Held because it has a link, and the site lets none through unseen."]
    await bob.press_at("Look:", "Approve")
    await bob.open("/admin?tab=all")
    assert not bob.page.all(".//p[@class='reason']")


async def test_address_with_a_slash_too_many_leads_there(world: World) -> None:
    answer = await world.client.get("/admin/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/admin")
