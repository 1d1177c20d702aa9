"""Trying a backup, and bringing it back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from widget.backup.archive import Archive, Manifest, open_archive
from widget.backup.kinds import NAMES, copying, kind_of
from widget.backup.making import list_backups
from widget.db import open_database
from widget.errors import Conflict, Invalid, NotFound
from widget.migrate import migrate
from widget.store.copies import Contents, Copying, begin_versions


def check(file: Path, database_url: str) -> Manifest:
    """Bring a backup back into a database that is thrown away, as far as to the newest migration.

    That is a temporary file, or a new database on the server of `database_url`. Raises `Invalid` where the backup is
    damaged, `Conflict` where it is of a newer version or of another kind of database.
    """
    with open_archive(file) as archive:
        database = _database(archive, database_url)
        with database.scratch(database_url) as place:
            _fill(archive, database, place)
        return archive.manifest


def restore(file: Path, database_url: str, *, replace: bool = False) -> Manifest:
    """Bring a backup back, up to the newest migration; all is as it was where that fails.

    Raises as `check`, and `Conflict` where the database is not empty, unless it is to be replaced.
    """
    with open_archive(file) as archive:
        database = _database(archive, database_url)
        if not replace and not database.contents(database_url).is_empty:
            raise Conflict(
                "The database is not empty. What is in it is lost with --replace; back it up first.", code="not_empty"
            )
        with database.replacing(database_url) as place:
            _fill(archive, database, place)
            asyncio.run(_begin_versions(place))
        return archive.manifest


def newest_in(folder: Path) -> Path:
    """Raises `NotFound`."""
    backups = list_backups(folder)
    if not backups:
        raise NotFound(f"There is no backup in {folder}.", code="no_backup")
    return backups[max(backups)]


def _database(archive: Archive, database_url: str) -> Copying:
    made_of, kind = archive.manifest.database, kind_of(database_url)
    if made_of != kind:
        sentence = f"The backup is of {NAMES[made_of]}, and database_url names {NAMES[kind]}."
        raise Conflict(sentence, code="other_database")
    return copying(database_url)


def _fill(archive: Archive, database: Copying, place: str) -> None:
    archive.check_sum()
    with archive.database() as stream:
        database.load(place, stream)
    manifest = archive.manifest
    expected, found = Contents(manifest.schema, manifest.counts), database.contents(place)
    if found != expected:
        raise Invalid(f"The backup does not hold what its manifest says: {_difference(expected, found)}.")
    migrate(place)


async def _begin_versions(url: str) -> None:
    database = open_database(url)
    try:
        await database.write(begin_versions)
    finally:
        await database.close()


def _difference(expected: Contents, found: Contents) -> str:
    if expected.schema != found.schema:
        return f"migration {found.schema or 'none'} instead of {expected.schema}"
    table = min(
        name
        for name in expected.counts.keys() | found.counts.keys()
        if expected.counts.get(name) != found.counts.get(name)
    )
    return f"{found.counts.get(table, 0):,} rows of {table} instead of {expected.counts.get(table, 0):,}"
