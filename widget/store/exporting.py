"""SQL of what a person is given of their own: long lists a part at a time, by keyset."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, likes, pages, sites, standings


class OwnComment(NamedTuple):
    site_id: int
    id: int
    site_name: str
    page_url: str
    page_title: str
    parent_id: int | None
    provider: str
    status: str
    text: str
    html: str
    edited_at: int | None
    likes: int
    replies: int
    address: str | None


class OwnLike(NamedTuple):
    site_id: int
    comment_id: int
    site_name: str
    page_url: str
    value: int
    created_at: int


class OwnStanding(NamedTuple):
    site_name: str
    role: str
    banned_until: int


Place = tuple[int, int]  # site and comment
_of_site, _of_page = sites.c.name, (pages.c.url, pages.c.title)


def list_own_comments(tx: Tx, person_id: int, after: Place, limit: int) -> list[OwnComment]:
    """Those behind `after`, site by site, the oldest first."""
    c = comments.c
    query = (
        sa.select(c.site_id, c.id, _of_site, *_of_page, *(c[name] for name in OwnComment._fields[5:]))
        .join_from(comments, pages, sa.and_(pages.c.site_id == c.site_id, pages.c.id == c.page_id))
        .join(sites, sites.c.id == c.site_id)
        .where(c.person_id == person_id, sa.tuple_(c.site_id, c.id) > after)
        .order_by(c.site_id, c.id)
        .limit(limit)
    )
    return [OwnComment(*row) for row in tx.conn.execute(query)]


def list_own_likes(tx: Tx, person_id: int, after: Place, limit: int) -> list[OwnLike]:
    """Those behind `after`, site by site."""
    c = likes.c
    query = (
        sa.select(c.site_id, c.comment_id, _of_site, pages.c.url, c.value, c.created_at)
        .join_from(likes, pages, sa.and_(pages.c.site_id == c.site_id, pages.c.id == c.page_id))
        .join(sites, sites.c.id == c.site_id)
        .where(c.person_id == person_id, sa.tuple_(c.site_id, c.comment_id) > after)
        .order_by(c.site_id, c.comment_id)
        .limit(limit)
    )
    return [OwnLike(*row) for row in tx.conn.execute(query)]


def list_own_standings(tx: Tx, person_id: int) -> list[OwnStanding]:
    query = (
        sa.select(sites.c.name, standings.c.role, standings.c.banned_until)
        .join(sites, sites.c.id == standings.c.site_id)
        .where(standings.c.person_id == person_id)
    )
    return [OwnStanding(*row) for row in tx.conn.execute(query.order_by(sites.c.name))]
