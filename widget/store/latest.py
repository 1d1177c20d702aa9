"""SQL of the newest comments of a site."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, has_status, pages
from widget.store.comments import COLUMNS, Comment, with_authors

LOOKED_THROUGH = 5_000  # comments: all but the approved are passed over one by one, and spam comes in floods

_site: sa.BindParameter[int] = sa.bindparam("site")
_oldest = (
    sa.select(comments.c.id)
    .where(comments.c.site_id == _site)
    .order_by(comments.c.id.desc())
    .offset(LOOKED_THROUGH - 1)
    .limit(1)
    .scalar_subquery()
)
_newest = (
    sa.select(comments.c.id)
    .where(comments.c.site_id == _site, has_status("approved"), comments.c.id >= sa.func.coalesce(_oldest, 0))
    .order_by(comments.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_LATEST = (  # chosen before anything is joined: else SQLite begins with the pages, all of them
    sa.select(pages.c.key, pages.c.url, pages.c.title, *COLUMNS)
    .select_from(
        with_authors().join(pages, sa.and_(pages.c.site_id == comments.c.site_id, pages.c.id == comments.c.page_id))
    )
    .where(comments.c.site_id == _site, comments.c.id.in_(_newest))
    .order_by(comments.c.id.desc())
)


class Latest(NamedTuple):
    """A comment, and the page it is on."""

    page: str  # its key
    page_url: str
    page_title: str
    comment: Comment


def list_latest(tx: Tx, site_id: int, limit: int) -> list[Latest]:
    """Up to `limit` approved comments of the site, newest first."""
    rows = tx.conn.execute(_LATEST, {"site": site_id, "most": limit})
    return [Latest(row[0], row[1], row[2], Comment(*row[3:])) for row in rows]
