"""Somewhere to put backups, and a second database to bring them back into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from widget.backup.making import Made, back_up

NOW = datetime(2026, 5, 17, 4, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def make(database_url: str, folder: Path) -> Callable[[], Made]:
    return lambda: back_up(database_url, folder, None, NOW)


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the same kind that has nothing yet."""
    if database_url.startswith("sqlite:"):
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database(empty=True)
    yield url
    server.drop_database(url)
