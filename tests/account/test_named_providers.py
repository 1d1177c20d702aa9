"""A site that names the providers whose people take part: `forge` here, and not `mill`."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.support.accounts import Person
from tests.support.service import GUEST, PAGE, World
from widget.db import Tx
from widget.errors import Invalid
from widget.models import people
from widget.store.people import set_standing

THREAD = f"/thread/blog?{urlencode({'url': PAGE})}"
ONLY = "Only people who sign in with Forge take part here. Please change your account."


@pytest.fixture
async def first(world: World) -> str:
    """A comment on a site that has named `forge`."""
    await world.set_site("blog", providers="forge")
    return str((await world.post())["id"])


async def offered(person: Person) -> list[str]:
    page = await person.open(THREAD)
    return [button.get("title", "") for button in page.all(".//span[@class='icons']/button")]


async def test_form_offers_only_those_who_may_take_part(world: World, person: Person, first: str) -> None:
    assert await offered(person) == ["Forge"]
    shared = (await world.client.get("/embed/blog", params={"url": PAGE})).text
    assert ("/auth/forge/start" in shared, "/auth/mill/start" in shared) == (True, False)
    await world.set_site("blog", providers="")
    assert await offered(person) == ["Forge", "Mill"]


async def test_reader_by_a_named_provider_writes_and_likes(world: World, person: Person, first: str) -> None:
    await person.sign_in("ann", "forge")
    comment = await person.comment()
    await person.like(first)
    rows = (await world.thread())["comments"]
    assert [(row["id"], row["status"], row["likes"]) for row in rows] == [
        (first, "approved", 1),
        (comment, "approved", 0),
    ]


async def test_reader_by_another_is_told_who_may(world: World, person: Person, first: str) -> None:
    await person.sign_in("ann", "mill")
    for form in ({"action": "post", "text": "Mine."}, {"action": "like", "comment": first}):
        await person.open(THREAD)
        page = await person.send(form)
        assert person.answer.status_code == 403
        assert ONLY in page.text(".//body")
    assert [row["likes"] for row in (await world.thread())["comments"]] == [0]


async def test_author_may_still_change_what_was_written_before(world: World, person: Person) -> None:
    await person.sign_in("ann", "mill")
    comment = await person.comment()
    await world.set_site("blog", providers="forge")
    await person.open(THREAD)
    await person.send({"action": "edit", "comment": comment, "text": "Changed."})
    assert person.answer.status_code == 200
    assert [row["html"] for row in (await world.thread())["comments"]] == ["<p>Changed.</p>\n"]


async def test_moderator_takes_part_by_any(world: World, person: Person, first: str) -> None:
    await person.sign_in("bob", "mill")
    await world.db.write(_make_moderators, world)
    comment = await person.comment()
    assert [row["id"] for row in (await world.thread())["comments"]] == [first, comment]


def _make_moderators(tx: Tx, world: World) -> None:
    """Of all who have signed in."""
    for person_id in tx.conn.execute(sa.select(people.c.id).where(people.c.kind == "member")).scalars():
        set_standing(tx, world.blog.id, person_id, role="moderator")


async def test_guests_are_asked_by_their_own_setting(world: World, first: str) -> None:
    body = {"url": PAGE, "text": "By a guest.", "guest": GUEST}
    posted = await world.client.post("/api/v1/blog/comments", json=body)
    assert posted.status_code == 201
    guest = {"Authorization": f"Bearer {posted.headers['palaver-token']}"}
    like = f"/api/v1/blog/comments/{first}/like"
    assert (await world.client.put(like, headers=guest)).status_code == 200
    await world.set_site("blog", guests="off")
    assert (await world.client.delete(like, headers=guest)).status_code == 401


async def test_window_does_not_offer_to_go_on_as_somebody_who_may_not_write(
    world: World, person: Person, first: str
) -> None:
    await person.sign_in("ann", "mill")
    start = {"site": "blog", "url": PAGE}
    person.address = "/auth/forge/start"
    assert "Continue as" not in (await person.send(start)).text(".//body")
    await world.set_site("blog", providers="")
    person.address = "/auth/forge/start"
    assert "Continue as" in (await person.send(start)).text(".//body")


async def test_provider_that_is_not_set_up_is_refused_with_what_there_is(world: World) -> None:
    with pytest.raises(Invalid, match=r"“facebook” is no provider that is set up here; there are: forge, mill\."):
        await world.set_site("blog", providers="forge, facebook")
    with pytest.raises(Invalid, match="“providers” takes names of providers, not “Forge!”"):
        await world.set_site("blog", providers="Forge!")
