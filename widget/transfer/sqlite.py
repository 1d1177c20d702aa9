"""Reads SQLite files from outside row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from widget.store.foreign import ForeignFile, Unreadable, open_foreign
from widget.transfer.containers import Part
from widget.transfer.records import ImportFailed

MAGIC = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html, 1.3.1


def holds(head: bytes, *names: bytes) -> bool:
    """Whether a file that begins so is a database with all these names in its schema, which stands in front."""
    return head.startswith(MAGIC) and all(name in head for name in names)


@contextmanager
def tables_of(part: Part) -> Iterator[ForeignFile]:
    """Raises `ImportFailed` for what is no database, is damaged, or lacks a table, also while it is read."""
    with part.as_file() as path:
        try:
            with open_foreign(path) as file:
                yield file
        except Unreadable as error:
            raise ImportFailed(f"{part.name}: The file {error}.") from error
