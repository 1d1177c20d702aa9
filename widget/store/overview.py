"""SQL of what an owner is told of a site: how its people signed in, and who has a role there."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, has_status, people, standings

LOOKED_THROUGH = 10_000  # comments
c = comments.c


class Use(NamedTuple):
    """Of a provider ("" for guests), among the newest `LOOKED_THROUGH` comments."""

    provider: str
    people: int
    comment_id: int  # the last


class Badged(NamedTuple):
    id: int
    name: str
    role: str  # author, moderator, owner
    known: bool  # has been on the site: wrote there, or has a role there


def list_uses(tx: Tx, site_id: int) -> list[Use]:
    """The last used first."""
    newest = (
        sa.select(c.provider, c.person_id, c.id)
        .where(c.site_id == site_id, c.person_id.is_not(None), sa.not_(has_status("deleted")))
        .order_by(c.id.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    last = sa.func.max(newest.c.id)
    query = sa.select(newest.c.provider, sa.func.count(newest.c.person_id.distinct()), last)
    return [Use(*row) for row in tx.conn.execute(query.group_by(newest.c.provider).order_by(last.desc()))]


def list_badged(tx: Tx, site_id: int) -> list[Badged]:
    """By role and name."""
    here = sa.and_(standings.c.person_id == people.c.id, standings.c.site_id == site_id)
    wrote = sa.select(c.id).where(c.person_id == people.c.id, c.site_id == site_id).exists()
    role = sa.case((people.c.owner, "owner"), else_=standings.c.role)
    query = (
        sa.select(people.c.id, people.c.name, role, sa.or_(standings.c.role.is_not(None), wrote))
        .outerjoin(standings, here)
        .where(sa.or_(people.c.owner, standings.c.role.in_(("author", "moderator"))))
        .order_by(role, people.c.name, people.c.id)
    )
    return [Badged(row[0], row[1], row[2], bool(row[3])) for row in tx.conn.execute(query)]
