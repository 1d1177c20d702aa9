"""Both sites hold what is written; bob moderates blog, charlie shop, and olga owns the service."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member, add_member
from tests.support.service import World


@pytest.fixture
async def bob(world: World) -> Member:
    await world.set_site("blog", hold="all")
    return await add_member(world, "Bob", world.blog)


@pytest.fixture
async def charlie(world: World) -> Member:
    await world.set_site("shop", hold="all")
    return await add_member(world, "Charlie", world.shop)


@pytest.fixture
async def olga(world: World) -> Member:
    return await add_member(world, "Olga", owner=True)
