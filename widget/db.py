"""The database: units of work, in one transaction each, on SQLite or PostgreSQL.

A unit of work is a plain function `def _post(tx, …)`. On SQLite it runs in a thread (`sqlite.py`), on PostgreSQL
through `run_sync` on asyncpg, so there is one code path. Returning commits, raising rolls back.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from widget.errors import Unavailable
from widget.events import Event
from widget.sqlite import SqliteBackend

logger = logging.getLogger("palaver.db")
P = ParamSpec("P")
T = TypeVar("T")


class Tx(NamedTuple):
    """What a unit of work has: a connection inside its transaction, the time (Unix ms), and events to tell."""

    conn: sa.Connection
    now: int
    events: list[Event]


Work = Callable[Concatenate[Tx, P], T]
Clock = Callable[[], int]
Subscriber = Callable[[Event], None]


def unix_ms() -> int:
    return time.time_ns() // 1_000_000


class Backend(Protocol):
    """Runs a function with a connection inside a transaction. `failures` are what the driver may raise."""

    failures: tuple[type[Exception], ...]

    async def read(self, work: Callable[[sa.Connection], T]) -> T: ...
    async def write(self, work: Callable[[sa.Connection], T]) -> T: ...
    async def close(self) -> None: ...


class Database:
    def __init__(self, backend: Backend, clock: Clock = unix_ms) -> None:
        self._backend = backend
        self._subscribers: list[Subscriber] = []
        self._writes: set[asyncio.Task[Any]] = set()
        self.now = clock

    def subscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.append(subscriber)

    async def read(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work that only reads, on one consistent snapshot. Raises `Unavailable`."""
        now = self.now()
        try:
            return await self._backend.read(lambda conn: work(Tx(conn, now, []), *args, **kwargs))
        except self._backend.failures as error:
            raise _told(error) from error

    async def write(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit of work, commit, then tell its events. A cancelled caller does not stop it half-way.

        Raises `Unavailable` where the database is busy, read-only or gone.
        """
        task = asyncio.create_task(self._write(lambda tx: work(tx, *args, **kwargs)))
        self._writes.add(task)  # the loop itself keeps only weak references to tasks
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def _write(self, work: Callable[[Tx], T]) -> T:
        events: list[Event] = []
        now = self.now()
        try:
            result = await self._backend.write(lambda conn: work(Tx(conn, now, events)))
        except self._backend.failures as error:
            raise _told(error) from error
        for event in events:
            for subscriber in self._subscribers:
                subscriber(event)
        return result

    async def close(self) -> None:
        if self._writes:
            await asyncio.gather(*self._writes, return_exceptions=True)
        await self._backend.close()


# 42P01: a backup that comes back takes tables away for a moment
_PASSING = ("08", "25006", "28", "3D", "40", "42P01", "53", "55P03", "57", "58", "XX")
_MISTAKES = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError, sa.exc.NotSupportedError)


def failures_of(url: str) -> tuple[type[Exception], ...]:
    """What may be raised because of the database's state, or of a mistake of ours: `is_unavailable` tells which."""
    if url.startswith("sqlite:"):
        return (sa.exc.DatabaseError,)
    import asyncpg  # noqa: PLC0415  (SQLite needs no driver)

    passed_on = (OSError, asyncpg.PostgresError)  # by SQLAlchemy, while the driver connects
    return (sa.exc.DBAPIError, sa.exc.TimeoutError, *passed_on)


def is_unavailable(error: Exception) -> bool:
    """Whether it is the database's state and no mistake of ours: by SQLSTATE (PostgreSQL, appendix A) or class."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if state:
        return str(state).startswith(_PASSING)
    if isinstance(error, sa.exc.InterfaceError):
        return error.connection_invalidated
    return not isinstance(error, _MISTAKES)


def reason_of(error: Exception) -> str:
    """What the driver says, in one line."""
    return next(iter(str(getattr(error, "orig", error)).splitlines()), "")


def _told(error: Exception) -> Exception:
    if not is_unavailable(error):
        return error
    logger.error("the database did not answer: %s", reason_of(error))
    return Unavailable(
        "The comments cannot be saved or read right now. Nothing you wrote is lost: please try again in a moment.",
        code="database_unavailable",
        retry_after=5,
    )


def open_database(url: str, *, clock: Clock = unix_ms, readers: int = 4) -> Database:
    """Open `sqlite:///file` or `postgresql://…`."""
    if url.startswith("sqlite:"):
        return Database(SqliteBackend(url, readers, failures_of(url)), clock)
    return Database(PostgresBackend(url), clock)


def postgres_url(url: str) -> sa.URL:
    """SQLAlchemy takes a bare `postgresql://` for another driver."""
    return make_url(url).set(drivername="postgresql+asyncpg")


class PostgresBackend:
    def __init__(self, url: str) -> None:
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  (it loads the whole ORM)

        self.failures = failures_of(url)
        self._engine = create_async_engine(
            postgres_url(url),
            pool_size=10,
            max_overflow=10,
            pool_timeout=10,
            pool_use_lifo=True,  # few connections have all statements prepared, and not all of them some
            hide_parameters=True,
        )
        sa.event.listen(self._engine.sync_engine, "connect", _set_lock_timeout)

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        async with self._engine.connect() as conn:
            await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with conn.begin():
                return await conn.run_sync(work)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        async with self._engine.begin() as conn:
            return await conn.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


def _set_lock_timeout(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    """As long as SQLite waits. By SET, because poolers refuse it among the parameters of a new connection."""
    cursor = connection.cursor()
    cursor.execute("SET lock_timeout = '5s'")
    cursor.close()
    connection.commit()


def add_unless_there(tx: Tx, table: sa.Table, values: dict[str, Any], *, index: Sequence[str] | None = None) -> bool:
    """INSERT … ON CONFLICT DO NOTHING; whether a row was added.

    A caught unique error without a savepoint would abort a PostgreSQL transaction. `index` names the columns of the
    unique index that may clash (any, when left out).
    """
    insert = _insert_unless_there(tx.conn.dialect.name, table, tuple(index) if index else None)
    return tx.conn.execute(insert, values).rowcount == 1


def add_all_unless_there(
    tx: Tx, table: sa.Table, rows: list[dict[str, Any]], *, index: Sequence[str] | None = None
) -> None:
    """The same for many rows, all of the same columns, in one go."""
    if rows:
        tx.conn.execute(_insert_unless_there(tx.conn.dialect.name, table, tuple(index) if index else None), rows)


@functools.cache
def _insert_unless_there(dialect: str, table: sa.Table, index: tuple[str, ...] | None) -> sa.Insert:
    """Built once: building a statement anew costs more than running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=index)
