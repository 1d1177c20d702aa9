"""SQL of pages as moderators look through them: by their newest comment, by number of comments, by words.

Nothing keeps when a page was last written to, for every post would have to: its pages are found by walking back through
the comments, `LOOKED_THROUGH` at a time. The other two read a site's pages once, which is measured in
docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, pages

LOOKED_THROUGH = 5_000  # comments
AT_ONCE = 500  # keys in a statement
p = pages.c


class PagePlace(NamedTuple):
    """A place in a list of pages: `rank` is what the list is ordered by, before the page's id."""

    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class Listed:
    id: int
    key: str
    url: str
    title: str
    count: int  # approved comments
    locked: bool
    closes_at: int | None
    shown_as: int | None  # the page it is a part of
    newest: int  # comment; 0 where it is not known


_COLUMNS = tuple(p[field.name] for field in fields(Listed)[:-1])


def _select(newest: sa.ColumnElement[int]) -> sa.Select[Any]:
    return sa.select(*_COLUMNS, newest)


def list_active(
    tx: Tx, site_id: int, before: PagePlace | None, limit: int
) -> tuple[list[Listed], PagePlace | None, bool]:
    """By their newest comment, and where to go on (None at the end); whether that is because enough was looked at."""
    c, newer = comments.c, comments.alias("newer")
    walked = sa.select(c.id, c.page_id).where(c.site_id == site_id)
    if before is not None:
        walked = walked.where(c.id < before.rank)
    looked = walked.order_by(c.id.desc()).limit(LOOKED_THROUGH).subquery()
    superseded = sa.exists().where(
        newer.c.site_id == site_id, newer.c.page_id == looked.c.page_id, newer.c.id > looked.c.id
    )
    query = (
        _select(looked.c.id)
        .join_from(looked, pages, sa.and_(p.site_id == site_id, p.id == looked.c.page_id))
        .where(~superseded)
        .order_by(looked.c.id.desc())
        .limit(limit + 1)
    )
    found = [Listed(*row) for row in tx.conn.execute(query)]
    if len(found) > limit:
        return found[:limit], PagePlace(found[limit - 1].newest, 0), False
    oldest, number = tx.conn.execute(sa.select(sa.func.min(looked.c.id), sa.func.count()).select_from(looked)).one()
    return found, PagePlace(oldest, 0) if number == LOOKED_THROUGH else None, True


def list_most(tx: Tx, site_id: int, before: PagePlace | None, limit: int) -> tuple[list[Listed], PagePlace | None]:
    """By number of comments."""
    query = _select(sa.literal(0)).where(p.site_id == site_id, p.merged_into.is_(None))
    if before is not None:
        same = sa.and_(p.count == before.rank, p.id < before.id)
        query = query.where(sa.or_(p.count < before.rank, same))
    rows = tx.conn.execute(query.order_by(p.count.desc(), p.id.desc()).limit(limit + 1))
    found = [Listed(*row) for row in rows]
    return found[:limit], PagePlace(found[limit - 1].count, found[limit - 1].id) if len(found) > limit else None


def list_found(
    tx: Tx, site_id: int, words: str, before: PagePlace | None, limit: int
) -> tuple[list[Listed], PagePlace | None]:
    """With these words in title or address, also those that are parts of others; the youngest first."""
    has_words = sa.or_(*(p[name].icontains(words, autoescape=True) for name in ("title", "url", "key")))
    query = _select(sa.literal(0)).where(p.site_id == site_id, has_words)
    if before is not None:
        query = query.where(p.id < before.id)
    found = [Listed(*row) for row in tx.conn.execute(query.order_by(p.id.desc()).limit(limit + 1))]
    return found[:limit], PagePlace(0, found[limit - 1].id) if len(found) > limit else None


def list_listed(tx: Tx, site_id: int, page_ids: list[int]) -> list[Listed]:
    query = _select(sa.literal(0)).where(p.site_id == site_id, p.id.in_(page_ids))
    return [Listed(*row) for row in tx.conn.execute(query.order_by(p.id))]


def list_direct_parts(tx: Tx, site_id: int, page_id: int) -> list[Listed]:
    """The pages that a moderator merged into this one."""
    query = _select(sa.literal(0)).where(p.site_id == site_id, p.merged_into == page_id)
    return [Listed(*row) for row in tx.conn.execute(query.order_by(p.id))]


def count_parts(tx: Tx, site_id: int, page_id: int) -> dict[int, int]:
    """Of comments that a page holds for its parts: how many are approved, by the part they belong to."""
    c = comments.c
    query = sa.select(c.merged_from, sa.func.count()).where(
        c.site_id == site_id, c.page_id == page_id, c.merged_from.is_not(None), c.status == "approved"
    )
    return {row[0]: row[1] for row in tx.conn.execute(query.group_by(c.merged_from))}


def list_after(tx: Tx, site_id: int, after: int, limit: int) -> list[Listed]:
    """In the order of their ids, those that come after one; also those that are parts of others."""
    query = _select(sa.literal(0)).where(p.site_id == site_id, p.id > after)
    return [Listed(*row) for row in tx.conn.execute(query.order_by(p.id).limit(limit))]


def list_by_key(tx: Tx, site_id: int, keys: Sequence[str]) -> list[Listed]:
    """The pages themselves, wherever their comments are."""
    found: list[Listed] = []
    for start in range(0, len(keys), AT_ONCE):
        query = _select(sa.literal(0)).where(p.site_id == site_id, p.key.in_(keys[start : start + AT_ONCE]))
        found += [Listed(*row) for row in tx.conn.execute(query)]
    return found
