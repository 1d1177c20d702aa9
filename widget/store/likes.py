"""SQL of likes."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import comments, likes, people


class Liker(NamedTuple):
    person_id: int
    name: str
    url: str


_by = sa.bindparam("by", type_=sa.Integer)
_RAISE = (
    sa.update(comments)
    .where(comments.c.site_id == sa.bindparam("site"), comments.c.id == sa.bindparam("comment"))
    .values(likes=comments.c.likes + _by, score=comments.c.score + _by)
    .returning(comments.c.likes)
)


def add_like(tx: Tx, site_id: int, page_id: int, comment_id: int, person_id: int) -> bool:
    """Whether the like is new."""
    values = {
        "site_id": site_id,
        "comment_id": comment_id,
        "person_id": person_id,
        "page_id": page_id,
        "created_at": tx.now,
    }
    return add_unless_there(tx, likes, values)


def remove_like(tx: Tx, site_id: int, comment_id: int, person_id: int) -> bool:
    """Whether there was one."""
    where = (likes.c.site_id == site_id, likes.c.comment_id == comment_id, likes.c.person_id == person_id)
    return tx.conn.execute(sa.delete(likes).where(*where)).rowcount == 1


def remove_likes(tx: Tx, site_id: int, comment_id: int) -> None:
    tx.conn.execute(sa.delete(likes).where(likes.c.site_id == site_id, likes.c.comment_id == comment_id))


def raise_likes(tx: Tx, site_id: int, comment_id: int, by: int) -> int:
    """Count `by` more likes; the new number."""
    return int(tx.conn.execute(_RAISE, {"site": site_id, "comment": comment_id, "by": by}).scalar_one())


def list_liked(tx: Tx, site_id: int, page_id: int, person_id: int) -> list[int]:
    """The ids of what the person likes on the page: the newest thousand."""
    query = (
        sa.select(likes.c.comment_id)
        .where(likes.c.site_id == site_id, likes.c.person_id == person_id, likes.c.page_id == page_id)
        .order_by(likes.c.comment_id.desc())
        .limit(1000)
    )
    return list(tx.conn.execute(query).scalars())


def list_likers(tx: Tx, site_id: int, comment_id: int, after: int, limit: int) -> list[Liker]:
    """Who likes a comment, by person id, those behind `after`."""
    query = (
        sa.select(likes.c.person_id, people.c.name, people.c.url)
        .join(people, people.c.id == likes.c.person_id)
        .where(likes.c.site_id == site_id, likes.c.comment_id == comment_id, likes.c.person_id > after)
        .order_by(likes.c.person_id)
        .limit(limit)
    )
    return [Liker(*row) for row in tx.conn.execute(query)]
