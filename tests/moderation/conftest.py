"""Who moderates the blog, with the verbs at hand."""

from __future__ import annotations

import pytest

from tests.moderation.acting import Moderator, actor_of
from tests.support.cast import Cast
from tests.support.service import World
from widget.store import people


@pytest.fixture
async def bob(world: World, cast: Cast) -> Moderator:
    return Moderator(world, await actor_of(world, cast.bob))


@pytest.fixture
async def dora(world: World, cast: Cast) -> Moderator:
    """Moderates the blog, too."""
    actor = await actor_of(world, cast.dora)
    await world.db.write(people.set_standing, world.blog.id, actor.person_id, role="moderator")
    return Moderator(world, actor)


@pytest.fixture
async def olga(world: World, cast: Cast) -> Moderator:
    """Owns the service: the reader Alice, promoted."""
    actor = await actor_of(world, cast.alice)
    await world.db.write(people.set_owner, actor.person_id, owner=True)
    return Moderator(world, actor)
