"""SQL of people as commenters: what they are called and what they are on a site. Identities: `auth.py`."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx, add_unless_there
from widget.models import people, standings


class Person(NamedTuple):
    """A person as one site sees them."""

    id: int
    kind: str  # member, guest, imported
    name: str
    url: str
    email: str
    role: str  # reader, moderator, owner
    banned_until: int  # Unix ms; 0: not banned


# Built once: building a statement anew costs more than running it.
_BY_ID = (
    sa.select(
        people.c.id,
        people.c.kind,
        people.c.name,
        people.c.url,
        people.c.email,
        sa.func.coalesce(standings.c.role, "reader"),
        sa.func.coalesce(standings.c.banned_until, 0),
    )
    .outerjoin(standings, sa.and_(standings.c.person_id == people.c.id, standings.c.site_id == sa.bindparam("site")))
    .where(people.c.id == sa.bindparam("person"))
)


def get_person(tx: Tx, site_id: int, person_id: int) -> Person | None:
    row = tx.conn.execute(_BY_ID, {"site": site_id, "person": person_id}).one_or_none()
    return Person(*row) if row else None


def add_person(tx: Tx, kind: str, name: str, url: str, email: str) -> int:
    while True:
        person_id = ids.new_id(tx.now)
        if add_person_as(tx, person_id, kind, name, url, email):
            return person_id


def add_person_as(tx: Tx, person_id: int, kind: str, name: str, url: str, email: str) -> bool:
    """Insert under this id unless it is taken; whether it was inserted."""
    values = {"id": person_id, "kind": kind, "name": name, "url": url, "email": email}
    return add_unless_there(tx, people, values, index=("id",))


def set_person(tx: Tx, person_id: int, **values: str) -> None:
    tx.conn.execute(sa.update(people).where(people.c.id == person_id).values(**values))


def set_standing(tx: Tx, site_id: int, person_id: int, *, role: str = "reader", banned_until: int = 0) -> None:
    values = {"role": role, "banned_until": banned_until}
    key = {"site_id": site_id, "person_id": person_id}
    if not add_unless_there(tx, standings, {**key, **values}, index=("site_id", "person_id")):
        where = (standings.c.site_id == site_id, standings.c.person_id == person_id)
        tx.conn.execute(sa.update(standings).where(*where).values(**values))
