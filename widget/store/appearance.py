"""SQL of what readers see of a person: when it changes, so does every page with comments of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, likes, people
from widget.store.pages import touch_pages
from widget.store.people import set_person


def set_appearance(tx: Tx, person_id: int, **values: str) -> None:
    """Change the name, the website or the picture; nothing where they are like that already."""
    query = sa.select(*(people.c[column] for column in values)).where(people.c.id == person_id)
    before = tx.conn.execute(query).one_or_none()
    if before is None or before == tuple(values.values()):
        return
    set_person(tx, person_id, **values)
    touch_pages(tx, commented_by([person_id]))


def commented_by(person_ids: Sequence[int]) -> sa.Select[Any]:
    """The pages with comments of theirs, as `touch_pages` takes them."""
    return sa.select(comments.c.site_id, comments.c.page_id).where(comments.c.person_id.in_(person_ids))


def liked_by(person_ids: Sequence[int]) -> sa.Select[Any]:
    """The pages with likes of theirs."""
    return sa.select(likes.c.site_id, likes.c.page_id).where(likes.c.person_id.in_(person_ids))


def used_by(person_ids: Sequence[int]) -> sa.CompoundSelect[Any]:
    """The pages with comments or likes of theirs."""
    return sa.union(commented_by(person_ids), liked_by(person_ids))
