"""SQL of one's own account: what the page lists, and small changes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.looks import can_pass_for
from widget.models import comments, identities, pages, people, sessions, sites, standings


class AccountPerson(NamedTuple):
    id: int
    name: str
    url: str
    email: str
    renamed: bool  # chose the name themselves
    avatar: str


class IdentityRow(NamedTuple):
    """A way to sign in, as the provider tells it."""

    issuer: str
    subject: str
    provider: str
    name: str
    email: str
    email_verified: bool
    avatar: str
    created_at: int
    used_at: int

    @property
    def handle(self) -> str:
        """What a form knows it by."""
        return _handle(f"{self.issuer}\0{self.subject}".encode())


class AccountSession(NamedTuple):
    token_hash: bytes
    parent_hash: bytes | None
    site_name: str | None  # None: first-party
    provider: str
    device: str
    created_at: int
    seen_at: int
    expires_at: int

    @property
    def handle(self) -> str:
        """What a form knows it by: nothing that could be looked up."""
        return _handle(self.token_hash)


class Claims(NamedTuple):
    """What shows that comments of others are somebody's own: proved addresses, and ids of people of an import."""

    emails: Sequence[str]
    imported: Sequence[int]


class GuestPage(NamedTuple):
    """A page with comments that somebody may claim."""

    site_id: int
    page_id: int
    site_name: str
    url: str
    title: str
    comments: int


def _handle(of: bytes) -> str:
    return hashlib.sha256(of).hexdigest()[:16]


def get_account(tx: Tx, person_id: int) -> AccountPerson | None:
    columns = (people.c[name] for name in AccountPerson._fields)
    row = tx.conn.execute(sa.select(*columns).where(people.c.id == person_id, people.c.kind == "member")).one_or_none()
    return AccountPerson(*row) if row else None


def lock_people(tx: Tx, person_ids: Sequence[int]) -> list[int]:
    """Those that are there, until the transaction ends: nothing new can be theirs meanwhile. Pages are locked before
    people, as in writing a comment.
    """
    query = sa.select(people.c.id).where(people.c.id.in_(person_ids)).order_by(people.c.id).with_for_update()
    return list(tx.conn.execute(query).scalars())


def list_identities(tx: Tx, person_id: int) -> list[IdentityRow]:
    """In the order in which they were linked."""
    query = sa.select(*(identities.c[name] for name in IdentityRow._fields)).where(identities.c.person_id == person_id)
    return [IdentityRow(*row) for row in tx.conn.execute(query.order_by(identities.c.created_at, identities.c.issuer))]


def remove_identity(tx: Tx, issuer: str, subject: str) -> None:
    tx.conn.execute(sa.delete(identities).where(identities.c.issuer == issuer, identities.c.subject == subject))


def list_sessions(tx: Tx, person_id: int, idle_since: int, limit: int | None) -> list[AccountSession]:
    """Those that have not ended and were seen after `idle_since`, the last seen first."""
    site_name = sites.c.name.label("site_name")
    columns = (site_name if name == "site_name" else sessions.c[name] for name in AccountSession._fields)
    query = (
        sa.select(*columns)
        .outerjoin(sites, sites.c.id == sessions.c.site_id)
        .where(sessions.c.person_id == person_id, sessions.c.expires_at > tx.now, sessions.c.seen_at >= idle_since)
        .order_by(sessions.c.seen_at.desc(), sessions.c.created_at.desc(), sessions.c.token_hash)
        .limit(limit)
    )
    return [AccountSession(*row) for row in tx.conn.execute(query)]


def end_sessions(tx: Tx, person_id: int, *, but: bytes, provider: str = "") -> None:
    """All of a person's but one; where a provider is named, those that began with it."""
    query = sa.delete(sessions).where(sessions.c.person_id == person_id, sessions.c.token_hash != but)
    tx.conn.execute(query.where(sessions.c.provider == provider) if provider else query)


def end_one_session(tx: Tx, token_hash: bytes) -> None:
    """It alone, whatever it came from (`sessions.end_session` ends that too)."""
    tx.conn.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))


def count_comments(tx: Tx, person_ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(comments.c.person_id, sa.func.count()).where(comments.c.person_id.in_(person_ids))
    found = {row[0]: row[1] for row in tx.conn.execute(query.group_by(comments.c.person_id))}
    return {person_id: found.get(person_id, 0) for person_id in person_ids}


def has_staff_namesake(tx: Tx, person_id: int, name: str) -> bool:
    """Whether a name can be taken for that of somebody else who has a role on a site."""
    query = (
        sa.select(people.c.id)
        .outerjoin(standings, standings.c.person_id == people.c.id)
        .where(people.c.look.in_(list(can_pass_for(name))), people.c.id != person_id)
        .where(sa.or_(people.c.owner, standings.c.role != "reader"))
        .limit(1)
    )
    return tx.conn.execute(query).first() is not None


def set_renamed(tx: Tx, person_id: int, renamed: bool) -> None:
    tx.conn.execute(sa.update(people).where(people.c.id == person_id).values(renamed=renamed))


def guests_of(claims: Claims) -> sa.Select[tuple[int]]:
    """Guests, and people of an import, who gave exactly one of these addresses; people of an import with these ids."""
    gave = sa.and_(people.c.email.in_(claims.emails), people.c.kind.in_(("guest", "imported")))
    known = sa.and_(people.c.id.in_(claims.imported), people.c.kind == "imported")
    return sa.select(people.c.id).where(sa.or_(gave, known))


def list_guest_pages(tx: Tx, claims: Claims, limit: int) -> list[GuestPage]:
    """Where those who may be claimed wrote, the last written first."""
    if not any(claims):
        return []
    c = comments.c
    written = (
        sa.select(c.site_id, c.page_id, sa.func.count().label("number"), sa.func.max(c.id).label("last"))
        .where(c.person_id.in_(guests_of(claims)))
        .group_by(c.site_id, c.page_id)
        .subquery()
    )
    query = (
        sa.select(written.c.site_id, written.c.page_id, sites.c.name, pages.c.url, pages.c.title, written.c.number)
        .join(pages, sa.and_(pages.c.site_id == written.c.site_id, pages.c.id == written.c.page_id))
        .join(sites, sites.c.id == written.c.site_id)
        .order_by(written.c.last.desc())
        .limit(limit)
    )
    return [GuestPage(*row) for row in tx.conn.execute(query)]
