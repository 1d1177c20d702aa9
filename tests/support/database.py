"""A look below the service: its statements, and a database in trouble."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

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


def be_impatient(world: World) -> None:
    """Let the service wait 50 ms for a lock, instead of seconds."""
    setting = {"sqlite": "PRAGMA busy_timeout = 50", "postgresql": "SET LOCAL lock_timeout = 50"}
    engine = engine_of(world)
    sa.event.listen(engine, "begin", lambda conn: conn.exec_driver_sql(setting[engine.dialect.name]))
