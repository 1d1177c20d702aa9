"""SQL of all that a site has, a part at a time, by keyset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from widget.db import Tx
from widget.models import actions, comments, pages, people, standings

Row = dict[str, Any]
_PAGE = ("id", "key", "url", "title", "locked", "closes_at", "merged_into")
_STANDING = ("role", "banned_until", "ban_reason", "shadowed", "trusted", "note")
_COMMENT = (
    *("id", "page_id", "merged_from", "parent_id", "provider", "status", "text", "html", "edited_at"),
    *("likes", "score", "pinned_at", "address", "verdicts"),
)
_ACTION = ("id", "batch_id", "verb", "target", "target_id", "reason", "before", "after", "undoes")
_AUTHOR = ("id", "kind", "name", "url", "email")  # of people, as person_…
_person = [people.c[name].label(f"person_{name}") for name in _AUTHOR]


def list_pages(tx: Tx, site_id: int, after: int, limit: int) -> list[Row]:
    return _rows(tx, sa.select(*_of(pages, _PAGE)), pages, site_id, after, limit)


def list_standings(tx: Tx, site_id: int, after: int, limit: int) -> list[Row]:
    """Of people who are something on the site; `id` is the person's."""
    query = (
        sa.select(standings.c.person_id.label("id"), *_of(standings, _STANDING), *_person)
        .join(people, people.c.id == standings.c.person_id)
        .where(standings.c.site_id == site_id, standings.c.person_id > after)
    )
    return [dict(row._mapping) for row in tx.conn.execute(query.order_by(standings.c.person_id).limit(limit))]


def list_comments(tx: Tx, site_id: int, after: int, limit: int) -> list[Row]:
    """The oldest first."""
    query = sa.select(*_of(comments, _COMMENT), *_person).outerjoin(people, people.c.id == comments.c.person_id)
    return _rows(tx, query, comments, site_id, after, limit)


def list_actions(tx: Tx, site_id: int, after: int, limit: int) -> list[Row]:
    """The oldest first."""
    query = sa.select(*_of(actions, _ACTION), *_person).outerjoin(people, people.c.id == actions.c.person_id)
    return _rows(tx, query, actions, site_id, after, limit)


def _of(table: sa.Table, names: Sequence[str]) -> list[sa.Column[Any]]:
    return [table.c[name] for name in names]


def _rows(tx: Tx, query: sa.Select[Any], table: sa.Table, site_id: int, after: int, limit: int) -> list[Row]:
    chosen = query.where(table.c.site_id == site_id, table.c.id > after).order_by(table.c.id).limit(limit)
    return [dict(row._mapping) for row in tx.conn.execute(chosen)]
