"""Lines of our own export as rows of tables: checked and cleaned like anything from outside.

What we wrote ourselves comes out as it was, so a site that is exported, restored and exported again is the same.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from widget import ids
from widget.names import clean_email, clean_name, clean_url, usable_text
from widget.spam import verdicts
from widget.spam.verdicts import Verdict
from widget.store.likes import DISLIKE, LIKE
from widget.text import clean_again
from widget.transfer import lines, values
from widget.transfer.records import ImportFailed
from widget.written import text_hash

Row = dict[str, Any]
MAX_KEY = 2_600  # bytes; a unique index row of PostgreSQL holds 2,704
MAX_COUNT = 1 << 31

_PROVIDER = re.compile(r"[a-z0-9-]{0,40}")
_VERB = re.compile(r"[a-z_]{1,16}")


def person(line: lines.Person) -> Row:
    url, email = clean_url(line.url) or "", clean_email(line.email) or ""
    return {"id": key(line.id), "kind": line.kind, "name": clean_name(line.name), "url": url, "email": email}


def page(line: lines.PageLine) -> Row:
    if not line.key.startswith(("url:", "id:")) or len(line.key.encode()) > MAX_KEY:
        raise ImportFailed(f"“{line.key[:100]}” is no key of a page.")
    return {
        "id": key(line.id),
        "key": usable_text(line.key),
        "url": clean_url(line.url) or "",
        "title": clean_name(line.title, values.MAX_TITLE),
        "locked": line.locked,
        "closes_at": time(line.closes_at) if isinstance(line.closes_at, str) else line.closes_at,
        "merged_into": key(line.merged_into) if line.merged_into is not None else None,
    }


def identities(line: lines.MemberLine) -> list[Row]:
    """Without what providers say of somebody: that counts only where they say it to us."""
    return [
        {
            "issuer": usable_text(way.issuer),
            "subject": usable_text(way.subject),
            "provider": _matching(_PROVIDER, way.provider),
            "created_at": time(way.linked_at),
        }
        for way in line.identities
    ]


def standing(line: lines.StandingLine) -> Row:
    return {
        "role": line.role,
        "banned_until": time(line.banned_until) if line.banned_until is not None else 0,
        "ban_reason": usable_text(line.ban_reason),
        "shadowed": line.shadowed,
        "trusted": line.trusted,
        "note": usable_text(line.note),
    }


def comment(line: lines.CommentLine, *, readable: bool = False) -> Row:
    """All but its place and author; with clean HTML where it is to be `readable`, for cleaning takes time."""
    text = usable_text(line.text)
    return {
        "id": key(line.id),
        "page_id": key(line.page_id),
        "merged_from": _key(line.merged_from),
        "parent_id": _key(line.parent_id),
        "provider": _matching(_PROVIDER, line.provider),
        "status": line.status,
        "text": text,
        "html": clean_again(line.html) if readable else "",
        "text_hash": text_hash(text),
        "likes": _count(line.likes),
        "score": _count(line.score),
        "address": values.address(line.address or "") or None,
        "edited_at": _time(line.edited_at),
        "pinned_at": _time(line.pinned_at),
        "verdicts": verdicts.pack(Verdict(*msgspec.structs.astuple(reason)) for reason in line.verdicts),
        "learned": line.learned,
        "reports": _count(line.open_reports),
    }


def reports(line: lines.CommentLine) -> list[Row]:
    """Who said it is not in the file: each counts as somebody of its own."""
    return [
        {
            "comment_id": key(line.id),
            "reporter": f"imported {number}",
            "reason": usable_text(report.reason)[:12],
            "note": usable_text(report.note),
            "created_at": time(report.created_at),
        }
        for number, report in enumerate(line.reports)
    ]


def like(line: lines.LikeLine) -> Row:
    value = DISLIKE if line.disliked else LIKE
    return {"comment_id": key(line.comment_id), "value": value, "created_at": time(line.created_at)}


def action(line: lines.ActionLine) -> Row:
    return {
        "id": key(line.id),
        "batch_id": key(line.batch_id),
        "verb": _matching(_VERB, line.verb),
        "target": line.target,
        "target_id": key(line.target_id),
        "reason": usable_text(line.reason),
        "before": msgspec.json.encode(line.before).decode(),
        "after": msgspec.json.encode(line.after).decode(),
        "undoes": _key(line.undoes),
    }


def key(text: str) -> int:
    """An id. Raises `ImportFailed`, as all here do for what cannot be."""
    identifier = ids.decode(text)
    if identifier is None:
        raise ImportFailed(f"“{text[:40]}” is no id.")
    return identifier


def time(text: str) -> int:
    found = values.time(text)
    if found is None or not found <= ids.MAX_TIME:
        raise ImportFailed(f"“{text[:40]}” is no time.")
    return found


def _key(text: str | None) -> int | None:
    return None if text is None else key(text)


def _time(text: str | None) -> int | None:
    return None if text is None else time(text)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ImportFailed(f"“{text[:40]}” stands where a short name is expected.")
    return text


def _count(number: int) -> int:
    if abs(number) >= MAX_COUNT:
        raise ImportFailed(f"{number} counts more than there can be.")
    return number
