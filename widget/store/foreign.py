"""SQL of SQLite files that other systems wrote. They are from outside: read, never run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

MAX_VALUE = 16 << 20  # bytes of a text, so that one cannot fill the memory


class Unreadable(Exception):
    """The file is no database, is damaged, or lacks a table; the text continues “The file …”, without a full stop."""


class ForeignFile:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Every row in the order of its id; a column that this version of the table lacks is None. Raises `Unreadable`.

        A view, a virtual table or a generated column would run what the file says: only what a table keeps is asked.
        """
        try:
            found = self._connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            kept = [name for name in columns if name in {row[1] for row in found}]
            kind = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
            made = self._connection.execute(kind, (table,)).fetchone()
            if not kept or made is None or not str(made[0]).lstrip().upper().startswith("CREATE TABLE"):
                raise Unreadable(f"has no table “{table}” as an export has it")
            chosen = sa.table(table, *(sa.column(name) for name in kept)).select().order_by(sa.text("rowid"))
            for row in self._connection.execute(str(chosen)):
                yield dict.fromkeys(columns) | dict(zip(kept, row, strict=True))
        except (sqlite3.Error, UnicodeError) as error:  # the latter for names that are no text
            raise Unreadable(f"is no SQLite database, or a damaged one ({error})") from error


@contextmanager
def open_foreign(path: Path) -> Iterator[ForeignFile]:
    """For reading only, and for any thread. `immutable`: a file in WAL mode needs no place to write beside it then."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True, check_same_thread=False)) as connection:
        connection.text_factory = lambda value: value.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield ForeignFile(connection)
