"""SQL of the temporary database of an import: the texts that it has to find again, and could not hold in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

CACHE = 8 << 10  # KiB in memory; what is more goes to a file without a name, which is gone with the connection

_TABLES = """
CREATE TABLE comments (source_id TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ids (id INTEGER PRIMARY KEY);
CREATE TABLE waiting (number INTEGER PRIMARY KEY, parent TEXT NOT NULL);
CREATE TABLE authors (hash INTEGER PRIMARY KEY);
CREATE TABLE people (source_id TEXT PRIMARY KEY, name TEXT, email TEXT, url TEXT) WITHOUT ROWID;
CREATE TABLE pages (
    number INTEGER PRIMARY KEY, source_id TEXT NOT NULL UNIQUE,
    key TEXT, url TEXT, title TEXT, locked INTEGER, refused TEXT, origin TEXT
);
CREATE INDEX pages_by_key ON pages (key);
"""


class ScratchPage(NamedTuple):
    key: str
    url: str
    title: str
    locked: bool


class ScratchPerson(NamedTuple):
    name: str
    email: str | None
    url: str | None


class Scratch:
    """For one thread at a time. Comments are numbered by who uses it, from 0, and pages here, from 1."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", f"cache_size = -{CACHE}"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_TABLES)
        self._connection.execute("BEGIN")  # and never a commit, for nobody else reads it
        self._ask = self._connection.cursor().execute

    def close(self) -> None:
        self._connection.close()

    def _first(self, query: str, *values: object) -> Any:
        row = self._ask(query, values).fetchone()
        return None if row is None else row[0]

    def add_comment(self, source_id: str, number: int) -> bool:
        """Whether it is new."""
        return self._ask("INSERT OR IGNORE INTO comments VALUES (?, ?)", (source_id, number)).rowcount == 1

    def get_number(self, source_id: str) -> int | None:
        """Of a comment."""
        found: int | None = self._first("SELECT number FROM comments WHERE source_id = ?", source_id)
        return found

    def add_id(self, identifier: int) -> int:
        """Itself, or the next that nobody has."""
        while not self._ask("INSERT OR IGNORE INTO ids VALUES (?)", (identifier,)).rowcount:
            identifier += 1
        return identifier

    def add_waiting(self, number: int, parent: str) -> None:
        """A comment whose parent did not come yet."""
        self._ask("INSERT INTO waiting VALUES (?, ?)", (number, parent))

    def list_arrived(self) -> Iterator[tuple[int, int]]:
        """The numbers of those that wait and of their parents, where those came."""
        query = "SELECT waiting.number, comments.number FROM waiting JOIN comments ON source_id = parent"
        return self._connection.execute(query)

    def add_author(self, author: int) -> None:
        """By a hash; for counting."""
        self._ask("INSERT OR IGNORE INTO authors VALUES (?)", (author,))

    def count_authors(self) -> int:
        return int(self._first("SELECT count(*) FROM authors"))

    def set_person(self, source_id: str, person: ScratchPerson) -> None:
        self._ask("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?)", (source_id, *person))

    def get_person(self, source_id: str) -> ScratchPerson | None:
        row = self._ask("SELECT name, email, url FROM people WHERE source_id = ?", (source_id,)).fetchone()
        return None if row is None else ScratchPerson(*row)

    def number_page(self, source_id: str) -> int:
        """The page's number, which it gets with the first question."""
        found: int | None = self._first("SELECT number FROM pages WHERE source_id = ?", source_id)
        if found is None:
            found = self._ask("INSERT INTO pages (source_id) VALUES (?)", (source_id,)).lastrowid
        assert found is not None
        return found

    def set_page(self, number: int, page: ScratchPage) -> None:
        values = "key = ?, url = ?, title = ?, locked = ?, refused = NULL, origin = NULL"
        self._ask(f"UPDATE pages SET {values} WHERE number = ?", (*page, number))  # noqa: S608  (our own words)

    def refuse_page(self, number: int, reason: str, origin: str) -> None:
        self._ask("UPDATE pages SET key = NULL, refused = ?, origin = ? WHERE number = ?", (reason, origin, number))

    def get_page(self, number: int) -> ScratchPage:
        """One that was set."""
        query = "SELECT key, url, title, locked FROM pages WHERE number = ?"
        key, url, title, locked = self._ask(query, (number,)).fetchone()
        return ScratchPage(key, url, title, bool(locked))

    def count_pages(self) -> int:
        return int(self._first("SELECT count(*) FROM pages"))

    def list_threads(self) -> Iterator[tuple[int, int]]:
        """The numbers of pages that were set, each with the first number of a page of the same key."""
        first = "SELECT min(number) FROM pages other WHERE other.key = pages.key"
        return self._connection.execute(f"SELECT number, ({first}) FROM pages WHERE key IS NOT NULL")  # noqa: S608

    def list_refused(self) -> Iterator[tuple[int, str | None, str | None]]:
        """Numbers, reasons and origins of pages that were not set, in their order; no reason where none was given."""
        return self._connection.execute("SELECT number, refused, origin FROM pages WHERE key IS NULL ORDER BY number")
