"""SQL of reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import comments, reports


class Report(NamedTuple):
    comment_id: int
    reason: str
    note: str
    created_at: int  # Unix ms


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


def list_reports(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> list[Report]:
    """Of these comments, the newest first."""
    query = sa.select(*(reports.c[name] for name in Report._fields)).where(
        reports.c.site_id == site_id, reports.c.comment_id.in_(comment_ids)
    )
    return [Report(*row) for row in tx.conn.execute(query.order_by(reports.c.created_at.desc()))]
