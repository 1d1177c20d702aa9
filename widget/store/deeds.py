"""SQL of the log as it is read: deed by deed, each with what it was done to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import actions, pages, people, sites
from widget.store.queue import MOST_SITES, Place, StaffSite


class Deed(NamedTuple):
    """What was done at once, told by its first line."""

    id: int
    site_id: int
    site_name: str
    name: str | None  # who did it; None: the service itself, or somebody who was erased
    verb: str
    undoes: str | None  # the verb of what an undo took back
    target: str  # comment, person, page
    target_id: int
    target_name: str | None  # the person's; the page's title or address
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    lines: int
    undone: int  # of these lines

    @property
    def at(self) -> int:
        """Unix ms."""
        return ids.time_of(self.id)


_line, _undoing, _undone = actions.alias("line"), actions.alias("undoing"), actions.alias("undone")
_of_deed = (_line.c.site_id == actions.c.site_id, _line.c.batch_id == actions.c.batch_id)
# A count: EXISTS makes PostgreSQL without statistics join line by line, and for max(id) SQLite reads the whole log.
_taken_back = (
    sa.select(sa.func.count())
    .where(_undoing.c.site_id == _line.c.site_id, _undoing.c.undoes == _line.c.id)
    .scalar_subquery()
)
_named = people.alias("named")
_target = (  # looked up one by one: as joins they made PostgreSQL read all comments where it had no statistics yet
    sa.case(
        (
            actions.c.target == "person",
            sa.select(_named.c.name).where(_named.c.id == actions.c.target_id).scalar_subquery(),
        ),
        (
            actions.c.target == "page",
            sa.select(sa.func.coalesce(sa.func.nullif(pages.c.title, ""), pages.c.url))
            .where(pages.c.site_id == actions.c.site_id, pages.c.id == actions.c.target_id)
            .scalar_subquery(),
        ),
    )
)
_SELECT: sa.Select[Any] = (
    sa.select(
        actions.c.id,
        actions.c.site_id,
        sites.c.name,
        people.c.name,
        actions.c.verb,
        _undone.c.verb,
        actions.c.target,
        actions.c.target_id,
        _target,
        actions.c.reason,
        actions.c.before,
        actions.c.after,
        sa.select(sa.func.count()).where(*_of_deed).scalar_subquery(),
        sa.select(sa.func.count()).where(*_of_deed, _taken_back > 0).scalar_subquery(),
    )
    .join_from(actions, sites, sites.c.id == actions.c.site_id)
    .outerjoin(people, people.c.id == actions.c.person_id)
    .outerjoin(_undone, sa.and_(_undone.c.site_id == actions.c.site_id, _undone.c.id == actions.c.undoes))
)


def list_deeds(tx: Tx, site_ids: Sequence[int], before: Place | None, limit: int) -> list[Deed]:
    """Of these sites, the newest first, those before a place."""
    found: list[Deed] = []
    for start in range(0, len(site_ids), MOST_SITES):
        newest = sa.union_all(
            *(_newest(site_id, before, limit) for site_id in site_ids[start : start + MOST_SITES])
        ).subquery()
        query = _SELECT.join(newest, sa.and_(newest.c.site_id == actions.c.site_id, newest.c.id == actions.c.id))
        order = (actions.c.id.desc(), actions.c.site_id.desc())
        found += [_deed(row) for row in tx.conn.execute(query.order_by(*order).limit(limit))]
    return sorted(found, key=lambda deed: (deed.id, deed.site_id), reverse=True)[:limit]


def _newest(site_id: int, before: Place | None, limit: int) -> sa.Select[Any]:
    a = actions.c
    query = sa.select(a.site_id, a.id).where(a.site_id == site_id, a.id == a.batch_id)
    if before is not None:
        query = query.where(a.id < before.id + (site_id < before.site_id))
    return sa.select(query.order_by(a.id.desc()).limit(limit).subquery())


def list_deeds_by_id(tx: Tx, deeds: Sequence[Place]) -> list[Deed]:
    """In the order in which they were done."""
    by_site: dict[int, list[int]] = {}
    for deed in deeds:
        by_site.setdefault(deed.site_id, []).append(deed.id)
    if not by_site:
        return []
    of_sites = (sa.and_(actions.c.site_id == site, actions.c.id.in_(chosen)) for site, chosen in by_site.items())
    query = _SELECT.where(actions.c.id == actions.c.batch_id, sa.or_(*of_sites)).order_by(actions.c.id)
    return [_deed(row) for row in tx.conn.execute(query)]


def list_deeds_on(tx: Tx, site: StaffSite, target: str, target_id: int, limit: int) -> list[Deed]:
    """What was last done to a comment, person or page, the newest first; `undone` is told of the whole deed."""
    a = actions.c
    chosen = (
        sa.select(a.batch_id)
        .where(a.site_id == site.id, a.target == target, a.target_id == target_id)
        .order_by(a.id.desc())
        .limit(limit)
    )
    found = tx.conn.execute(chosen).scalars()
    return list_deeds_by_id(tx, [Place(batch_id, site.id) for batch_id in found])[::-1]


def _deed(row: sa.Row[Any]) -> Deed:
    values = dict(zip(Deed._fields, row, strict=True))
    return Deed(**{**values, **{name: msgspec.json.decode(values[name]) for name in ("before", "after")}})
