"""The people in the tests."""

from __future__ import annotations

from typing import NamedTuple

from auth.sessions import frame_cookie_name, new_frame_session
from auth.tokens import hash_token
from tests.support.service import World
from widget import pages
from widget.core import Actor
from widget.db import Tx
from widget.store import people, sessions
from widget.store.sites import Site

Headers = dict[str, str]


class Cast(NamedTuple):
    """Request headers of each: a bearer token for the site `blog`, or nothing."""

    alice: Headers  # writes
    bob: Headers  # moderates blog
    charlie: Headers  # moderates shop, and has an ordinary session at blog
    eve: Headers  # is banned from blog
    dora: Headers  # another reader
    guest: Headers  # has a guest's session
    nobody: Headers


async def make_cast(world: World) -> Cast:
    def add(tx: Tx) -> Cast:
        def member(name: str, kind: str = "member") -> tuple[int, Headers]:
            person_id = people.add_person(tx, kind, name, "", f"{name.lower()}@example.org")
            return person_id, _session(tx, person_id, world.blog, "demo" if kind == "member" else "")

        _, alice = member("Alice")
        bob_id, bob = member("Bob")
        charlie_id, charlie = member("Charlie")
        eve_id, eve = member("Eve")
        _, dora = member("Dora")
        _, guest = member("Gwen", "guest")
        people.set_standing(tx, world.blog.id, bob_id, role="moderator")
        people.set_standing(tx, world.shop.id, charlie_id, role="moderator")
        people.set_standing(tx, world.blog.id, eve_id, banned_until=tx.now + 10**12)
        return Cast(alice, bob, charlie, eve, dora, guest, {})

    cast: Cast = await world.db.write(add)
    return cast


def _session(tx: Tx, person_id: int, site: Site, provider: str) -> Headers:
    token, row = new_frame_session(person_id, site.id, provider, tx.now)
    sessions.add_session(tx, row)
    return {"Authorization": f"Bearer {token}"}


async def close_page(world: World, cast: Cast, page_key: str) -> None:
    """Bob closes a page."""
    token = hash_token(token_of(cast.bob))
    session = await world.db.read(sessions.get_session, token, world.clock())
    await pages.lock(world.app.service.core, world.blog, Actor(session.person_id, "demo", ""), page_key, locked=True)


def token_of(headers: Headers) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


def cookie_of(world: World, headers: Headers) -> dict[str, str]:
    """The same session as a frame's cookie; nothing for nobody."""
    return {frame_cookie_name(world.blog.id): token_of(headers)} if headers else {}
