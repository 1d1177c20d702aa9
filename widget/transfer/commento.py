"""Exports of Commento, Commento++ and Comentario 2 (version 1), and of Comentario 3 (version 3).

Source: api/domain_export.go of Commento; internal/svc/import_export.go and docs of Comentario. Comments come in the
order of the database, before those who wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.json import elements, text_of
from widget.transfer.records import ImportFailed, Record, Status

NAME = "commento"
PERMALINK = "(?:commento|comentario)-([0-9a-f-]{1,64})"

_HEAD = re.compile(r'\{\s*"version"\s*:\s*\d+\s*(?:\}|,\s*"(?:pages|comments|commenters)"\s*:)')
_NOBODY = {"", "anonymous", "0" * 64, "00000000-0000-0000-0000-000000000000"}
_STATES: dict[str, Status] = {"approved": "approved", "unapproved": "pending", "flagged": "spam"}
_FLAGS: dict[str, Status] = {"isDeleted": "deleted", "isPending": "pending", "isApproved": "approved"}


def sniff(head: bytes) -> bool:
    return _HEAD.match(text_of(head)) is not None


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records."""
    seen: set[str] = set()
    for place, value, line in elements(part, "version", "pages[]", "comments[]", "commenters[]"):
        if place == "version":
            if value not in (1, 3):
                raise ImportFailed(f"{part.name}: line {line} names version {values.text(value) or '–'}, not 1 or 3.")
        elif place == "pages[]":
            path, title = _path(value.get("path")), _known(value.get("title"))
            locked = values.is_true(value.get("isReadonly"))
            yield values.page(values.source_id(value.get("id")), path, title, locked=locked)
        elif place == "commenters[]":
            yield values.person(_author(value))
        elif "commentHex" in value:
            yield from _comment_1(value, seen)
        else:
            yield _comment_3(value)


def _known(value: object) -> str:
    """A text; Commento writes "undefined" where it has none."""
    return "" if value == "undefined" else values.text(value)


def _path(value: object) -> str:
    return f"/{_known(value).lstrip('/')}"


def _author(value: Mapping[str, Any]) -> values.Author:
    source_id = values.source_id(value.get("commenterHex", value.get("id")))
    website = _known(value.get("link", value.get("websiteUrl")))
    return values.Author(_known(value.get("name")), _known(value.get("email")), website, source_id)


def _person(value: object, name: object = "") -> values.Author:
    """Who is known by an id, and described among the commenters; a guest by the name alone."""
    source_id = values.source_id(value)
    return values.Author(values.text(name), source_id="" if source_id in _NOBODY else source_id)


def _comment_1(value: Mapping[str, Any], seen: set[str]) -> Iterator[Record]:
    """Of a page there is no more than its address, without a scheme."""
    host = _known(value.get("domain", value.get("host")))
    url = f"https://{host}{_path(value.get('url', value.get('path')))}"
    if url not in seen:
        seen.add(url)
        yield values.page(url, url)
    source_id, parent = (values.source_id(value.get(name)) for name in ("commentHex", "parentHex"))
    body, author = values.text(value.get("markdown")), _person(value.get("commenterHex"))
    status, score = _STATES.get(values.text(value.get("state")), "pending"), values.number(value.get("score"))
    if values.is_true(value.get("deleted")) or (body == "[deleted]" and not author.source_id):
        status = "deleted"
    yield values.comment(
        source_id,
        url,
        parent if parent not in {"", "root"} else None,
        author,
        values.time(value.get("creationDate")),
        status,
        body,
        markup="markdown",
        extras=values.Extras(likes=score, score=score),
    )


def _comment_3(value: Mapping[str, Any]) -> Record:
    source_id, parent = (values.source_id(value.get(name)) for name in ("id", "parentId"))
    status: Status = next((state for name, state in _FLAGS.items() if values.is_true(value.get(name))), "rejected")
    html, edited_at = values.text(value.get("html")), values.time(value.get("editedTime"))
    score, pinned = values.number(value.get("score")), values.is_true(value.get("isSticky"))
    return values.comment(
        source_id,
        values.source_id(value.get("pageId")),
        parent if parent not in _NOBODY else None,
        _person(value.get("userCreated"), value.get("authorName")),
        values.time(value.get("createdTime")),
        status,
        html or values.text(value.get("markdown")),
        markup="html" if html else "markdown",
        extras=values.Extras(edited_at, score, score, pinned),
    )
