"""What orchestrators ask: does the process live, and may it get readers?"""

from __future__ import annotations

import pytest

from tests.support.database import engine_of, file_of, remove_database
from tests.support.service import Clock, World, open_world


async def test_both_answer_while_all_is_well(world: World) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await world.client.get(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert (await world.client.head(path)).status_code == 200


async def test_both_answer_to_any_host_and_set_no_cookie(world: World) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await world.client.get(path, headers={"Host": "10.0.0.7:8000"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers


async def test_process_without_its_database_lives_and_gets_no_readers(
    world: World, database_url: str, request: pytest.FixtureRequest
) -> None:
    remove_database(world, database_url, request)
    assert (await world.client.get("/healthz")).status_code == 200
    ready = await world.client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "the database does not answer\n")
    assert ready.headers["cache-control"] == "no-store"


async def test_file_that_is_damaged_gets_no_readers(sqlite_url: str, clock: Clock) -> None:
    """To connect says nothing: something is read."""
    async with open_world(sqlite_url, clock) as world:
        engine_of(world).dispose()
        file_of(sqlite_url).write_bytes(b"Dear diary, " * 1_000)
        assert (await world.client.get("/readyz")).status_code == 503


async def test_file_that_comes_back_gets_readers_again(sqlite_url: str, clock: Clock) -> None:
    async with open_world(sqlite_url, clock) as world:
        engine_of(world).dispose()
        file = file_of(sqlite_url)
        away = file.rename(file.with_name("away.db"))
        file.mkdir()
        assert (await world.client.get("/readyz")).status_code == 503
        file.rmdir()
        away.rename(file)
        assert (await world.client.get("/readyz")).status_code == 200
