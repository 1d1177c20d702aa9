"""SQL of pinned comments: roots that stand before all others of their page."""

from __future__ import annotations

import sqlalchemy as sa

from widget.db import Tx
from widget.models import NEXT_VERSION, comments
from widget.store.comments import COLUMNS, Comment, with_authors

_PINS = (  # built once: building a statement anew costs more than running it
    sa.select(*COLUMNS)
    .select_from(with_authors())
    .where(
        comments.c.site_id == sa.bindparam("site"),
        comments.c.page_id == sa.bindparam("page"),
        comments.c.pinned_at.is_not(None),
    )
)


def list_pins(tx: Tx, site_id: int, page_id: int) -> list[Comment]:
    """All of a page, also those that vanished since, the last pinned first. Sorted here: there are a handful."""
    rows = tx.conn.execute(_PINS, {"site": site_id, "page": page_id})
    return sorted((Comment(*row) for row in rows), key=lambda pin: (pin.pinned_at or 0, pin.id), reverse=True)


def set_pin(tx: Tx, site_id: int, comment_id: int, pinned_at: int | None) -> None:
    """`pinned_at` is in Unix ms; None for no longer."""
    where = (comments.c.site_id == site_id, comments.c.id == comment_id)
    tx.conn.execute(sa.update(comments).where(*where).values(pinned_at=pinned_at, changed=NEXT_VERSION))
