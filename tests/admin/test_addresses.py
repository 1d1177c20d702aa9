"""Comments from one address: found by its hash, while the address itself is shown only as long as it is kept."""

from __future__ import annotations

import sqlalchemy as sa

from tests.admin.desk import Member
from tests.support.html import text_of
from tests.support.service import World
from widget import retention
from widget.db import Tx
from widget.models import comments

DAY = 86_400  # seconds


async def write_from(world: World, address: str, text: str) -> None:
    """As if it had come from there."""
    posted = await world.client.post(
        "/api/v1/blog/comments",
        json={"url": "https://blog.example/posts/bread", "text": text, "guest": {"name": "Gwen", "email": "g@x.org"}},
    )
    assert posted.status_code == 201, posted.text

    def move(tx: Tx) -> None:
        mac = world.app.service.core.fingerprints(address.encode())[0]
        tx.conn.execute(
            sa.update(comments).where(comments.c.text == text).values(address=address, address_hash=mac[:3].hex())
        )

    await world.db.write(move)


async def test_all_of_one_address_are_found_from_one_comment(world: World, bob: Member) -> None:
    await write_from(world, "203.0.113.7", "First of the one.")
    await write_from(world, "198.51.100.4", "Of the other.")
    await write_from(world, "203.0.113.7", "Second of the one.")
    await bob.open("/admin?tab=all")
    link = bob.item("First of the one.").find(".//span[@class='from']/a")
    assert link is not None
    assert text_of(link) == "203.0.113.7"
    assert "203.0.113.7" not in link.get("href", "")
    await bob.open(link.get("href", ""))
    assert sorted(bob.items()) == ["First of the one.", "Second of the one."]
    assert bob.page.has_link("Only from 203.0.113.7 ×: show every address")


async def test_address_that_is_forgotten_is_shown_no_more_and_finds_still(world: World, bob: Member) -> None:
    await write_from(world, "203.0.113.7", "First.")
    await write_from(world, "203.0.113.7", "Second.")
    world.clock.pass_seconds(31 * DAY)
    await retention.forget(world.app.service.core)
    await bob.open("/admin?tab=all")
    assert "203.0.113.7" not in bob.answer.text
    link = bob.item("First.").find(".//span[@class='from']/a")
    assert link is not None
    assert text_of(link) == "the same address"
    await bob.open(link.get("href", ""))
    assert sorted(bob.items()) == ["First.", "Second."]


async def test_moderator_of_another_site_finds_nothing_by_an_address(
    world: World, bob: Member, charlie: Member
) -> None:
    await write_from(world, "203.0.113.7", "On the blog.")
    await bob.open("/admin?tab=all")
    link = bob.item("On the blog.").find(".//span[@class='from']/a")
    assert link is not None
    await charlie.open(link.get("href", "").replace("site=blog&", ""))
    assert charlie.items() == []
