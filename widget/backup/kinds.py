"""The two kinds of databases of which backups are made."""

from __future__ import annotations

from widget.store import postgres_copies, sqlite_copies
from widget.store.copies import Copying, Kind

NAMES: dict[Kind, str] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def kind_of(url: str) -> Kind:
    return "sqlite" if url.startswith("sqlite:") else "postgresql"


def copying(url: str) -> Copying:
    return sqlite_copies if kind_of(url) == "sqlite" else postgres_copies
