"""Isso's database (SQLite, every version).

Source: isso/db/comments.py and threads.py of Isso. Replies are one level deep since version 3, deeper before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.records import Record, Status
from widget.transfer.sqlite import holds, tables_of

NAME = "isso"
PERMALINK = "isso-([0-9]{1,20})"

_THREADS = ("id", "uri", "title")
_COMMENTS = ("id", "tid", "parent", "created", "modified", "mode", "text", "author", "email", "website", "likes")
_STATES: dict[object, Status] = {1: "approved", 2: "pending", 4: "deleted"}


def sniff(head: bytes) -> bool:
    return holds(head, b"remote_addr", b"voters")


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records. The session key among its preferences is not looked at."""
    with tables_of(part) as tables:
        for row in tables.rows("threads", _THREADS):
            yield values.page(values.text(row["id"]), values.text(row["uri"]), values.text(row["title"]))
        for row in tables.rows("comments", (*_COMMENTS, "dislikes")):
            yield _comment(row)


def _comment(row: Mapping[str, Any]) -> Record:
    """Names and websites are stored as HTML. Addresses are cut off and so no address of anybody: they stay behind."""
    likes = values.number(row["likes"])
    author = values.Author(
        unescape(values.text(row["author"])), values.text(row["email"]), unescape(values.text(row["website"]))
    )
    extras = values.Extras(values.time(row["modified"]), likes, likes - values.number(row["dislikes"]))
    return values.comment(
        values.text(row["id"]),
        values.text(row["tid"]),
        values.text(row["parent"]) or None,
        author,
        values.time(row["created"]),
        _STATES.get(row["mode"], "pending"),
        values.text(row["text"]),
        markup="markdown",
        extras=extras,
    )
