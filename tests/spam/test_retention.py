"""Addresses are kept for the days that the site says, and then forgotten without anybody's doing."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.spam.test_screening import row_of
from tests.support.service import World
from widget import retention

DAY = 86_400


async def test_address_is_forgotten_after_the_days_that_the_site_says(world: World) -> None:
    await world.set_site("blog", address_days="7")
    core = world.app.service.core
    old = await world.post("Old.")
    hashed = (await row_of(world, old["id"])).address_hash
    world.clock.pass_seconds(DAY)
    new = await world.post("New.")
    world.clock.pass_seconds(6 * DAY - 1)
    assert await retention.forget(core) == 0
    world.clock.pass_seconds(2)
    assert await retention.forget(core) == 1
    row = await row_of(world, old["id"])
    assert (row.address, row.address_hash) == (None, hashed)
    assert (await row_of(world, new["id"])).address == "127.0.0.1"


async def test_more_than_fit_into_one_unit_of_work_are_forgotten_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        await world.post(f"Comment {number}.")
    world.clock.pass_seconds(31 * DAY)
    assert await retention.forget(world.app.service.core) == 5
    assert await retention.forget(world.app.service.core) == 0


async def test_forgetting_runs_by_itself(world: World) -> None:
    posted = await world.post()
    world.clock.pass_seconds(31 * DAY)
    forgetting = asyncio.create_task(retention.keep_forgetting(world.app.service.core, first=0, every=0.01))
    async with asyncio.timeout(20):
        while (await row_of(world, posted["id"])).address is not None:
            await asyncio.sleep(0)  # the condition is the answer
    forgetting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await forgetting
