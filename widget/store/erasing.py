"""SQL of erasing a person: what they wrote and liked, a page at a time, and then themselves."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from widget.db import Tx
from widget.models import (
    NEXT_VERSION,
    attempts,
    avatars,
    comments,
    identities,
    is_shown,
    likes,
    people,
    sessions,
    standings,
)
from widget.store.appearance import liked_by, used_by
from widget.store.comments import GONE, add_replies, ids_in
from widget.store.joining import Place
from widget.store.likes import DISLIKE, LIKE

ERASED = "Anonymous"


def list_places(tx: Tx, person_id: int, limit: int, *, liked_alone: bool = False) -> list[Place]:
    """Pages with something of theirs, in the order in which pages are locked."""
    places = (liked_by([person_id]) if liked_alone else used_by([person_id])).subquery()
    query = sa.select(places.c.site_id, places.c.page_id).distinct().order_by(places.c.site_id, places.c.page_id)
    return [Place(*row) for row in tx.conn.execute(query.limit(limit))]


def take_likes(tx: Tx, person_id: int, place: Place) -> None:
    """Take back all their likes and dislikes on the page."""
    here = (likes.c.site_id == place.site_id, likes.c.page_id == place.page_id, likes.c.person_id == person_id)
    for value in (LIKE, DISLIKE):
        liked = sa.select(likes.c.comment_id).where(*here, likes.c.value == value)
        fewer = sa.update(comments).where(comments.c.site_id == place.site_id, comments.c.id.in_(liked))
        tally = {"likes": comments.c.likes - int(value == LIKE), "score": comments.c.score - value}
        tx.conn.execute(fewer.values(**tally, changed=NEXT_VERSION))
    tx.conn.execute(sa.delete(likes).where(*here))


def delete_comments(tx: Tx, person_id: int, place: Place, limit: int) -> int:
    """Delete up to `limit` of their comments on the page, as `comments.delete` deletes one; how many readers saw."""
    c = comments.c
    query = sa.select(c.id, c.path, c.status).where(
        c.person_id == person_id, c.site_id == place.site_id, c.page_id == place.page_id
    )
    rows = tx.conn.execute(query.order_by(c.id).limit(limit)).all()
    ids = [row[0] for row in rows]
    approved = [ids_in(row[1]) for row in rows if row[2] == "approved"]
    tx.conn.execute(sa.delete(likes).where(likes.c.site_id == place.site_id, likes.c.comment_id.in_(ids)))
    changed = sa.case((is_shown(), NEXT_VERSION), else_=c.changed)
    tx.conn.execute(
        sa.update(comments).where(c.site_id == place.site_id, c.id.in_(ids)).values(**GONE, changed=changed)
    )
    fewer = Counter(ancestor for path in approved for ancestor in path[:-1])
    add_replies(tx, place.site_id, {ancestor: -by for ancestor, by in fewer.items()})
    return len(approved)


def make_nameless(tx: Tx, person_id: int) -> None:
    """Leave of a person what their comments need: a row that says nothing of anybody."""
    for table in (identities, sessions, attempts, standings):
        tx.conn.execute(sa.delete(table).where(table.c.person_id == person_id))
    unsaid = {"provider": "", "address": None, "address_hash": None}
    tx.conn.execute(sa.update(comments).where(comments.c.person_id == person_id).values(**unsaid))
    shown = sa.select(people.c.avatar).where(people.c.id == person_id)
    tx.conn.execute(sa.delete(avatars).where(avatars.c.hash.in_(shown)))
    nothing = {"kind": "erased", "name": ERASED, "url": "", "email": "", "look": "", "avatar": "", "renamed": False}
    tx.conn.execute(sa.update(people).where(people.c.id == person_id).values(**nothing))
