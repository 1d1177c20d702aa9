"""Artrans, the format of Artalk and of the converters to it: one list of flat comments.

Source: https://artalk.js.org/guide/transfer.html. Artalk writes every value as a text, converters leave out what they
do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.json import elements, text_of
from widget.transfer.records import Record

NAME = "artalk"
PERMALINK = "atk-comment-([0-9]{1,20})"

_HEAD = re.compile(r'\[\s*\{\s*"')


def sniff(head: bytes) -> bool:
    text = text_of(head)
    return _HEAD.match(text) is not None and '"page_key"' in text


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records."""
    seen: set[str] = set()
    for element in elements(part, "[]"):
        url = values.text(element.value.get("page_key")).strip()
        if url not in seen:
            seen.add(url)
            title, locked = element.value.get("page_title"), element.value.get("page_admin_only")
            yield values.page(url, url, values.text(title), locked=values.is_true(locked))
        yield _comment(url, element.value)


def _comment(url: str, comment: Mapping[str, Any]) -> Record:
    """`updated_at` rises with every vote, so it tells nothing about an edit."""
    parent = values.source_id(comment.get("rid"))
    name, email, link = (values.text(comment.get(field)) for field in ("nick", "email", "link"))
    likes = values.number(comment.get("vote_up"))
    return values.comment(
        values.source_id(comment.get("id")),
        url,
        parent if parent not in {"", "0"} else None,
        values.Author(name, email, link),
        values.time(comment.get("created_at")),
        "pending" if values.is_true(comment.get("is_pending")) else "approved",
        values.text(comment.get("content")),
        markup="markdown",
        extras=values.Extras(
            likes=likes,
            score=likes - values.number(comment.get("vote_down")),
            pinned=values.is_true(comment.get("is_pinned")),
            address=values.text(comment.get("ip")),
        ),
    )
