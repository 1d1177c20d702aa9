"""Backups of Remark42: one JSON object about users and pages, then one for each comment.

Source: backend/app/migrator/native.go and backend/app/store/comment.go of Remark42.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from widget.former_accounts import REMARK42
from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.json import elements, text_of
from widget.transfer.records import ImportFailed, Record

NAME = REMARK42
PERMALINK = r"remark42__comment-([\w-]{1,64})"

_HEAD = re.compile(r'\{\s*"version"\s*:\s*\d+\s*,\s*"users"\s*:')


def sniff(head: bytes) -> bool:
    return _HEAD.match(text_of(head)) is not None


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records."""
    closed: set[str] | None = None
    seen: set[str] = set()
    for element in elements(part, ""):
        if closed is None:
            closed = _closed(part, element.value)
            continue
        url = _url(values.fields(element.value, "locator").get("url"))
        if url not in seen:
            seen.add(url)
            yield values.page(url, url, values.text(element.value.get("title")), locked=url in closed)
        yield _comment(url, element.value)


def _closed(part: Part, head: Mapping[str, Any]) -> set[str]:
    if head.get("version") != 1:
        raise ImportFailed(f"{part.name}: line 1 names a version of Remark42's backups that is not known here.")
    posts = head.get("posts")
    rows = posts if isinstance(posts, list) else []
    return {_url(row.get("url")) for row in rows if isinstance(row, Mapping) and values.is_true(row.get("read_only"))}


def _url(value: object) -> str:
    """It is kept as HTML where it holds "&", and so one page occurs in both forms."""
    return unescape(values.text(value))


def _comment(url: str, comment: Mapping[str, Any]) -> Record:
    """`orig`, the Markdown, was never sanitised and is missing from comments that Remark42 imported: `text` counts."""
    user, given = values.fields(comment, "user"), values.fields(comment, "votes")
    score = values.number(comment.get("score"))
    likes = sum(vote is True for vote in given.values()) if given else max(score, 0)
    return values.comment(
        values.source_id(comment.get("id")),
        url,
        values.source_id(comment.get("pid")) or None,
        values.Author(values.text(user.get("name")), source_id=values.source_id(user.get("id"))),
        values.time(comment.get("time")),
        "deleted" if values.is_true(comment.get("delete")) else "approved",
        values.text(comment.get("text")),
        extras=values.Extras(
            values.time(values.fields(comment, "edit").get("time")), likes, score, values.is_true(comment.get("pin"))
        ),
    )
