"""What a backup holds comes back, on either database, and nothing else is touched where it cannot."""

from __future__ import annotations

import asyncio
import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command

from tests.backup.conftest import NOW
from tests.support.service import World
from tests.test_migrations import config_of, within
from widget.backup.archive import MANIFEST
from widget.backup.kinds import copying
from widget.backup.making import Made, back_up
from widget.backup.restoring import check, restore
from widget.db import open_database
from widget.errors import Conflict, Invalid, NotFound, PalaverError, Unavailable
from widget.transfer.exports import open_export

Make = Callable[[], Made]


async def exported(url: str, site: str) -> bytes:
    """All that a site has."""
    db = open_database(url)
    try:
        _, parts = await open_export(db, site)
        return b"".join([part async for part in parts])
    finally:
        await db.close()


def contents(url: str) -> Any:
    return copying(url).contents(url)


def rewritten(made: Made, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The same backup with another member."""
    file = made.file.with_name("rewritten.zip")
    with zipfile.ZipFile(made.file) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == member else old.read(name))
    return file


def forged(made: Made, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The same with another database, and a manifest to match."""
    with zipfile.ZipFile(made.file) as archive:
        data = change(archive.read(member))
    summed = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    file = with_manifest(made, **summed)
    return rewritten(made._replace(file=file.rename(file.with_name("summed.zip"))), member, change)


def with_manifest(made: Made, **changes: Any) -> Path:
    return rewritten(made, MANIFEST, lambda data: msgspec.json.encode({**msgspec.json.decode(data), **changes}))


async def test_restored_site_is_the_one_that_was_backed_up(
    world: World, database_url: str, make: Make, empty_url: str
) -> None:
    bread = await world.post("Bread.")
    await world.post("With salt.", parent_id=bread["id"])
    made = await asyncio.to_thread(make)
    assert made.manifest.counts["comments"] == 2
    assert made.file.stat().st_mode & 0o777 == 0o600
    await world.post("Too late for it.")
    await asyncio.to_thread(check, made.file, database_url)
    await asyncio.to_thread(restore, made.file, empty_url)
    restored = await exported(empty_url, "blog")
    assert b"With salt." in restored
    assert b"Too late" not in restored
    await asyncio.to_thread(restore, made.file, database_url, replace=True)
    assert await exported(database_url, "blog") == restored


def test_backup_of_an_older_version_is_brought_up_to_date(empty_url: str, folder: Path, database_url: str) -> None:
    def upgrade(conn: sa.Connection) -> None:
        command.upgrade(config_of(conn), "0003")
        conn.exec_driver_sql("INSERT INTO sites (id, name, origins) VALUES (1, 'blog', '[]')")

    within(empty_url, upgrade)
    made = back_up(empty_url, folder, None, NOW)
    assert made.manifest.schema == "0003"
    restore(made.file, database_url)  # into one that is migrated already, and has no rows
    newest = contents(database_url)
    assert newest.schema > "0003"
    assert newest.counts["sites"] == 1


async def test_full_database_is_replaced_only_when_that_is_said(world: World, database_url: str, make: Make) -> None:
    made = await asyncio.to_thread(make)
    with pytest.raises(Conflict, match="not empty"):
        await asyncio.to_thread(restore, made.file, database_url)


async def test_restore_that_fails_half_way_leaves_all_as_it_was(world: World, database_url: str, make: Make) -> None:
    await world.post("Bread.")
    made = await asyncio.to_thread(make)
    await world.post("More bread.")
    before = await exported(database_url, "blog")
    lying = with_manifest(made, counts={**made.manifest.counts, "comments": 7})
    with pytest.raises(Invalid, match="1 rows of comments instead of 7"):
        await asyncio.to_thread(restore, lying, database_url, replace=True)
    assert await exported(database_url, "blog") == before


def damaged(made: Made) -> dict[str, Path]:
    whole = made.file.read_bytes()
    files = {
        "cut": whole[:-200],
        "bent": whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :],
        "other": b"Dear diary, " * 100,
        "empty": b"",
    }
    for name, data in files.items():
        made.file.with_name(name).write_bytes(data)
    return {name: made.file.with_name(name) for name in files}


def test_damaged_backup_is_refused_with_a_sentence(make: Make, database_url: str) -> None:
    made = make()
    for file in damaged(made).values():
        with pytest.raises(Invalid, match="damaged"):
            check(file, database_url)
    with pytest.raises(Invalid, match="No such file"):
        check(made.file.with_name("none"), database_url)
    [member] = {"palaver.db", "palaver.dump"} & set(zipfile.ZipFile(made.file).namelist())
    with pytest.raises(Invalid, match="not the one that was written"):
        check(rewritten(made, member, lambda data: data[:-1]), database_url)
    with pytest.raises(Invalid, match="The database in the backup"):
        check(forged(made, member, lambda data: data[: len(data) // 2]), database_url)


def test_backup_that_is_not_for_here_is_refused(sqlite_url: str, folder: Path, tmp_path: Path) -> None:
    made = back_up(sqlite_url, folder, None, NOW)
    with pytest.raises(Conflict, match="The backup is of PostgreSQL, and database_url names SQLite"):
        check(with_manifest(made, database="postgresql"), sqlite_url)
    with pytest.raises(Conflict, match="newer version"):
        check(with_manifest(made, format=2, later={}), sqlite_url)
    within(sqlite_url, lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    newer, other = back_up(sqlite_url, folder, None, NOW), f"sqlite:///{tmp_path / 'other.db'}"
    for attempt in (check, restore):
        with pytest.raises(Conflict, match="newer version"):
            attempt(newer.file, other)
    assert contents(other).counts == {}


def test_nothing_is_backed_up_where_there_is_nothing(folder: Path, tmp_path: Path) -> None:
    empty_url = f"sqlite:///{tmp_path / 'other.db'}"
    with pytest.raises(NotFound, match="no database"):
        back_up(empty_url, folder, None, NOW)
    assert not list(folder.glob("*.zip"))
    assert contents(empty_url).counts == {}, "and none is made"


def test_missing_program_is_named(postgres: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.create_database()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="pg_dump is missing: install"):
        back_up(url, folder, None, NOW)
    assert [path.name for path in folder.iterdir()] == [".palaver-backup.lock"]
    postgres.drop_database(url)


def test_password_is_on_no_command_line(
    postgres: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create_database().replace("palaver@", "palaver:hid%2Fden@")
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\necho "$PGPASSWORD" >> {tmp_path}/told\nexit 3\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(PalaverError, match=r"pg_dump failed: exit code 3\."):
        back_up(url, folder, None, NOW)
    arguments, password = (tmp_path / "told").read_text().splitlines()
    assert (password, "hid" in arguments) == ("hid/den", False)
    postgres.drop_database(url)


def test_role_that_may_make_no_database_is_told_so(postgres: Any, folder: Path) -> None:
    url = postgres.create_database()
    postgres._run("CREATE ROLE small LOGIN")
    made = back_up(url, folder, None, NOW)
    with pytest.raises(Conflict, match="the server makes none: permission denied to create database"):
        check(made.file, url.replace("palaver@", "small@"))
    postgres.drop_database(url)
