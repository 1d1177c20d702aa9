"""SQL of likes and dislikes: somebody has one of them for a comment, or neither."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import NEXT_VERSION, comments, likes, people


class Liker(NamedTuple):
    person_id: int
    name: str
    url: str


class Tally(NamedTuple):
    likes: int
    score: int  # likes, less dislikes


LIKE, DISLIKE = 1, -1  # as `value`

_RAISE = (
    sa.update(comments)
    .where(comments.c.site_id == sa.bindparam("site"), comments.c.id == sa.bindparam("comment"))
    .values(
        likes=comments.c.likes + sa.bindparam("by", type_=sa.Integer),
        score=comments.c.score + sa.bindparam("score_by", type_=sa.Integer),
        changed=NEXT_VERSION,
    )
    .returning(comments.c.likes, comments.c.score)
)


def _by(site_id: int, comment_id: int, person_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return likes.c.site_id == site_id, likes.c.comment_id == comment_id, likes.c.person_id == person_id


def get_value(tx: Tx, site_id: int, comment_id: int, person_id: int) -> int:
    """`LIKE`, `DISLIKE`, or 0 for neither."""
    query = sa.select(likes.c.value).where(*_by(site_id, comment_id, person_id))
    return tx.conn.execute(query).scalar_one_or_none() or 0


def add_like(tx: Tx, site_id: int, page_id: int, comment_id: int, person_id: int, value: int = LIKE) -> bool:
    """A like or a dislike, unless they have one already; whether it is new."""
    values = {
        "site_id": site_id,
        "comment_id": comment_id,
        "person_id": person_id,
        "page_id": page_id,
        "value": value,
        "created_at": tx.now,
    }
    return add_unless_there(tx, likes, values)


def remove_like(tx: Tx, site_id: int, comment_id: int, person_id: int) -> None:
    """Or a dislike."""
    tx.conn.execute(sa.delete(likes).where(*_by(site_id, comment_id, person_id)))


def remove_likes(tx: Tx, site_id: int, comment_id: int) -> None:
    tx.conn.execute(sa.delete(likes).where(likes.c.site_id == site_id, likes.c.comment_id == comment_id))


def raise_likes(tx: Tx, site_id: int, comment_id: int, likes: int, score: int) -> Tally:
    """Count so many more likes, and as much more score; what they are now."""
    values = {"site": site_id, "comment": comment_id, "by": likes, "score_by": score}
    return Tally(*tx.conn.execute(_RAISE, values).one())


def list_values(tx: Tx, site_id: int, page_id: int, person_id: int) -> dict[int, int]:
    """What the person likes and dislikes on the page, by the comments' ids: the newest thousand."""
    query = (
        sa.select(likes.c.comment_id, likes.c.value)
        .where(likes.c.site_id == site_id, likes.c.person_id == person_id, likes.c.page_id == page_id)
        .order_by(likes.c.comment_id.desc())
        .limit(1000)
    )
    return {row.comment_id: row.value for row in tx.conn.execute(query)}


def list_likers(tx: Tx, site_id: int, comment_id: int, after: int, limit: int) -> list[Liker]:
    """Who likes a comment, by person id, those behind `after`."""
    query = (
        sa.select(likes.c.person_id, people.c.name, people.c.url)
        .join(people, people.c.id == likes.c.person_id)
        .where(likes.c.site_id == site_id, likes.c.comment_id == comment_id, likes.c.person_id > after)
        .where(likes.c.value == LIKE)
        .order_by(likes.c.person_id)
        .limit(limit)
    )
    return [Liker(*row) for row in tx.conn.execute(query)]
