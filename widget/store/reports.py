"""SQL of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import comments, reports
from widget.store.queue import Place

LISTED = 20  # of each comment


class Report(NamedTuple):
    site_id: int
    comment_id: int
    reason: str
    note: str
    created_at: int  # Unix ms

    @property
    def place(self) -> Place:
        return Place(self.comment_id, self.site_id)


def add_report(tx: Tx, site_id: int, comment_id: int, reporter: str, reason: str, note: str) -> int | None:
    """How many have reported the comment since a moderator looked at it; None where this one did before."""
    key = {"site_id": site_id, "comment_id": comment_id, "reporter": reporter}
    values: dict[str, Any] = {**key, "reason": reason, "note": note, "created_at": tx.now}
    if not add_unless_there(tx, reports, values, index=tuple(key)):
        return None
    where = (comments.c.site_id == site_id, comments.c.id == comment_id)
    raised = sa.update(comments).where(*where).values(reports=comments.c.reports + 1).returning(comments.c.reports)
    return int(tx.conn.execute(raised).scalar_one())


def settle_reports(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> None:
    """A moderator has looked at these: what was said stays, and counts no more."""
    where = (comments.c.site_id == site_id, comments.c.id.in_(comment_ids), comments.c.reports > 0)
    tx.conn.execute(sa.update(comments).where(*where).values(reports=0))


def count_reports(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> dict[int, int]:
    """Of these comments, those with reports that no moderator has looked at, and how many."""
    query = sa.select(comments.c.id, comments.c.reports).where(
        comments.c.site_id == site_id, comments.c.id.in_(comment_ids), comments.c.reports > 0
    )
    return {row.id: row.reports for row in tx.conn.execute(query)}


def raise_reports(tx: Tx, site_id: int, more: Mapping[int, int]) -> None:
    """Count more (or fewer) in comments by id."""
    by_number: dict[int, list[int]] = {}
    for comment_id, number in more.items():
        by_number.setdefault(number, []).append(comment_id)
    c = comments.c
    for number, comment_ids in by_number.items():
        counted = sa.case((c.reports + number > 0, c.reports + number), else_=0)
        tx.conn.execute(sa.update(comments).where(c.site_id == site_id, c.id.in_(comment_ids)).values(reports=counted))


def list_reports(tx: Tx, places: Sequence[Place]) -> list[Report]:
    """Of these comments, the newest first, `LISTED` of each at most."""
    by_site: dict[int, list[int]] = {}
    for place in places:
        by_site.setdefault(place.site_id, []).append(place.id)
    if not by_site:
        return []
    r = reports.c
    newest = sa.func.row_number().over(partition_by=(r.site_id, r.comment_id), order_by=r.created_at.desc())
    of_sites = (sa.and_(r.site_id == site, r.comment_id.in_(chosen)) for site, chosen in by_site.items())
    found = sa.select(*(r[name] for name in Report._fields), newest.label("place")).where(sa.or_(*of_sites)).subquery()
    columns = (found.c[name] for name in Report._fields)
    query = sa.select(*columns).where(found.c.place <= LISTED).order_by(found.c.created_at.desc())
    return [Report(*row) for row in tx.conn.execute(query)]
