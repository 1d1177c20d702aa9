"""What tables and indexes take, as the databases themselves say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

_OF_SQLITE = """
SELECT m.tbl_name, CASE m.type WHEN 'index' THEN m.name ELSE '' END, sum(s.pgsize)
FROM dbstat s JOIN sqlite_schema m ON m.name = s.name GROUP BY m.tbl_name, m.name"""
_OF_POSTGRES = """
SELECT relname, '', pg_table_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
UNION ALL SELECT t.relname, i.relname, pg_relation_size(i.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relnamespace = 'public'::regnamespace"""
TABLES = ("comments", "likes", "pages", "people", "identities")
KEY, UNIQUE = "primary key", "unique key"


class Size(NamedTuple):
    """Of a table (`part` is "") or of one of its indexes; `rows` are the table's."""

    table: str
    part: str
    bytes: int
    rows: int


def sizes_of_sqlite(url: str) -> list[Size]:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        rows = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        found = connection.execute(_OF_SQLITE).fetchall()
    connection.close()
    return _sizes(found, rows)


async def sizes_of_postgres(url: str) -> list[Size]:
    connection = await asyncpg.connect(url)
    rows = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    found = await connection.fetch(_OF_POSTGRES)
    await connection.close()
    return _sizes(found, rows)


def _sizes(found: Iterable[Sequence[Any]], rows: Mapping[str, int]) -> list[Size]:
    return [Size(table, _called(index), size, rows[table]) for table, index, size in found if table in rows]


def _called(index: str) -> str:
    """The same in both databases: SQLite numbers the indexes of keys."""
    if index.startswith(("sqlite_autoindex", "pk_", "uq_")):
        return KEY if index.startswith("pk_") or index.endswith("_1") else UNIQUE
    return index
