"""Who has a role on a site: given by the owner, shown as a badge, and good for that site alone."""

from __future__ import annotations

import pytest

from auth.tokens import hash_token
from tests.support.cast import Cast, token_of
from tests.support.service import PAGE, World
from widget import ids, people_verbs
from widget.errors import Invalid, NotFound
from widget.store import sessions


async def listed(world: World, site: str = "blog", name: str = "") -> list[tuple[str, str, int]]:
    found = await people_verbs.list_members(world.db, site, name)
    return [(member.name, member.role, member.comments) for member in found]


async def test_owner_sees_who_wrote_or_has_a_role(world: World, cast: Cast) -> None:
    for text in ("One.", "Two."):
        await world.post(text, headers=cast.dora)
    await world.post("Three.", headers=cast.alice)
    await world.post("As a guest.")
    assert await listed(world) == [("Dora", "reader", 2), ("Alice", "reader", 1), ("Bob", "moderator", 0)]
    assert await listed(world, name="OR") == [("Dora", "reader", 2)]
    assert await listed(world, name="%") == []
    assert await listed(world, "shop") == [("Charlie", "moderator", 0)]


async def test_author_gets_a_badge_everywhere_on_the_site_at_once(world: World, cast: Cast) -> None:
    await world.post("Mine.", headers=cast.alice)
    address = f"/embed/blog?url={PAGE}"
    assert "Author</span>" not in (await world.client.get(address)).text
    [alice, _] = await people_verbs.list_members(world.db, "blog")
    assert await people_verbs.set_role(world.db, "blog", ids.encode(alice.id), "author") == "Alice"
    assert '<span class="role">Author</span>' in (await world.client.get(address)).text
    assert (await world.thread())["comments"][0]["author"]["role"] == "author"
    await people_verbs.set_role(world.db, "blog", ids.encode(alice.id), "reader")
    assert "Author</span>" not in (await world.client.get(address)).text


async def test_site_calls_its_staff_as_it_likes(world: World, cast: Cast) -> None:
    await world.post("Mine.", headers=cast.bob)
    address = f"/embed/blog?url={PAGE}"
    await world.set_site("blog", badge_moderator="<Editor>")
    assert '<span class="role">&lt;Editor&gt;</span>' in (await world.client.get(address)).text
    assert (await world.thread())["comments"][0]["author"]["role"] == "moderator"
    await world.set_site("blog", badge_moderator="")
    assert 'class="role"' not in (await world.client.get(address)).text
    with pytest.raises(Invalid, match="up to 30 characters"):
        await world.set_site("blog", badge_moderator="x" * 31)


async def test_author_moderates_nothing(world: World, cast: Cast) -> None:
    await world.post("Mine.", headers=cast.alice)
    [alice, _] = await people_verbs.list_members(world.db, "blog")
    await people_verbs.set_role(world.db, "blog", ids.encode(alice.id), "author")
    other = await world.post("Another's.", headers=cast.dora)
    answer = await world.client.delete(f"/api/v1/blog/comments/{other['id']}", headers=cast.alice)
    assert answer.status_code == 403


async def test_role_keeps_a_ban(world: World, cast: Cast) -> None:
    session = await world.db.read(sessions.get_session, hash_token(token_of(cast.eve)), world.clock())
    await people_verbs.set_role(world.db, "blog", ids.encode(session.person_id), "author")
    assert await listed(world) == [("Bob", "moderator", 0), ("Eve", "author", 0)]
    body = {"url": PAGE, "text": "Again."}
    answer = await world.client.post("/api/v1/blog/comments", json=body, headers=cast.eve)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "banned")


@pytest.mark.parametrize("role", ["", "admin", "Moderator"])
async def test_role_that_is_none_is_refused(world: World, cast: Cast, role: str) -> None:
    [bob] = await people_verbs.list_members(world.db, "blog")
    with pytest.raises(Invalid, match="reader, author, moderator, owner"):
        await people_verbs.set_role(world.db, "blog", ids.encode(bob.id), role)


async def test_role_is_for_people_who_can_be_known_again(world: World) -> None:
    await world.post("As a guest.")
    with pytest.raises(NotFound):
        await people_verbs.set_role(world.db, "blog", "0" * 13, "author")
    with pytest.raises(NotFound):
        await people_verbs.set_role(world.db, "nowhere", "0" * 13, "author")
    with pytest.raises(NotFound):
        await people_verbs.list_members(world.db, "nowhere")
