"""Likes for the demo's comments, which the format of its export cannot carry."""

from __future__ import annotations

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, people
from widget.store import likes
from widget.store.sites import get_site

_PATTERN = (3, 0, 2, 0, 0, 5, 1, 0, 2)  # how many like the first comment, the second …


def add_likes(tx: Tx, site_name: str) -> None:
    """Let the people of the site like each other's comments, always the same ones."""
    site = get_site(tx, site_name)
    assert site is not None
    c = comments.c
    query = (
        sa.select(c.id, c.page_id, c.person_id, people.c.name)
        .join(people, people.c.id == c.person_id)
        .where(c.site_id == site.id, c.status == "approved")
        .order_by(c.id)
    )
    rows = [tuple(row) for row in tx.conn.execute(query)]
    readers = [person_id for _, person_id in sorted({(name, person_id) for _, _, person_id, name in rows})]
    for place, (comment_id, page_id, author, _) in enumerate(rows):
        others = [person for person in readers if person != author]
        start = place % len(others)
        fans = (others[start:] + others[:start])[: _PATTERN[place % len(_PATTERN)]]
        added = sum(likes.add_like(tx, site.id, page_id, comment_id, fan) for fan in fans)
        if added:
            likes.raise_likes(tx, site.id, comment_id, added)
