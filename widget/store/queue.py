"""SQL of what moderators look through: comments of their sites by status, author, page and words, newest first.

Each site is a limited seek of its own (UNION ALL), so that a page costs the same however much waits. A search looks
through `LOOKED_THROUGH` comments at a time, for no index knows words;
so does a search for an address, of which an index would cost every post an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import comments, has_status, pages, people, sites, standings

LOOKED_THROUGH = 5_000
MOST_SITES = 100  # of one statement; SQLite joins at most 500 with UNION
c = comments.c


STATUSES: Mapping[str, sa.ColumnElement[bool]] = {
    "pending": has_status("pending"),
    "spam": has_status("spam"),
    "reported": sa.and_(c.reports > sa.literal_column("0"), sa.not_(has_status("deleted"))),
    "all": sa.not_(has_status("deleted")),
}


class StaffSite(NamedTuple):
    id: int
    name: str


class Place(NamedTuple):
    """A comment among those of several sites; imports give comments of two sites the same id."""

    id: int
    site_id: int


class Wanted(NamedTuple):
    """`status` is one of `STATUSES`; `words` stand in the text or in the author's name, whatever their case;
    `address_hash` is that of `comments`.
    """

    site_ids: Sequence[int]
    status: str
    person_id: int | None = None
    page_id: int | None = None
    words: str = ""
    address_hash: str = ""
    before: Place | None = None

    @property
    def looks(self) -> bool:
        """Whether it must look at comments one by one."""
        return bool(self.words or self.address_hash)


class Queued(NamedTuple):
    """A comment with all that helps to decide on it."""

    site_id: int
    id: int
    parent_id: int | None
    status: str
    html: str
    edited_at: int | None
    likes: int
    verdicts: str
    provider: str
    reports: int  # since a moderator looked at it
    address: str | None
    address_hash: str | None
    site_name: str
    page_id: int
    page_title: str
    page_url: str
    person_id: int | None
    name: str | None
    avatar: str | None
    kind: str | None
    role: str
    banned_until: int
    shadowed: bool
    trusted: bool

    @property
    def created_at(self) -> int:
        """Unix ms."""
        return ids.time_of(self.id)

    @property
    def place(self) -> Place:
        return Place(self.id, self.site_id)


_OWN = ("site_id", "id", "parent_id", "status", "html", "edited_at", "likes", "verdicts", "provider", "reports")
_QUEUED = (
    *(c[name] for name in (*_OWN, "address", "address_hash")),
    sites.c.name,
    *(pages.c[name] for name in ("id", "title", "url")),
    *(people.c[name] for name in ("id", "name", "avatar", "kind")),
    sa.case((people.c.owner, "owner"), else_=sa.func.coalesce(standings.c.role, "reader")),
    sa.func.coalesce(standings.c.banned_until, 0),
    sa.func.coalesce(standings.c.shadowed, sa.false()),
    sa.func.coalesce(standings.c.trusted, sa.false()),
)


def list_staff_sites(tx: Tx, person_id: int) -> list[StaffSite]:
    """Those that somebody looks after, by name: an owner after all."""
    owner = sa.select(people.c.id).where(people.c.id == person_id, people.c.owner).exists()
    moderated = sa.select(standings.c.site_id).where(
        standings.c.person_id == person_id, standings.c.role == "moderator"
    )
    query = sa.select(sites.c.id, sites.c.name).where(sa.or_(owner, sites.c.id.in_(moderated)))
    return [StaffSite(*row) for row in tx.conn.execute(query.order_by(sites.c.name))]


def list_queue(tx: Tx, wanted: Wanted, limit: int) -> tuple[list[Queued], Place | None]:
    """Up to `limit` comments, and where to go on: None at the end. A search may find fewer and yet go on."""
    floor = _floor(tx, wanted) if wanted.looks else None
    found: list[Queued] = []
    for chunk in _chunks(wanted):
        chosen = sa.union_all(*(_newest(chunk, site_id, limit + 1, floor) for site_id in chunk.site_ids)).subquery()
        query = sa.select(*_QUEUED).select_from(_with_all(chosen))
        found += [Queued(*row) for row in tx.conn.execute(query.order_by(*_NEWEST).limit(limit + 1))]
    found.sort(key=lambda row: row.place, reverse=True)
    if len(found) > limit:
        return found[:limit], found[limit - 1].place
    return found, floor


_NEWEST = (c.id.desc(), c.site_id.desc())


def _chunks(wanted: Wanted) -> list[Wanted]:
    starts = range(0, len(wanted.site_ids), MOST_SITES)
    return [wanted._replace(site_ids=wanted.site_ids[start : start + MOST_SITES]) for start in starts]


def _where(wanted: Wanted, site_id: int) -> list[sa.ColumnElement[bool]]:
    where = [c.site_id == site_id, STATUSES[wanted.status]]
    if wanted.person_id is not None:
        where.append(c.person_id == wanted.person_id)
    if wanted.page_id is not None:
        where.append(c.page_id == wanted.page_id)
    if wanted.address_hash:
        where.append(c.address_hash == wanted.address_hash)
    if wanted.before is not None:
        where.append(c.id < wanted.before.id + (site_id < wanted.before.site_id))
    return where


def _newest(wanted: Wanted, site_id: int, limit: int, floor: Place | None = None) -> sa.Select[Any]:
    query = sa.select(c.site_id, c.id).where(*_where(wanted, site_id))
    if floor is not None:
        query = query.where(c.id >= floor.id + (site_id < floor.site_id))
    if wanted.words:
        query = query.outerjoin(people, people.c.id == c.person_id).where(
            sa.or_(
                c.text.icontains(wanted.words, autoescape=True), people.c.name.icontains(wanted.words, autoescape=True)
            )
        )
    return sa.select(query.order_by(c.id.desc()).limit(limit).subquery())


def _floor(tx: Tx, wanted: Wanted) -> Place | None:
    """The last comment that one search looks at; None where it reaches the end."""
    looked = wanted._replace(words="", address_hash="")
    last: list[Place] = []
    for chunk in _chunks(looked):
        newest = sa.union_all(*(_newest(chunk, site_id, LOOKED_THROUGH + 1) for site_id in chunk.site_ids)).subquery()
        order = (newest.c.id.desc(), newest.c.site_id.desc())
        query = sa.select(newest.c.id, newest.c.site_id).order_by(*order).offset(LOOKED_THROUGH - 1).limit(2)
        rows = tx.conn.execute(query).all()
        last += [Place(*rows[0])] if len(rows) > 1 else []
    return max(last, default=None)


def _with_all(chosen: sa.Subquery) -> sa.FromClause:
    found = chosen.join(comments, sa.and_(c.site_id == chosen.c.site_id, c.id == chosen.c.id))
    return (
        found.outerjoin(people, people.c.id == c.person_id)
        .outerjoin(standings, sa.and_(standings.c.site_id == c.site_id, standings.c.person_id == c.person_id))
        .join(sites, sites.c.id == c.site_id)
        .join(pages, sa.and_(pages.c.site_id == c.site_id, pages.c.id == c.page_id))
    )


def count_queue(tx: Tx, wanted: Wanted, most: int) -> int:
    """How many there are, counted to `most`."""
    count = 0
    for chunk in _chunks(wanted):
        newest = sa.union_all(*(_newest(chunk, site_id, most) for site_id in chunk.site_ids)).subquery()
        count += tx.conn.execute(sa.select(sa.func.count()).select_from(newest)).scalar_one()
    return min(count, most)


def get_queued(tx: Tx, site_id: int, comment_id: int) -> Queued | None:
    chosen = sa.select(c.site_id, c.id).where(c.site_id == site_id, c.id == comment_id).subquery()
    row = tx.conn.execute(sa.select(*_QUEUED).select_from(_with_all(chosen))).one_or_none()
    return Queued(*row) if row else None


def has_been_on(tx: Tx, site_id: int, person_id: int) -> bool:
    """Whether somebody wrote on a site, or is anything there."""
    wrote = sa.select(c.id).where(c.person_id == person_id, c.site_id == site_id).exists()
    stands = sa.select(standings.c.role).where(standings.c.site_id == site_id, standings.c.person_id == person_id)
    return bool(tx.conn.execute(sa.select(sa.or_(wrote, stands.exists()))).scalar_one())


def list_comments_to_reject(tx: Tx, site_id: int, person_id: int, limit: int) -> list[int]:
    """Somebody's that readers see or may come to see, the newest first."""
    query = sa.select(c.id).where(
        c.person_id == person_id, c.site_id == site_id, c.status.in_(("approved", "pending", "spam"))
    )
    return list(tx.conn.execute(query.order_by(c.id.desc()).limit(limit)).scalars())
