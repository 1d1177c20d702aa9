"""SQLite: the engine as every process of ours uses it, and units of work in threads (`db.py` says what those are)."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

MAX_TOGETHER = 8  # units of work in one transaction: more save less, and readers wait while all are told
T = TypeVar("T")
Work = Callable[[sa.Connection], T]


def sync_engine(url: str, *, busy_timeout: int = 5_000) -> sa.Engine:
    """An SQLite engine as every process of ours uses it. `busy_timeout` is in milliseconds.

    `isolation_level=None` gives us BEGIN: with the driver's default a SELECT opens no transaction and two processes
    lose each other's updates.
    """
    engine = sa.create_engine(
        url,
        connect_args={"isolation_level": None, "check_same_thread": False},
        pool_reset_on_return=None,
        pool_use_lifo=True,  # the writer's last one: what another writes empties a connection's cache of pages
        hide_parameters=True,  # they hold what no log may hold
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={busy_timeout}")
        _use_wal(connection, busy_timeout)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _use_wal(connection: sqlite3.Connection, patience: int) -> None:
    """Of several processes that switch a new file at once, SQLite lets one and tells the others at once that it is
    locked, whatever `busy_timeout` says: each holds what the others wait for. So they ask again, for `patience` ms.
    """
    end = time.monotonic() + patience / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(0.01)
        else:
            return


def _in_transaction(engine: sa.Engine, begin: str, work: Work[T]) -> T:
    with engine.connect() as conn:
        conn.exec_driver_sql(begin)
        try:
            result = work(conn)
        except BaseException:
            conn.rollback()
            raise
        conn.commit()
        return result


class _Unit(NamedTuple):
    work: Work[Any]
    told: asyncio.Future[Any]


class _Outcome(NamedTuple):
    result: Any
    error: Exception | None


class SqliteBackend:
    """One writing thread, several reading ones. WAL lets them not wait for each other.

    What comes to be written while the thread writes shares the next transaction, for a commit, which waits for the
    disk, costs as much as the rest of a post. Each unit has a savepoint, so that what raises is undone alone, and
    nobody is told before the commit.
    """

    def __init__(self, url: str, readers: int, failures: tuple[type[Exception], ...]) -> None:
        self.failures = failures
        self._engine = sync_engine(url)
        self._writer = ThreadPoolExecutor(1, "sqlite-write")
        self._readers = ThreadPoolExecutor(readers, "sqlite-read")
        self._waiting: list[_Unit] = []
        self._writing: asyncio.Task[None] | None = None

    async def read(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, _in_transaction, self._engine, "BEGIN", work)

    async def write(self, work: Work[T]) -> T:
        unit = _Unit(work, asyncio.get_running_loop().create_future())
        self._waiting.append(unit)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        result: T = await unit.told
        return result

    async def _write_waiting(self) -> None:
        while self._waiting:
            units = self._waiting[:MAX_TOGETHER]
            del self._waiting[:MAX_TOGETHER]
            for unit, outcome in zip(units, await self._write([unit.work for unit in units]), strict=True):
                if unit.told.cancelled():
                    continue
                if outcome.error is not None:
                    unit.told.set_exception(outcome.error)
                else:
                    unit.told.set_result(outcome.result)
        self._writing = None

    async def _write(self, works: Sequence[Work[Any]]) -> list[_Outcome]:
        loop, together = asyncio.get_running_loop(), functools.partial(_run_each, works)
        try:
            return await loop.run_in_executor(self._writer, _in_transaction, self._engine, "BEGIN IMMEDIATE", together)
        except Exception as error:
            return [_Outcome(None, error)] * len(works)  # told to all who wait

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()


def _run_each(works: Sequence[Work[Any]], conn: sa.Connection) -> list[_Outcome]:
    if len(works) == 1:
        return [_Outcome(works[0](conn), None)]
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return [_run_under_savepoint(work, conn, driver) for work in works]


def _run_under_savepoint(work: Work[Any], conn: sa.Connection, driver: sqlite3.Connection) -> _Outcome:
    """By the driver itself: `begin_nested` costs as much as two statements, and this is done for each unit."""
    driver.execute("SAVEPOINT unit")
    try:
        result = work(conn)
    except Exception as error:
        if not driver.in_transaction:
            raise  # a full disk, for one, has ended the whole of it (sqlite.org/lang_transaction.html)
        driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")
        return _Outcome(None, error)
    driver.execute("RELEASE unit")
    return _Outcome(result, None)
