"""A look below the service: its statements, and a database in trouble."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from tests.support.service import World


class Statement(NamedTuple):
    sql: str
    parameters: Any


def engine_of(world: World) -> sa.Engine:
    engine = world.db._backend._engine  # nothing but a test has any business there
    found: sa.Engine = getattr(engine, "sync_engine", engine)
    return found


@contextlib.contextmanager
def recorded(world: World) -> Iterator[list[Statement]]:
    """The statements that the service runs meanwhile."""
    statements: list[Statement] = []

    def record(_conn: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not sql.startswith("BEGIN"):
            statements.append(Statement(sql, parameters))

    engine = engine_of(world)
    sa.event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", record)


def file_of(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite:///"))


def remove_database(world: World, database_url: str, request: pytest.FixtureRequest) -> None:
    """Let it be gone while the service runs: a folder stands in the place of SQLite's file."""
    if not database_url.startswith("sqlite"):
        request.getfixturevalue("postgres").drop_database(database_url)
        return
    engine_of(world).dispose()
    file = file_of(database_url)
    for each in file.parent.glob(file.name + "*"):
        each.unlink()
    file.mkdir()


def be_impatient(world: World) -> None:
    """Let the service wait 50 ms for a lock, instead of seconds."""
    setting = {"sqlite": "PRAGMA busy_timeout = 50", "postgresql": "SET LOCAL lock_timeout = 50"}
    engine = engine_of(world)
    sa.event.listen(engine, "begin", lambda conn: conn.exec_driver_sql(setting[engine.dialect.name]))


def keep_in_wal(world: World) -> None:
    """Let what is written to SQLite stay beside the file, as it does until there is enough of it."""
    engine = engine_of(world)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("PRAGMA wal_autocheckpoint = 0"))
