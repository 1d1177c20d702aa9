"""SQL of whole SQLite files: `copies.Copying` says what these functions do."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from widget.errors import Invalid, Unavailable
from widget.sqlite import sync_engine
from widget.store.copies import Contents, Sink, contents_of

CHUNK = 1 << 20  # bytes
BUSY_SECONDS = 60.0


def copy(url: str, to: Sink, folder: Path) -> Contents:
    """By VACUUM INTO: one reading transaction, for which nobody who writes waits, and a copy as small as can be."""
    with tempfile.TemporaryDirectory(prefix=".palaver-backup-", dir=folder) as name:  # mode 0700
        file = Path(name) / "palaver.db"
        with _told(), _opened(_file(url)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
        with file.open("rb") as stream:
            shutil.copyfileobj(stream, to, CHUNK)
        return contents(_url(file))


def load(url: str, source: IO[bytes]) -> None:
    file = _file(url)
    with file.open("xb") as stream:
        shutil.copyfileobj(source, stream, CHUNK)
    file.chmod(0o600)
    if why := _damage(file):
        raise Invalid(f"The database in the backup is damaged: {why}.", code="bad_backup")


def _damage(file: Path) -> str:
    """What is wrong with a file, "" where nothing is."""
    try:
        with _opened(file) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
            stray = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    if said != ["ok"]:
        return said[0]
    return f"{len(stray):,} rows refer to others that are not there" if stray else ""


def contents(url: str) -> Contents:
    if not _file(url).exists():
        return Contents("", {})
    engine = sync_engine(url)
    try:
        with _told(), engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return contents_of(connection)
    finally:
        engine.dispose()


@contextlib.contextmanager
def scratch(_url_of_database: str) -> Iterator[str]:
    """Where temporary files are: TMPDIR names another place."""
    with tempfile.TemporaryDirectory(prefix="palaver-") as name:
        yield _url(Path(name) / "palaver.db")


@contextlib.contextmanager
def replacing(url: str) -> Iterator[str]:
    """Filled beside the database and then copied into it in one transaction: who has it open sees all or nothing."""
    file = _file(url)
    with tempfile.TemporaryDirectory(prefix=".palaver-restore-", dir=file.parent) as name:
        filled = Path(name) / "palaver.db"
        yield _url(filled)
        if not file.exists():
            file.touch(mode=0o600)
        with _told(), _opened(filled) as source, _opened(file) as target:
            source.backup(target)
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _url(file: Path) -> str:
    return f"sqlite:///{file}"


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A file that is there: one that is not is not made."""
    address = f"{file.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, BUSY_SECONDS, isolation_level=None, uri=True)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        yield connection


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, sa.exc.DatabaseError) as error:
        raise Unavailable(f"The database cannot be used: {getattr(error, 'orig', error)}.") from error
