"""SQL of reading a thread, a page of it at a time, by keyset.

Each query seeks in a partial index (`models/`) and costs the same in a thread of 100 and of 100,000: no OFFSET, no
COUNT, no recursion, no window over the thread. A page holds `ROOTS` roots, each with its first `REPLIES` replies.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, has_status, is_shown
from widget.store.comments import COLUMNS, Comment, ids_in, list_comments, with_authors

ROOTS = 50
REPLIES = 10
MORE_REPLIES = 50

_shown = is_shown()
_SELECT = sa.select(*COLUMNS).select_from(with_authors())


def _fetch(tx: Tx, query: sa.Select[Any], values: Mapping[str, Any] | None = None) -> list[Comment]:
    """All rows at once, which takes half the time of one after another."""
    return [Comment(*row) for row in tx.conn.execute(query, values).all()]


class Place(NamedTuple):
    """Where a root stands in every order; what a cursor of roots holds."""

    score: int
    id: int


def list_roots(
    tx: Tx,
    site_id: int,
    page_id: int,
    sort: str,
    after: Place | None,
    limit: int,
    *,
    inclusive: bool = False,
    without: Sequence[Comment] = (),
) -> list[Comment]:
    """Up to `limit` roots in the order `sort` (old, new, best), those behind `after` (or from it on)."""
    base = _SELECT.where(
        comments.c.site_id == site_id, comments.c.page_id == page_id, comments.c.parent_id.is_(None), _shown
    )
    if without:
        base = base.where(comments.c.id.not_in([comment.id for comment in without]))
    if sort == "best":
        return _list_best(tx, base, after, limit, inclusive=inclusive)
    column, descending = comments.c.id, sort == "new"
    if after is not None:
        base = base.where(_beyond(column, after.id, descending=descending, inclusive=inclusive))
    query = base.order_by(column.desc() if descending else column).limit(limit)
    return _fetch(tx, query)


def _beyond(column: sa.Column[int], value: int, *, descending: bool, inclusive: bool) -> sa.ColumnElement[bool]:
    if descending:
        return column <= value if inclusive else column < value
    return column >= value if inclusive else column > value


def _list_best(tx: Tx, base: sa.Select[Any], after: Place | None, limit: int, *, inclusive: bool) -> list[Comment]:
    """By score and id, both falling. Two seeks: SQLite does not use the index for a row comparison."""
    c = comments.c
    order = (c.score.desc(), c.id.desc())
    if after is None:
        return _fetch(tx, base.order_by(*order).limit(limit))
    same = base.where(c.score == after.score, _beyond(c.id, after.id, descending=True, inclusive=inclusive))
    rows = _fetch(tx, same.order_by(*order).limit(limit))
    if len(rows) < limit:
        lower = base.where(c.score < after.score).order_by(*order).limit(limit - len(rows))
        rows += _fetch(tx, lower)
    return rows


def has_earlier_root(tx: Tx, site_id: int, page_id: int, sort: str, root: Place) -> bool:
    """Does a root stand before this one in the order?"""
    c = comments.c
    base = sa.select(c.id).where(c.site_id == site_id, c.page_id == page_id, c.parent_id.is_(None), _shown)
    if sort == "old":
        queries = [base.where(c.id < root.id)]
    elif sort == "new":
        queries = [base.where(c.id > root.id)]
    else:
        queries = [base.where(c.score == root.score, c.id > root.id), base.where(c.score > root.score)]
    return any(tx.conn.execute(query.limit(1)).first() for query in queries)


def list_first_replies(tx: Tx, site_id: int, root_ids: Sequence[int]) -> dict[int, list[Comment]]:
    """For each root its first `REPLIES` replies in path order, and one more where there is more."""
    if not root_ids:
        return {}
    query = _first_replies(tx.conn.dialect.name)
    replies: dict[int, list[Comment]] = {}
    for comment in _fetch(tx, query, {"site": site_id, "roots": root_ids}):
        replies.setdefault(comment.root_id, []).append(comment)
    return replies


@functools.cache
def _first_replies(dialect: str) -> sa.Select[Any]:
    """Built once: its aliases cost several times what running it costs."""
    site_id: sa.BindParameter[int] = sa.bindparam("site", type_=sa.BigInteger)
    root = comments.alias("root")
    reply = comments.alias("reply")
    first = (
        sa.select(reply.c.id)
        .where(
            reply.c.site_id == root.c.site_id,
            reply.c.root_id == root.c.id,
            reply.c.parent_id.is_not(None),
            is_shown(reply),
        )
        .order_by(reply.c.path)
        .limit(REPLIES + 1)
    )
    roots = sa.and_(root.c.site_id == site_id, root.c.id.in_(sa.bindparam("roots", expanding=True)))
    if dialect == "postgresql":
        lateral = first.lateral("first")
        chosen = sa.select(lateral.c.id).select_from(root.join(lateral, sa.true())).where(roots)
    else:
        inner = comments.alias("inner_reply")
        chosen = (
            sa.select(inner.c.id)
            .select_from(root.join(inner, sa.and_(inner.c.site_id == site_id, inner.c.id.in_(first.correlate(root)))))
            .where(roots)
        )
    return _SELECT.where(comments.c.site_id == site_id, comments.c.id.in_(chosen)).order_by(comments.c.path)


def list_replies(
    tx: Tx, site_id: int, root_id: int, after: bytes, limit: int, *, inclusive: bool = False
) -> list[Comment]:
    """Up to `limit` replies of a root in path order, those behind (or from) the path `after`."""
    path = comments.c.path
    query = _SELECT.where(
        comments.c.site_id == site_id,
        comments.c.root_id == root_id,
        comments.c.parent_id.is_not(None),
        path >= after if inclusive else path > after,
        _shown,
    )
    return _fetch(tx, query.order_by(path).limit(limit))


def list_replies_of(
    tx: Tx, site_id: int, root_ids: Sequence[int], after: tuple[int, bytes], limit: int
) -> list[Comment]:
    """Up to `limit` replies of these roots, root by root in path order, those behind a root and path.

    Their range is named, too: else SQLite reads on behind the last of them to the end of the site.
    """
    c = comments.c
    query = _SELECT.where(
        c.site_id == site_id,
        c.root_id.in_(root_ids),
        c.root_id <= max(root_ids),
        c.parent_id.is_not(None),
        sa.tuple_(c.root_id, c.path) > sa.tuple_(*after),
        _shown,
    )
    return _fetch(tx, query.order_by(c.root_id, c.path).limit(limit))


def list_of_person(tx: Tx, site_id: int, page_id: int, person_id: int, after: int, limit: int) -> list[Comment]:
    """What readers see of a person on a page, the oldest first."""
    c = comments.c
    query = _SELECT.where(c.person_id == person_id, c.site_id == site_id, c.id > after, has_status("approved"))
    return _fetch(tx, query.where(c.page_id + sa.literal_column("0") == page_id).order_by(c.id).limit(limit))


def list_ancestors(tx: Tx, site_id: int, path: bytes) -> list[Comment]:
    """The comments that `path` names, but for the last: root first."""
    return sorted(list_comments(tx, site_id, ids_in(path)[:-1]), key=lambda comment: comment.path)
