"""SQL of what is counted for moderators: comments by time and page, as the checks took them, and decisions.

Reads the comments of the period once; what that costs stands in docs/performance.md.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import actions, comments, pages

MOST_PAGES = 10
c = comments.c


class Slice(NamedTuple):
    """What was written in one slice of the period; `place` counts slices from its start."""

    place: int
    comments: int
    held: int  # by the checks
    spam: int  # for the checks


class Busy(NamedTuple):
    page_id: int
    title: str
    url: str
    key: str
    comments: int


def _says(status: str) -> sa.ColumnElement[bool]:
    """One of the verdicts, as `spam.verdicts.pack` writes them: a reason that quotes one has its quotes escaped."""
    return c.verdicts.contains(f'["{status}",', autoescape=True)


def list_slices(tx: Tx, site_id: int, since: int, length: int) -> list[Slice]:
    """Of the comments since that time, in slices of that length (ms); those without comments are left out."""
    spam = sa.case((_says("spam"), 1), else_=0)
    held = sa.case((sa.and_(_says("pending"), ~_says("spam")), 1), else_=0)
    place = ((c.id // ids.first_id(1) - since) // length).label("place")
    query = sa.select(place, sa.func.count(), sa.func.sum(held), sa.func.sum(spam)).where(*_since(since, site_id))
    return [Slice(*row) for row in tx.conn.execute(query.group_by(place).order_by(place))]


def list_busiest(tx: Tx, site_id: int, since: int) -> list[Busy]:
    """The pages with most comments since that time."""
    number = sa.func.count().label("number")
    most = sa.select(c.page_id, number).where(*_since(since, site_id)).group_by(c.page_id)
    found = most.order_by(number.desc(), c.page_id.desc()).limit(MOST_PAGES).subquery()
    p = pages.c
    query = sa.select(p.id, p.title, p.url, p.key, found.c.number).join(
        found, sa.and_(p.site_id == site_id, p.id == found.c.page_id)
    )
    return [Busy(*row) for row in tx.conn.execute(query.order_by(found.c.number.desc(), p.id.desc()))]


def count_decisions(tx: Tx, site_id: int, since: int) -> dict[str, int]:
    """Lines of the log about comments since that time, by verb; what was undone is left out."""
    a, undoing = actions.c, actions.alias("undoing")
    undone = sa.select(undoing.c.id).where(undoing.c.site_id == a.site_id, undoing.c.undoes == a.id).exists()
    query = sa.select(a.verb, sa.func.count()).where(
        a.site_id == site_id, a.id >= ids.first_id(since), a.target == "comment", a.undoes.is_(None), ~undone
    )
    return {row[0]: row[1] for row in tx.conn.execute(query.group_by(a.verb))}


def _since(since: int, site_id: int) -> list[Any]:
    return [c.site_id == site_id, c.id >= ids.first_id(since)]
