"""SQL of making one person of several: what is whose changes hands, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import VERSION, attempts, avatars, comments, identities, likes, people, sessions, standings
from widget.store.likes import LIKE


class Place(NamedTuple):
    """A page of a site."""

    site_id: int
    page_id: int


class Standing(NamedTuple):
    site_id: int
    person_id: int
    role: str
    banned_until: int
    ban_reason: str
    shadowed: bool
    trusted: bool
    note: str


def list_guests(tx: Tx, guests: sa.Select[tuple[int]], place: Place | None, limit: int) -> list[int]:
    """Of the guests those who wrote: on that page, or anywhere."""
    written = sa.select(comments.c.id).where(comments.c.person_id == people.c.id, *_on(comments, place))
    query = sa.select(people.c.id).where(people.c.id.in_(guests), written.exists())
    return list(tx.conn.execute(query.order_by(people.c.id).limit(limit)).scalars())


def move_comments(tx: Tx, person_id: int, others: Sequence[int], place: Place | None = None) -> None:
    moved = sa.update(comments).where(comments.c.person_id.in_(others), *_on(comments, place))
    tx.conn.execute(moved.values(person_id=person_id))


def move_likes(tx: Tx, person_id: int, others: Sequence[int], place: Place | None = None) -> None:
    """Whoever liked or disliked a comment as two people did so once: as the first of them."""
    theirs, also = likes.c, likes.alias("also").c
    same = sa.and_(also.site_id == theirs.site_id, also.comment_id == theirs.comment_id)
    first = sa.or_(also.person_id == person_id, sa.and_(also.person_id.in_(others), also.person_id < theirs.person_id))
    doubled = (
        sa.select(theirs.site_id, theirs.comment_id, theirs.person_id, theirs.value)
        .where(theirs.person_id.in_(others), *_on(likes, place))
        .where(sa.exists().where(same, first))
    )
    rows = [
        {"site": row[0], "comment": row[1], "person": row[2], "value": row[3], "liked": int(row[3] == LIKE)}
        for row in tx.conn.execute(doubled)
    ]
    if rows:
        tx.conn.execute(_FEWER_LIKES, rows)
        tx.conn.execute(_REMOVE_LIKE, rows)
    moved = sa.update(likes).where(likes.c.person_id.in_(others), *_on(likes, place))
    tx.conn.execute(moved.values(person_id=person_id))


_this_comment = (comments.c.site_id == sa.bindparam("site"), comments.c.id == sa.bindparam("comment"))
_FEWER_LIKES = (
    sa.update(comments)
    .where(*_this_comment)
    .values(
        likes=comments.c.likes - sa.bindparam("liked"), score=comments.c.score - sa.bindparam("value"), changed=VERSION
    )
)
_REMOVE_LIKE = sa.delete(likes).where(
    likes.c.site_id == sa.bindparam("site"),
    likes.c.comment_id == sa.bindparam("comment"),
    likes.c.person_id == sa.bindparam("person"),
)


def list_standings(tx: Tx, person_ids: Sequence[int]) -> list[Standing]:
    query = sa.select(*(standings.c[name] for name in Standing._fields)).where(standings.c.person_id.in_(person_ids))
    return [Standing(*row) for row in tx.conn.execute(query)]


def move_sign_in(tx: Tx, person_id: int, other_id: int) -> None:
    """Identities, sessions, and sign-ins under way."""
    for table in (identities, sessions, attempts):
        tx.conn.execute(sa.update(table).where(table.c.person_id == other_id).values(person_id=person_id))


def end_sessions_of(tx: Tx, person_ids: Sequence[int]) -> None:
    tx.conn.execute(sa.delete(sessions).where(sessions.c.person_id.in_(person_ids)))


def remove_unused(tx: Tx, person_ids: Sequence[int]) -> None:
    """Those of whom no comment and no like is left, with all that was theirs."""
    written = sa.exists().where(comments.c.person_id == people.c.id)
    liked = sa.exists().where(likes.c.person_id == people.c.id)
    unused = (people.c.id.in_(person_ids), ~written, ~liked)
    shown = sa.select(people.c.avatar).where(*unused, people.c.avatar != "")
    tx.conn.execute(sa.delete(avatars).where(avatars.c.hash.in_(shown)))
    tx.conn.execute(sa.delete(people).where(*unused))


def _on(table: sa.Table, place: Place | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if place is None else (table.c.site_id == place.site_id, table.c.page_id == place.page_id)
