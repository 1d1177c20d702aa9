"""The JSON that Isso's own importer reads as "generic": a list of threads, each with its comments.

Source: isso/migrate.py of Isso. Ids are unique in a thread only; dates name no zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.json import elements, text_of
from widget.transfer.records import ImportFailed, Record

NAME = "isso-generic"
PERMALINK = None

_HEAD = re.compile(r'\[\s*\{\s*"(?:comments|id|title)"\s*:')


def sniff(head: bytes) -> bool:
    text = text_of(head)
    return _HEAD.match(text) is not None and '"comments"' in text


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records. A thread is held whole, for its address may come last."""
    for element in elements(part, "[]"):
        thread, comments = values.text(element.value.get("id")), element.value.get("comments")
        if not isinstance(comments, list) or not all(isinstance(comment, dict) for comment in comments):
            raise ImportFailed(f"{part.name}: line {element.line} begins a thread without a list of comments.")
        yield values.page(thread, thread, unquote_plus(values.text(element.value.get("title"))))
        for comment in comments:
            yield _comment(thread, comment)


def _comment(thread: str, comment: Mapping[str, Any]) -> Record:
    parent = values.source_id(comment.get("parent"))
    author, email, website = (values.text(comment.get(name)) for name in ("author", "email", "website"))
    return values.comment(
        f"{thread}:{values.source_id(comment.get('id'))}",
        thread,
        f"{thread}:{parent}" if parent else None,
        values.Author(author, email, website),
        values.time(comment.get("created")),
        "approved",
        values.text(comment.get("text")),
        markup="markdown",
    )
