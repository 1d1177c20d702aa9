"""Posting, editing, deleting, liking: the verbs through the JSON interface, on both databases."""

from __future__ import annotations

import threading

import pytest

from tests.support.database import recorded
from tests.support.service import World
from widget import written
from widget.store import comments as store
from widget.store.comments import Comment, NewComment, as_added


async def test_guest_posts_and_everybody_reads(world: World) -> None:
    posted = await world.post("Good **bread**.")
    thread = await world.thread()
    assert thread["page"]["count"] == 1
    assert [comment["id"] for comment in thread["comments"]] == [posted["id"]]
    assert thread["comments"][0]["html"] == "<p>Good <strong>bread</strong>.</p>\n"
    assert thread["comments"][0]["author"]["name"] == "Gwen"
    assert "gwen@example.org" not in str(thread)


async def test_reply_hangs_below_its_parent(world: World) -> None:
    root = await world.post("root")
    other = await world.post("other root")
    reply = await world.post("reply", parent_id=root["id"])
    nested = await world.post("nested", parent_id=reply["id"])
    thread = await world.thread()
    assert [comment["id"] for comment in thread["comments"]] == [root["id"], reply["id"], nested["id"], other["id"]]
    assert [comment["depth"] for comment in thread["comments"]] == [0, 1, 2, 0]
    assert thread["comments"][0]["replies"] == 2


async def test_comment_of_a_new_guest_is_told_as_it_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Comment] = []

    def keep(new: NewComment, name: str, url: str) -> Comment:
        told.append(as_added(new, name, url))
        return told[-1]

    monkeypatch.setattr(store, "as_added", keep)
    website = {"name": "Gwen", "email": "gwen@example.org", "website": "https://gwen.example/"}
    root = await world.post("A *root*.", guest=website)
    await world.post("A reply.", parent_id=root["id"])
    kept = [await world.db.read(store.get_comment, world.blog.id, comment.id) for comment in told]
    assert len(told) == 2
    assert [comment._replace(replies=0) for comment in kept if comment] == told


async def test_guests_comment_takes_six_statements(world: World) -> None:
    """Each costs as much as checking the text: the page, what has to be known, person, session, comment, version."""
    await world.post("The first one makes the page.")
    with recorded(world) as statements:
        await world.post("Hello.")
    assert len([each for each in statements if "FROM sites" not in each.sql]) == 6  # which is known for a second


@pytest.mark.parametrize(("text", "beside"), [("Hello.", False), ("word " * 100, True), ("![" * 100, True)])
async def test_text_that_may_take_long_is_rendered_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch, text: str, beside: bool
) -> None:
    threads: list[int] = []

    def rendered(text: str) -> str:
        threads.append(threading.get_ident())
        return text

    monkeypatch.setattr(written, "render_markdown", rendered)
    assert await written.render(text) == text
    assert [thread != threading.get_ident() for thread in threads] == [beside]
