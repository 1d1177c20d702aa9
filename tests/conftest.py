"""What tests are given: a service on a real database (SQLite and PostgreSQL), a clock, and a cast."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.cast import Cast, make_cast
from tests.support.postgres import Postgres, running_postgres
from tests.support.redis import RedisServer, running_redis
from tests.support.service import Clock, World, open_world
from widget import live
from widget.migrate import migrate


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        server.make_template(migrate)
        yield server


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "palaver.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    file = tmp_path / "palaver.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database of either kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    """The service with the sites `blog` and `shop`, reached without a network."""
    async with open_world(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def cast(world: World) -> Cast:
    """alice (author), bob (moderator), charlie (moderator of another site), eve (banned), a guest, nobody."""
    return await make_cast(world)


@pytest.fixture
def not_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told is told because of an event."""
    monkeypatch.setattr(live, "PAUSE", 3_600.0)


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service looks for itself all the time."""
    monkeypatch.setattr(live, "PAUSE", 0.05)
