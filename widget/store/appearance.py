"""SQL of what readers see of a person: when it changes, so does every page with comments of theirs, and those who have
one open are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from widget.db import Tx
from widget.models import VERSION, comments, has_status, likes, people
from widget.store.pages import touch_pages
from widget.store.people import set_person

NEWEST = 1_000  # comments of somebody that are told; older ones look so in the next document


def set_appearance(tx: Tx, person_id: int, **values: str) -> None:
    """Change the name, the website or the picture; nothing where they are like that already."""
    query = sa.select(*(people.c[column] for column in values)).where(people.c.id == person_id)
    before = tx.conn.execute(query).one_or_none()
    if before is None or before == tuple(values.values()):
        return
    set_person(tx, person_id, **values)
    touch_comments(tx, [person_id], commented_by([person_id]))


def touch_comments(tx: Tx, person_ids: Sequence[int], chosen: sa.SelectBase) -> None:
    """As `touch_pages`, which it does: what these people wrote there looks different. `chosen` has at least the pages
    with comments of theirs.
    """
    touch_pages(tx, chosen)
    c = comments.c
    shown = sa.select(c.site_id, c.id).where(c.person_id.in_(person_ids), has_status("approved"))
    newest = shown.order_by(c.id.desc()).limit(NEWEST)
    tx.conn.execute(sa.update(comments).where(sa.tuple_(c.site_id, c.id).in_(newest)).values(changed=VERSION))


def commented_by(person_ids: Sequence[int]) -> sa.Select[Any]:
    """The pages with comments of theirs, as `touch_pages` takes them."""
    return sa.select(comments.c.site_id, comments.c.page_id).where(comments.c.person_id.in_(person_ids))


def liked_by(person_ids: Sequence[int]) -> sa.Select[Any]:
    """The pages with likes of theirs."""
    return sa.select(likes.c.site_id, likes.c.page_id).where(likes.c.person_id.in_(person_ids))


def used_by(person_ids: Sequence[int]) -> sa.CompoundSelect[Any]:
    """The pages with comments or likes of theirs."""
    return sa.union(commented_by(person_ids), liked_by(person_ids))
