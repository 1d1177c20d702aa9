"""All that a site has, as JSON Lines, written while it is read, so that its size does not matter (`docs/export.md`).

The first line says which version of the shape this is, the last counts the lines, so that half a file is known for
one. What comes of one page or one person alone is no site: nothing of the site itself is in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from widget import ids
from widget.db import Database, Tx
from widget.site_verbs import described
from widget.spam import verdicts
from widget.store import site_export as store
from widget.store.likes import DISLIKE
from widget.store.site_export import EVERYTHING, START, Choice, Place, Row
from widget.store.sites import Site
from widget.transfer import lines
from widget.transfer.lines import Content, Line

BATCH = 500
Read = Callable[[Tx, int, Choice, Place, int], list[Row]]
_encoder = msgspec.json.Encoder()


async def export_lines(db: Database, site: Site, choice: Choice) -> AsyncIterator[bytes]:
    """The export in parts. Each is read for itself: what is written meanwhile may be in it or not."""
    whole = choice == EVERYTHING
    yield _encoded([lines.Head(lines.FORM, lines.VERSION), *([_site(site)] if whole else [])])
    written: Counter[str] = Counter()
    for kind, (read, line) in _KINDS.items():
        if whole or kind in _OF_A_CHOICE:
            async for rows in batches(db, read, site, choice):
                written[kind] += len(rows)
                yield _encoded(line(row) for row in rows)
    yield _encoded([lines.End(**written)])


async def batches(db: Database, read: Read, site: Site, choice: Choice) -> AsyncIterator[list[Row]]:
    """All rows, some at a time, each time in a transaction of its own."""
    after = START
    while rows := await db.read(read, site.id, choice, after, BATCH):
        yield rows
        after = rows[-1]["place"]


def _encoded(some: Iterable[Line]) -> bytes:
    return b"".join(_encoder.encode(line) + b"\n" for line in some)


def _site(site: Site) -> Line:
    return lines.SiteLine(**described(site), former_names=sorted(site.former_names))


def _page(row: Row) -> Content:
    closes_at = row["closes_at"]
    return lines.PageLine(
        id=ids.encode(row["id"]),
        key=row["key"],
        url=row["url"],
        title=row["title"],
        created_at=_begun(row),
        locked=row["locked"],
        closes_at=ids.rfc3339(closes_at) if closes_at else 0 if closes_at == 0 else None,
        merged_into=_id(row["merged_into"]),
        differs_from=[ids.encode(other) for (other,) in row["differs_from"]],
    )


def _member(row: Row) -> Content:
    ways = [lines.Identity(way[0], way[1], way[2], ids.rfc3339(way[3])) for way in row["identities"]]
    return lines.MemberLine(_known(row), row["renamed"], ways)


def _standing(row: Row) -> Content:
    kept: Mapping[str, Any] = {name: row[name] for name in ("role", "ban_reason", "shadowed", "trusted", "note")}
    until = min(row["banned_until"], ids.MAX_TIME)
    return lines.StandingLine(person=_known(row), **kept, banned_until=_time(until) if until else None)


def _comment(row: Row) -> Content:
    kept: Mapping[str, Any] = {name: row[name] for name in _AS_KEPT}
    return lines.CommentLine(
        id=ids.encode(row["id"]),
        page_id=ids.encode(row["page_id"]),
        merged_from=_id(row["merged_from"]),
        parent_id=_id(row["parent_id"]),
        author=_person(row),
        **kept,
        created_at=_begun(row),
        edited_at=_time(row["edited_at"]),
        pinned_at=_time(row["pinned_at"]),
        verdicts=[lines.Reason(*verdict) for verdict in verdicts.unpack(row["verdicts"])],
        reports=[lines.Reported(reason, note, ids.rfc3339(time)) for reason, note, time in row["reported"]],
    )


_AS_KEPT: Sequence[str] = (
    *("provider", "status", "text", "html", "likes", "score", "address", "learned", "open_reports"),
)


def _like(row: Row) -> Content:
    return lines.LikeLine(
        ids.encode(row["comment_id"]), _known(row), row["value"] == DISLIKE, ids.rfc3339(row["created_at"])
    )


def _action(row: Row) -> Content:
    kept: Mapping[str, Any] = {name: row[name] for name in ("verb", "target", "reason")}
    return lines.ActionLine(
        id=ids.encode(row["id"]),
        batch_id=ids.encode(row["batch_id"]),
        at=_begun(row),
        by=_person(row),
        **kept,
        target_id=ids.encode(row["target_id"]),
        before=msgspec.json.decode(row["before"]),
        after=msgspec.json.decode(row["after"]),
        undoes=_id(row["undoes"]),
    )


_KINDS: Mapping[str, tuple[Read, Callable[[Row], Content]]] = {
    "page": (store.list_pages, _page),
    "member": (store.list_members, _member),
    "standing": (store.list_standings, _standing),
    "comment": (store.list_comments, _comment),
    "like": (store.list_likes, _like),
    "action": (store.list_actions, _action),
}
_OF_A_CHOICE = {"page", "comment", "like"}


def _person(row: Row) -> lines.Person | None:
    return None if row["person_id"] is None else _known(row)


def _known(row: Row) -> lines.Person:
    kept: Mapping[str, Any] = {name: row[f"person_{name}"] for name in ("kind", "name", "url", "email")}
    return lines.Person(ids.encode(row["person_id"]), **kept)


def _id(identifier: int | None) -> str | None:
    return ids.encode(identifier) if identifier is not None else None


def _time(time: int | None) -> str | None:
    return ids.rfc3339(time) if time is not None else None


def _begun(row: Row) -> str:
    """Ids tell when a thing was made."""
    return ids.rfc3339(ids.time_of(row["id"]))
