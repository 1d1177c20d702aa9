"""Two processes of the service, and one import that an owner asked for: one of them does it, once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.rows import rows_of
from tests.support.service import HOME, World
from tests.support.wxr import export, item, told
from widget import ids
from widget.db import Database, open_database
from widget.store import imports as store
from widget.store.imports import Import
from widget.transfer.files import Files
from widget.transfer.working import SILENT, Importer


@pytest.fixture
async def processes(world: World, database_url: str, tmp_path: Path) -> AsyncIterator[list[Importer]]:
    """Each with connections of its own, and a folder that the service of `world` does not look into."""
    databases = [open_database(database_url, clock=world.clock) for _ in range(2)]
    cores = [dataclasses.replace(world.app.service.core, db=database) for database in databases]
    yield [Importer(core, Files(tmp_path / "shared"), HOME) for core in cores]
    for database in databases:
        await database.close()


async def ask_for(world: World, importer: Importer) -> None:
    """What `/admin` leaves when an owner said “Import”."""
    importer.files.make_folder()
    import_id = ids.new_id(world.clock())
    importer.files.path(world.blog.id, import_id).write_bytes(export(item(told(1), told(2, parent=1))))
    await world.db.write(store.add_import, world.blog.id, import_id, None, "export.xml")
    (found,) = await world.db.read(store.list_imports, world.blog.id, 1)
    assert await world.db.write(store.set_import, found, {"state": "importing"})


async def claim_at_once(processes: list[Importer], monkeypatch: pytest.MonkeyPatch) -> list[Import | None]:
    """Each has found what is to be done before the first says that it does it."""
    both_found = asyncio.Barrier(len(processes))

    async def read(self: Database, work: Any, /, *args: Any) -> Any:
        found = await plain_read(self, work, *args)
        if work is store.list_in:
            await both_found.wait()
        return found

    plain_read = Database.read
    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", read)
        async with asyncio.timeout(60):
            return await asyncio.gather(*(process._claim() for process in processes))


async def test_of_two_processes_one_does_an_import(
    world: World, processes: list[Importer], monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_for(world, processes[0])
    claims = await claim_at_once(processes, monkeypatch)
    claimed = [(process, found) for process, found in zip(processes, claims, strict=True) if found]
    assert len(claimed) == 1
    for process, found in claimed:
        assert await processes[0]._claim() is await processes[1]._claim() is None  # somebody is at work on it
        await process._work(found)
    assert len((await rows_of(world, world.blog)).comments) == 2
    (ended,) = await world.db.read(store.list_imports, world.blog.id, 1)
    assert ended.state == "done"


async def test_import_of_a_process_that_fell_silent_is_taken_over_once(
    world: World, processes: list[Importer], monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_for(world, processes[0])
    assert await processes[0]._claim() is not None
    world.clock.pass_seconds(SILENT / 1_000 + 1)
    claims = await claim_at_once(processes, monkeypatch)
    assert len([found for found in claims if found]) == 1
