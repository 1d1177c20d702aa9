"""All that a site has, as JSON Lines, written while it is read, so that its size does not matter (`docs/export.md`).

Each line is an object with a `kind`; the first says which version of the shape this is, the last counts the lines, so
that half a file is known for one. What is not in it: likes by person, tokens, keys, and what the classifier learned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

import msgspec

from widget import ids
from widget.db import Database, Tx
from widget.site_verbs import described, get_site
from widget.store import site_export as store
from widget.store.site_export import Row
from widget.store.sites import Site

VERSION = 1
BATCH = 500
FORM = "palaver-site"
Line = dict[str, Any]
Read = Callable[[Tx, int, int, int], list[Row]]


async def export_site(db: Database, name: str) -> tuple[Site, AsyncIterator[bytes]]:
    """The site and the parts of its export. Raises `NotFound` before the first.

    Each part is read for itself: what is written meanwhile may be in it or not.
    """
    site = await db.read(get_site, name)
    return site, _parts(db, site)


async def _parts(db: Database, site: Site) -> AsyncIterator[bytes]:
    head = {"kind": "export", "form": FORM, "version": VERSION, "made_at": ids.rfc3339(db.now())}
    about = {"kind": "site", **described(site), "former_names": list(site.former_names)}
    yield _lines([head, about])
    written: Counter[str] = Counter()
    for kind, (read, line) in _KINDS.items():
        after = -1
        while rows := await db.read(read, site.id, after, BATCH):
            written[kind] += len(rows)
            after = rows[-1]["id"]
            yield _lines({"kind": kind, **line(row)} for row in rows)
    yield _lines([{"kind": "end", **{kind: written[kind] for kind in _KINDS}}])


def _lines(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def _page(row: Row) -> Line:
    return {
        "id": ids.encode(row["id"]),
        "key": row["key"],
        "url": row["url"],
        "title": row["title"],
        "created_at": _begun(row),
        "locked": row["locked"],
        "closes_at": _time(row["closes_at"]) if row["closes_at"] else row["closes_at"],
        "merged_into": _id(row["merged_into"]),
    }


def _standing(row: Row) -> Line:
    kept = {name: row[name] for name in ("role", "ban_reason", "shadowed", "trusted", "note")}
    until = min(row["banned_until"], ids.MAX_TIME)
    return {"person": _person(row), **kept, "banned_until": _time(until) if until else None}


def _comment(row: Row) -> Line:
    verdicts = msgspec.json.decode(row["verdicts"]) if row["verdicts"] else []
    kept = {name: row[name] for name in ("provider", "status", "text", "html", "likes", "score", "address")}
    return {
        **{name: _id(row[name]) for name in ("id", "page_id", "merged_from", "parent_id")},
        "author": _person(row),
        **kept,
        "created_at": _begun(row),
        "edited_at": _time(row["edited_at"]),
        "pinned_at": _time(row["pinned_at"]),
        "verdicts": [dict(zip(("status", "check", "reason"), verdict, strict=True)) for verdict in verdicts],
    }


def _action(row: Row) -> Line:
    return {
        **{name: _id(row[name]) for name in ("id", "batch_id", "target_id", "undoes")},
        "at": _begun(row),
        "by": _person(row),
        **{name: row[name] for name in ("verb", "target", "reason")},
        **{name: msgspec.json.decode(row[name]) for name in ("before", "after")},
    }


_KINDS: Mapping[str, tuple[Read, Callable[[Row], Line]]] = {
    "page": (store.list_pages, _page),
    "standing": (store.list_standings, _standing),
    "comment": (store.list_comments, _comment),
    "action": (store.list_actions, _action),
}


def _person(row: Row) -> Line | None:
    if row["person_id"] is None:
        return None
    return {"id": _id(row["person_id"]), **{name: row[f"person_{name}"] for name in ("kind", "name", "url", "email")}}


def _id(identifier: int | None) -> str | None:
    return ids.encode(identifier) if identifier is not None else None


def _time(time: int | None) -> str | None:
    return ids.rfc3339(time) if time is not None else None


def _begun(row: Row) -> str:
    """Ids tell when a thing was made."""
    return ids.rfc3339(ids.time_of(row["id"]))
