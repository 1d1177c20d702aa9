"""A place in a unit of work where it waits, on either database, until a test lets it go on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable

import asyncpg

from tests.support.commands import PATIENCE
from widget.db import Tx

LOCK = 4_711


class Gate:
    def __init__(self, wait: Callable[[Tx], object], release: Callable[[], object]) -> None:
        self._wait = wait
        self._release = release
        self._loop = asyncio.get_running_loop()
        self.reached = asyncio.Event()

    def pass_through(self, tx: Tx) -> None:
        """In the unit of work, which may run in a thread."""
        self._loop.call_soon_threadsafe(self.reached.set)
        self._wait(tx)

    async def open(self) -> None:
        released = self._release()
        if asyncio.iscoroutine(released):
            await released


@contextlib.asynccontextmanager
async def closed_gate(database_url: str) -> AsyncIterator[Gate]:
    """A thread waits for an event of ours; where there is no thread, the statement for a lock that we have."""
    if database_url.startswith("sqlite"):
        event = threading.Event()
        yield Gate(lambda _tx: event.wait(PATIENCE), event.set)
        event.set()
        return
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"SELECT pg_advisory_lock({LOCK})")

    def wait(tx: Tx) -> None:
        tx.conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")

    yield Gate(wait, lambda: connection.execute(f"SELECT pg_advisory_unlock({LOCK})"))
    await connection.close()
