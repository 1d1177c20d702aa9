"""Moderators as tests use them: the verbs, and what is written down of them."""

from __future__ import annotations

from typing import Any

from auth.tokens import hash_token
from tests.support.cast import Headers, token_of
from tests.support.service import World
from widget import ids, pages
from widget.core import Actor, Core
from widget.moderation.deciding import Choice, Decided, decide
from widget.moderation.undoing import Undone, undo
from widget.store import actions, people, sessions
from widget.store.actions import Action
from widget.store.comments import Comment, get_comment
from widget.store.people import Person

KEY = "url:blog.example/posts/bread"  # of PAGE
Posted = dict[str, Any]  # a comment as JSON


async def actor_of(world: World, who: Headers) -> Actor:
    session = await world.db.read(sessions.get_session, hash_token(token_of(who)), world.clock())
    return Actor(session.person_id, "demo", "")


class Moderator:
    """Somebody who has the verbs at hand; whether they may use them, the verbs say."""

    def __init__(self, world: World, actor: Actor) -> None:
        self.world, self.actor = world, actor

    @property
    def core(self) -> Core:
        self.world.clock.pass_seconds(0.001)  # lines of one millisecond are in no order
        return self.world.app.service.core

    async def decide(self, verb: str, *posted: Posted, seen: str = "", reason: str = "") -> Decided:
        """`seen` is the status that was seen of each; "" for whatever it is."""
        choices = [Choice(comment["id"], seen) for comment in posted]
        return await decide(self.core, self.world.blog, self.actor, choices, verb, reason)

    async def lock(self, *, locked: bool, key: str = KEY) -> str | None:
        return await pages.lock(self.core, self.world.blog, self.actor, key, locked=locked)

    async def undo(self, batch: str | None) -> Undone:
        assert batch is not None
        return await undo(self.core, self.world.blog, self.actor, batch)


async def statuses(world: World, *posted: Posted) -> list[str]:
    return [(await row_of(world, comment)).status for comment in posted]


async def row_of(world: World, posted: Posted) -> Comment:
    found: Comment = await world.db.read(get_comment, world.blog.id, ids.decode(posted["id"]))
    return found


async def person_of(world: World, person_id: int | None) -> Person:
    found: Person = await world.db.read(people.get_person, world.blog.id, person_id)
    return found


async def log(world: World) -> list[Action]:
    """All of the blog, the newest first."""
    found: list[Action] = await world.db.read(actions.list_actions, world.blog.id, 1 << 62, 1000)
    return found
