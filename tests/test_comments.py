"""Posting, editing, deleting, liking: the verbs through the JSON interface, on both databases."""

from __future__ import annotations

from tests.support.service import World


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
