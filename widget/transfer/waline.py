"""Exports of Waline, of Valine and whatever else keeps its comments in LeanCloud, and of Twikoo, which are alike.

Source: packages/server and the migration tools of Waline (https://waline.js.org/en/migration/tool.html). What Waline
exports of its users (password hashes, secrets, accounts elsewhere) is not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.json import elements, text_of
from widget.transfer.records import Record, Status

NAME = "waline"
PERMALINK = "([0-9]{1,20}|[0-9a-f]{24,32})"

_ADMIN_EXPORT = re.compile(r'\{\s*"type"\s*:\s*"waline"')
_RESULTS = re.compile(r'\{\s*"results"\s*:\s*\[')
_COMMENT = re.compile(r'\[?\s*\{[^\[]*?"(?:nick|mail|comment|insertedAt|mailMd5|ACL)"\s*:')
_STATES: dict[str, Status] = {"": "approved", "approved": "approved", "waiting": "pending", "spam": "spam"}


def sniff(head: bytes) -> bool:
    text = text_of(head)
    if _ADMIN_EXPORT.match(text):
        return True
    return '"nick"' in text and '"comment"' in text and bool(_RESULTS.match(text) or _COMMENT.match(text))


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records."""
    text = text_of(part.peek())
    lines = text.startswith("{") and not _ADMIN_EXPORT.match(text) and not _RESULTS.match(text)
    seen: set[str] = set()
    for element in elements(part, *([""] if lines else ["[]", "results[]", "data.Comment[]"])):
        url = values.text(element.value.get("url")).strip()
        if url not in seen:
            seen.add(url)
            yield values.page(url, url)
        yield _comment(url, element.value)


def _comment(url: str, comment: Mapping[str, Any]) -> Record:
    """The tree is made from `pid`, the parent; `rid` names the root."""
    likes, dislikes = _votes(comment.get("ups") or comment.get("like")), _votes(comment.get("downs"))
    name, email, link = (values.text(comment.get(field)) for field in ("nick", "mail", "link"))
    dates = (values.time(comment.get(field)) for field in ("insertedAt", "createdAt", "created"))
    status = _STATES.get(values.text(comment.get("status")), "pending")
    return values.comment(
        values.source_id(comment.get("objectId") or comment.get("_id")),
        url,
        values.source_id(comment.get("pid")) or None,
        values.Author(name, email, link),
        next((date for date in dates if date is not None), None),
        "spam" if values.is_true(comment.get("isSpam")) else status,
        values.text(comment.get("comment")),
        markup="markdown",
        extras=values.Extras(
            likes=likes,
            score=likes - dislikes,
            pinned=values.is_true(comment.get("sticky")) or values.is_true(comment.get("top")),
            address=values.text(comment.get("ip")),
        ),
    )


def _votes(voters: object) -> int:
    """A number, or a list of who votes so; Twikoo's own may be a text of it."""
    if isinstance(voters, str) and voters.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            voters = json.loads(voters)
    return len(voters) if isinstance(voters, list) else values.number(voters)
