"""SQL of whole databases: what is in one, and the two kinds of which backups are made and brought back."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Literal, NamedTuple, Protocol

import sqlalchemy as sa

from widget.db import Tx
from widget.models import pages, sites

Kind = Literal["sqlite", "postgresql"]


class Sink(Protocol):
    """Takes bytes, as a file that is open does."""

    def write(self, data: bytes, /) -> int: ...


class Contents(NamedTuple):
    """The newest migration that is in, "" where there is none, and the rows by table."""

    schema: str
    counts: dict[str, int]

    @property
    def is_empty(self) -> bool:
        return not any(count for table, count in self.counts.items() if table != "alembic_version")


def contents_of(conn: sa.Connection) -> Contents:
    tables = sorted(sa.inspect(conn).get_table_names())
    counts = {
        name: int(conn.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()) for name in tables
    }
    known = "alembic_version" in tables
    return Contents(
        str(conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "") if known else "", counts
    )


def begin_versions(tx: Tx) -> None:
    """Give all pages and sites a version that none had before: those that were given after the backup was made are with
    readers and in caches, and are not to be given again.
    """
    tx.conn.execute(sa.update(pages).values(version=tx.now, reset=tx.now))
    tx.conn.execute(sa.update(sites).values(version=tx.now))


class Copying(Protocol):
    """What `sqlite_copies` and `postgres_copies` both do. Each raises `Unavailable` with what the database says."""

    def copy(self, url: str, to: Sink, folder: Path) -> Contents:
        """Write the database as it is at one moment, while others write to it; `folder` is for what takes room."""

    def load(self, url: str, source: IO[bytes]) -> None:
        """Fill a database that has nothing yet with what `copy` wrote. Raises `Invalid` where it cannot be."""

    def contents(self, url: str) -> Contents:
        """Nothing where there is no database yet."""

    def scratch(self, url: str) -> AbstractContextManager[str]:
        """The URL of a new database that has nothing, and is gone afterwards."""

    def replacing(self, url: str) -> AbstractContextManager[str]:
        """The URL of a database that has nothing, and takes the place of `url` at the end, unless something raises:
        then all is as it was.
        """
