"""SQL of a site's newest comments with all that the checks can know of them afterwards, in one statement."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import comments, has_status, people, standings
from widget.store.facts import DAY, MONTH, MOST_COPIES, decided_spam

MOST_APPROVED = 10  # what a site can ask for (`trust_after`)
c = comments.c
_tried = comments.alias("tried")
t = _tried.c


class Tried(NamedTuple):
    """A comment as it is now; `approved`, `by_person`, `by_address` and `copies` tell of those before it."""

    id: int
    text: str
    html: str
    status: str
    verdicts: str
    learned: str  # "ham" where a moderator approved it
    address: str | None
    name: str | None
    email: str | None
    website: str | None
    exempt: bool  # staff, or trusted
    approved: int
    by_person: bool
    by_address: bool
    copies: int


def _counted(most: int, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    found = sa.select(c.id).where(*where).limit(most).correlate(_tried).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _spam(*where: sa.ColumnElement[bool]) -> sa.Exists:
    # No index of ids: PostgreSQL without statistics would read a month's spam for each comment.
    time = (c.id + 0).between(t.id - ids.first_id(MONTH), t.id - 1)
    found = sa.select(sa.literal(1)).where(c.site_id == t.site_id, time, has_status("spam"), decided_spam, *where)
    return found.correlate(_tried).exists()


_LATEST = (
    sa.select(
        *(t[name] for name in ("id", "text", "html", "status", "verdicts", "learned", "address")),
        *(people.c[name] for name in ("name", "email", "url")),
        sa.or_(
            sa.func.coalesce(people.c.owner, sa.false()),
            sa.func.coalesce(standings.c.trusted, sa.false()),
            sa.func.coalesce(standings.c.role == "moderator", sa.false()),
        ),
        _counted(
            MOST_APPROVED, c.person_id == t.person_id, c.site_id == t.site_id, c.id < t.id, has_status("approved")
        ),
        _spam(c.person_id == t.person_id),
        _spam(c.address_hash == t.address_hash),
        _counted(
            MOST_COPIES,
            c.site_id == t.site_id,
            c.id.between(t.id - ids.first_id(DAY), t.id - 1),
            c.text_hash == t.text_hash,
            c.person_id.is_distinct_from(t.person_id),
            sa.not_(has_status("deleted")),
        ),
    )
    .select_from(_tried)
    .outerjoin(people, people.c.id == t.person_id)
    .outerjoin(standings, sa.and_(standings.c.site_id == t.site_id, standings.c.person_id == t.person_id))
    .where(t.site_id == sa.bindparam("site", type_=sa.BigInteger), t.status != "deleted")
    .order_by(t.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def list_latest(tx: Tx, site_id: int, limit: int) -> list[Tried]:
    """The newest first."""
    found = tx.conn.execute(_LATEST, {"site": site_id, "most": limit})
    return [Tried._make(row) for row in found]
