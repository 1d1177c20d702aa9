"""What is to be written at once to SQLite shares a transaction, and nobody notices but the disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from widget.db import Database, Tx, open_database
from widget.errors import Invalid
from widget.sqlite import MAX_TOGETHER

CONFLICT = "INSERT OR ROLLBACK INTO note VALUES ('first')"  # ends the transaction, as a full disk would


class Notes:
    """A table of texts, no two of which are the same."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.commits = 0
        self._writing, self._go_on = threading.Event(), threading.Event()

    async def add(self, text: str, *, error: Exception | None = None, sql: str = "INSERT INTO note VALUES (?)") -> str:
        def work(tx: Tx) -> str:
            tx.conn.exec_driver_sql(sql, (text,) if "?" in sql else ())
            if error is not None:
                raise error
            return text.upper()

        return await self._database.write(work)

    async def all(self) -> list[str]:
        def work(tx: Tx) -> list[str]:
            return [text for (text,) in tx.conn.exec_driver_sql("SELECT text FROM note ORDER BY rowid")]

        return await self._database.read(work)

    async def together(self, *adding: Awaitable[str]) -> list[Any]:
        """What came of them, who all had to wait for the same transaction to end."""
        busy = asyncio.create_task(self._database.write(self._wait))
        await asyncio.to_thread(self._writing.wait)
        waiting = [asyncio.ensure_future(one) for one in adding]
        await asyncio.sleep(0)
        self.commits = 0
        self._go_on.set()
        await busy
        return await asyncio.gather(*waiting, return_exceptions=True)

    def _wait(self, _tx: Tx) -> None:
        self._writing.set()
        self._go_on.wait()


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Notes]:
    database = open_database(f"sqlite:///{tmp_path / 'notes.db'}")
    await database.write(lambda tx: tx.conn.exec_driver_sql("CREATE TABLE note (text TEXT PRIMARY KEY)"))
    notes = Notes(database)
    engine: sa.Engine = database._backend._engine  # type: ignore[attr-defined]

    def count(_conn: sa.Connection) -> None:
        notes.commits += 1

    sa.event.listen(engine, "commit", count)
    yield notes
    await database.close()


async def test_writers_who_wait_share_a_commit(notes: Notes) -> None:
    told = await notes.together(*(notes.add(f"note {number}") for number in range(MAX_TOGETHER)))
    assert told == [f"NOTE {number}" for number in range(MAX_TOGETHER)]
    assert notes.commits == 2  # the one waited for, and theirs
    assert await notes.all() == [f"note {number}" for number in range(MAX_TOGETHER)]


async def test_very_many_writers_need_a_few_commits(notes: Notes) -> None:
    await notes.together(*(notes.add(f"note {number}") for number in range(5 * MAX_TOGETHER + 1)))
    assert notes.commits == 1 + 6
    assert len(await notes.all()) == 5 * MAX_TOGETHER + 1


async def test_one_who_is_refused_is_undone_alone(notes: Notes) -> None:
    refused = Invalid("No.")
    told = await notes.together(
        notes.add("first"), notes.add("second", error=refused), notes.add("third"), notes.add("first")
    )
    assert [told[0], told[1], told[2]] == ["FIRST", refused, "THIRD"]
    assert isinstance(told[3], sa.exc.IntegrityError)
    assert await notes.all() == ["first", "third"]
    assert await notes.add("second") == "SECOND"


async def test_all_are_told_where_the_whole_transaction_is_lost(notes: Notes) -> None:
    told = await notes.together(notes.add("first"), notes.add("", sql=CONFLICT), notes.add("third"))
    assert [type(error) for error in told] == [sa.exc.IntegrityError] * 3
    assert await notes.all() == []
    assert await notes.add("fourth") == "FOURTH"


async def test_who_stops_waiting_takes_nobody_along(notes: Notes) -> None:
    leaving = asyncio.ensure_future(notes.add("first"))

    async def leave() -> str:
        leaving.cancel()
        return ""

    assert (await notes.together(leaving, leave(), notes.add("second")))[2] == "SECOND"
    assert "second" in await notes.all()
