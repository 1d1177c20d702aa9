"""SQL of people as commenters: what they are called and what they are on a site. Identities: `auth.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx, add_all_unless_there, add_unless_there
from widget.looks import can_pass_for, look_of
from widget.models import comments, has_status, identities, people, standings


class Person(NamedTuple):
    """A person as one site sees them."""

    id: int
    kind: str  # member, guest, imported
    name: str
    url: str
    email: str
    role: str  # reader, author, moderator, owner
    banned_until: int  # Unix ms; 0: not banned
    ban_reason: str
    shadowed: bool
    trusted: bool
    note: str


class ImportedAuthor(NamedTuple):
    """Somebody who wrote elsewhere, and whom nobody signs in as."""

    id: int
    name: str
    url: str
    email: str


class SiteMember(NamedTuple):
    """Somebody who signs in, as the owner of a site sees them."""

    id: int
    name: str
    role: str
    comments: int  # approved, on the site
    providers: str


_ROLE = sa.case((people.c.owner, "owner"), else_=sa.func.coalesce(standings.c.role, "reader"))
# Built once: building a statement anew costs more than running it.
_BY_ID = (
    sa.select(
        people.c.id,
        people.c.kind,
        people.c.name,
        people.c.url,
        people.c.email,
        _ROLE,
        sa.func.coalesce(standings.c.banned_until, 0),
        sa.func.coalesce(standings.c.ban_reason, ""),
        sa.func.coalesce(standings.c.shadowed, sa.false()),
        sa.func.coalesce(standings.c.trusted, sa.false()),
        sa.func.coalesce(standings.c.note, ""),
    )
    .outerjoin(standings, sa.and_(standings.c.person_id == people.c.id, standings.c.site_id == sa.bindparam("site")))
    .where(people.c.id == sa.bindparam("person"))
)

REGULAR = 3
_comments_of = sa.select(sa.literal(1)).where(
    comments.c.site_id == sa.bindparam("site"), comments.c.person_id == people.c.id, has_status("approved")
)
# Those who sign in on the site and have a role there, or whom its readers know (by `REGULAR` approved comments), and
# for whose name one can be taken
NAMESAKES = (
    sa.select(people.c.id)
    .outerjoin(standings, sa.and_(standings.c.person_id == people.c.id, standings.c.site_id == sa.bindparam("site")))
    .where(
        people.c.look.in_((sa.bindparam("look"), sa.bindparam("capitals"))),
        people.c.kind == "member",
        sa.or_(
            _ROLE != "reader",
            _comments_of.correlate(people).limit(1).offset(REGULAR - 1).exists(),
        ),
    )
)


def get_person(tx: Tx, site_id: int, person_id: int) -> Person | None:
    row = tx.conn.execute(_BY_ID, {"site": site_id, "person": person_id}).one_or_none()
    return Person(*row) if row else None


def get_person_name(tx: Tx, person_id: int) -> str:
    return tx.conn.execute(sa.select(people.c.name).where(people.c.id == person_id)).scalar_one_or_none() or ""


def is_owner(tx: Tx, person_id: int) -> bool:
    return bool(tx.conn.execute(sa.select(people.c.owner).where(people.c.id == person_id)).scalar_one_or_none())


def add_person(tx: Tx, kind: str, name: str, url: str, email: str) -> int:
    while True:
        person_id = ids.new_id(tx.now)
        if add_person_as(tx, person_id, kind, name, url, email):
            return person_id


def add_person_as(tx: Tx, person_id: int, kind: str, name: str, url: str, email: str) -> bool:
    """Insert under this id unless it is taken; whether it was inserted."""
    look = look_of(name) if kind == "member" else ""  # only theirs are guarded
    values = {"id": person_id, "kind": kind, "name": name, "url": url, "email": email, "look": look}
    return add_unless_there(tx, people, values, index=("id",))


def add_imported(tx: Tx, authors: Sequence[ImportedAuthor]) -> None:
    """Those who are not there yet."""
    rows = {author.id: {**author._asdict(), "kind": "imported"} for author in authors}
    add_all_unless_there(tx, people, list(rows.values()), index=("id",))


def set_person(tx: Tx, person_id: int, **values: str) -> None:
    tx.conn.execute(sa.update(people).where(people.c.id == person_id).values(**values))
    if "name" in values:
        member = (people.c.id == person_id, people.c.kind == "member")
        tx.conn.execute(sa.update(people).where(*member).values(look=look_of(values["name"])))


def looks(name: str) -> dict[str, str]:
    """What `NAMESAKES` is asked by."""
    look, capitals = can_pass_for(name)
    return {"look": look, "capitals": capitals}


def list_members(tx: Tx, site_id: int, name: str) -> list[SiteMember]:
    """Those who signed in and wrote on the site or have a role there; the first hundred by approved comments."""
    written = (
        sa.select(comments.c.person_id, sa.func.count().label("number"))
        .where(comments.c.site_id == site_id, has_status("approved"), comments.c.person_id.is_not(None))
        .group_by(comments.c.person_id)
        .subquery()
    )
    ways = sa.select(sa.func.aggregate_strings(identities.c.provider, ", ")).where(
        identities.c.person_id == people.c.id
    )
    role, number = _ROLE, sa.func.coalesce(written.c.number, 0)
    query = (
        sa.select(people.c.id, people.c.name, role, number, sa.func.coalesce(ways.scalar_subquery(), ""))
        .outerjoin(written, written.c.person_id == people.c.id)
        .outerjoin(standings, sa.and_(standings.c.person_id == people.c.id, standings.c.site_id == site_id))
        .where(people.c.kind == "member", sa.or_(number > 0, role != "reader"))
        .order_by(number.desc(), people.c.name)
        .limit(100)
    )
    if name:
        query = query.where(people.c.name.icontains(name, autoescape=True))
    return [SiteMember(*row) for row in tx.conn.execute(query)]


def set_standing(tx: Tx, site_id: int, person_id: int, **values: object) -> None:
    """Columns of `standings`; those that are not named stay as they are, or begin with their defaults."""
    key = {"site_id": site_id, "person_id": person_id}
    if not add_unless_there(tx, standings, {**key, **values}, index=("site_id", "person_id")):
        where = (standings.c.site_id == site_id, standings.c.person_id == person_id)
        tx.conn.execute(sa.update(standings).where(*where).values(**values))


def set_owner(tx: Tx, person_id: int, *, owner: bool) -> None:
    tx.conn.execute(sa.update(people).where(people.c.id == person_id).values(owner=owner))


def has_owner(tx: Tx, person_ids: Sequence[int]) -> bool:
    """Whether one of them is an owner."""
    query = sa.select(people.c.id).where(people.c.id.in_(person_ids), people.c.owner).limit(1)
    return tx.conn.execute(query).first() is not None
