"""SQL of pages that become one, and are split again. Grows with the page: not for a reading path."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, likes, pages


def list_parts(tx: Tx, site_id: int, page_id: int) -> list[int]:
    """The pages that were merged into this one, and into those."""
    direct = sa.select(pages.c.id).where(pages.c.site_id == site_id, pages.c.merged_into == page_id)
    below = direct.cte("below", recursive=True)
    further = sa.select(pages.c.id).where(pages.c.site_id == site_id, pages.c.merged_into == below.c.id)
    return sorted(tx.conn.execute(sa.select(below.union(further).c.id)).scalars())


def move_all(tx: Tx, site_id: int, page_id: int, into: int) -> None:
    """Comments and likes; each comment keeps which page it belongs to."""
    c = comments.c
    here = sa.update(comments).where(c.site_id == site_id, c.page_id == page_id)
    tx.conn.execute(here.values(page_id=into, merged_from=sa.func.coalesce(c.merged_from, page_id)))
    tx.conn.execute(sa.update(likes).where(likes.c.site_id == site_id, likes.c.page_id == page_id).values(page_id=into))


def move_back(tx: Tx, site_id: int, page_id: int, parts: Sequence[int], from_: int) -> int:
    """To the page what belongs to it or its parts; how many of those comments are approved."""
    c = comments.c
    theirs = (c.site_id == site_id, c.page_id == from_, c.merged_from.in_([page_id, *parts]))
    chosen = sa.select(c.id).where(*theirs)
    liked = (likes.c.site_id == site_id, likes.c.page_id == from_, likes.c.comment_id.in_(chosen))
    tx.conn.execute(sa.update(likes).where(*liked).values(page_id=page_id))
    approved = tx.conn.execute(sa.select(sa.func.count()).where(*theirs, c.status == "approved")).scalar_one()
    own = sa.case((c.merged_from == page_id, None), else_=c.merged_from)
    tx.conn.execute(sa.update(comments).where(*theirs).values(page_id=page_id, merged_from=own))
    return int(approved)


def set_shown_as(tx: Tx, site_id: int, page_ids: Sequence[int], shown_as: int) -> None:
    """Where the comments of these pages are now."""
    where = (pages.c.site_id == site_id, pages.c.id.in_(page_ids))
    tx.conn.execute(sa.update(pages).where(*where).values(shown_as=shown_as))
