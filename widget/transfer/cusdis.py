"""Cusdis' database (SQLite), which is what one has of it: Cusdis exports nothing.

Source: prisma/sqlite/schema.prisma of Cusdis. Accounts, sessions and tokens in it are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from widget.names import clean_url
from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.records import Record, Status
from widget.transfer.sqlite import holds, tables_of

NAME = "cusdis"
PERMALINK = None

_PAGES = ("id", "slug", "url", "title")
_COMMENTS = ("id", "pageId", "parentId", "created_at", "deletedAt", "by_email", "by_nickname", "content", "approved")


def sniff(head: bytes) -> bool:
    return holds(head, b"by_nickname", b"fetch_latest_comments_at")


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records."""
    with tables_of(part) as tables:
        for row in tables.rows("pages", _PAGES):
            yield _page(row)
        for row in tables.rows("comments", _COMMENTS):
            yield _comment(row)


def _page(row: Mapping[str, Any]) -> Record:
    """A page's own id may be its address, or its path."""
    url, slug = values.text(row["url"]), values.text(row["slug"])
    return values.page(values.text(row["id"]), url if clean_url(url) else slug, values.text(row["title"]))


def _comment(row: Mapping[str, Any]) -> Record:
    """Only moderators delete, and the text stays."""
    status: Status = "approved" if row["approved"] else "pending"
    return values.comment(
        values.text(row["id"]),
        values.text(row["pageId"]),
        values.text(row["parentId"]) or None,
        values.Author(values.text(row["by_nickname"]), values.text(row["by_email"])),
        values.time(row["created_at"]),
        "rejected" if row["deletedAt"] else status,
        values.text(row["content"]),
        markup="markdown",
    )
