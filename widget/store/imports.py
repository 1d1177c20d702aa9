"""SQL of imports: what is counted when the comments are there."""

from __future__ import annotations

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, has_status, is_shown, pages, people

_c, _below = comments.c, comments.alias("below")
# Behind all paths that begin with this one: no id begins with this byte. SQLite makes a text of the two.
_end = sa.cast(_c.path.concat(sa.literal(b"\xff", sa.LargeBinary)), sa.LargeBinary)
_replies = (
    sa.select(sa.func.count())
    .where(
        _below.c.site_id == _c.site_id,
        _below.c.root_id == _c.root_id,
        _below.c.path > _c.path,
        _below.c.path < _end,
        _below.c.parent_id.is_not(None),
        has_status("approved", _below),
        is_shown(_below),
    )
    .correlate(comments)
    .scalar_subquery()
)


def recount_replies(tx: Tx, site_id: int, page_id: int, after: int, limit: int) -> tuple[int, int, bool]:
    """Set the numbers of replies of the page's next comments behind `after`, by id, to what the rows say.

    How many were looked at, the last of them, and whether one changed.
    """
    here = (_c.site_id == site_id, _c.page_id == page_id, _c.id > after)
    found = list(tx.conn.execute(sa.select(_c.id).where(*here).order_by(_c.id).limit(limit)).scalars())
    if not found:
        return 0, after, False
    change = sa.update(comments).where(*here, _c.id <= found[-1], _c.replies != _replies).values(replies=_replies)
    return len(found), found[-1], bool(tx.conn.execute(change).rowcount)


def count_approved(tx: Tx, site_id: int, page_id: int) -> int:
    query = sa.select(sa.func.count()).where(_c.site_id == site_id, _c.page_id == page_id, has_status("approved"))
    return int(tx.conn.execute(query).scalar_one())


def analyze(tx: Tx) -> None:
    """Let PostgreSQL know at once how much has grown, and not a minute later by itself: until then it plans for a table
    that is nearly empty. SQLite's plans are those that were measured without.
    """
    if tx.conn.dialect.name == "postgresql":
        tx.conn.execute(sa.text(f"ANALYZE {comments.name}, {pages.name}, {people.name}"))
