"""Everything that is kept of a person, as one JSON document, written while it is read: no matter how much it is.

The shapes are what `docs/account.md` describes. There is no token and no hash of one in it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import msgspec

from auth import IDLE_SECONDS, Visitor
from widget import ids
from widget.account import check_open
from widget.core import Core
from widget.db import Tx
from widget.policy import sign_in_again
from widget.store import account
from widget.store import exporting as store
from widget.store.exporting import OwnComment, OwnLike, Place
from widget.store.likes import DISLIKE

BATCH = 500
T = TypeVar("T", OwnComment, OwnLike)


class PersonOut(msgspec.Struct):
    id: str
    name: str
    chose_name: bool
    url: str
    email: str
    picture: str | None  # an address at this service
    since: str


class IdentityOut(msgspec.Struct):
    provider: str
    issuer: str
    subject: str
    name: str
    email: str
    email_proved: bool
    picture: str
    linked_at: str
    used_at: str


class SessionOut(msgspec.Struct):
    site: str | None  # None: the service's own pages
    provider: str
    device: str
    created_at: str
    seen_at: str
    expires_at: str


class StandingOut(msgspec.Struct):
    site: str
    role: str
    banned_until: str | None


class CommentOut(msgspec.Struct):
    site: str
    page_url: str
    page_title: str
    id: str
    parent_id: str | None
    created_at: str
    edited_at: str | None
    status: str
    provider: str
    text: str
    html: str
    likes: int
    replies: int
    address: str | None  # it came from, while the site keeps that


class LikeOut(msgspec.Struct):
    site: str
    page_url: str
    comment_id: str
    disliked: bool
    created_at: str


class Head(msgspec.Struct):
    """What is short."""

    person: PersonOut
    identities: list[IdentityOut]
    sessions: list[SessionOut]
    standings: list[StandingOut]


async def export(core: Core, visitor: Visitor) -> AsyncIterator[bytes]:
    """The document's parts. Raises `TooMany`, and what `check_open` does, before the first."""
    check_open(core, visitor)
    await core.limits.check("export", str(visitor.person_id), core.db.now())
    head = await core.db.read(_head, visitor.person_id)
    return _parts(core, visitor.person_id, msgspec.json.encode(head))


async def _parts(core: Core, person_id: int, head: bytes) -> AsyncIterator[bytes]:
    yield head.removesuffix(b"}") + b',"comments":['
    comments = _all(lambda after: core.db.read(store.list_own_comments, person_id, after, BATCH), lambda row: row.id)
    async for part in _joined(comments, _comment):
        yield part
    yield b'],"likes":['
    likes = _all(lambda after: core.db.read(store.list_own_likes, person_id, after, BATCH), lambda row: row.comment_id)
    async for part in _joined(likes, _like):
        yield part
    yield b"]}\n"


async def _all(read: Callable[[Place], Awaitable[list[T]]], key: Callable[[T], int]) -> AsyncIterator[list[T]]:
    """Batch after batch, until there is no more."""
    after: Place = (-1, -1)
    while rows := await read(after):
        yield rows
        after = (rows[-1].site_id, key(rows[-1]))


async def _joined(batches: AsyncIterator[list[T]], out: Callable[[T], object]) -> AsyncIterator[bytes]:
    comma = b"\n"
    async for rows in batches:
        yield comma + b",\n".join(msgspec.json.encode(out(row)) for row in rows)
        comma = b",\n"


def _head(tx: Tx, person_id: int) -> Head:
    person = account.get_account(tx, person_id)
    if person is None:
        raise sign_in_again()
    return Head(
        PersonOut(
            ids.encode(person.id),
            person.name,
            person.renamed,
            person.url,
            person.email,
            f"/avatar/{person.avatar}.webp" if person.avatar else None,
            ids.rfc3339(ids.time_of(person.id)),
        ),
        [_identity(row) for row in account.list_identities(tx, person_id)],
        [_session(row) for row in account.list_sessions(tx, person_id, tx.now - IDLE_SECONDS * 1000, None)],
        [_standing(row) for row in store.list_own_standings(tx, person_id)],
    )


def _identity(row: account.IdentityRow) -> IdentityOut:
    times = ids.rfc3339(row.created_at), ids.rfc3339(row.used_at)
    return IdentityOut(
        row.provider, row.issuer, row.subject, row.name, row.email, row.email_verified, row.avatar, *times
    )


def _session(row: account.AccountSession) -> SessionOut:
    times = (ids.rfc3339(time) for time in (row.created_at, row.seen_at, row.expires_at))
    return SessionOut(row.site_name, row.provider, row.device, *times)


def _standing(row: store.OwnStanding) -> StandingOut:
    return StandingOut(
        row.site_name, row.role, ids.rfc3339(min(row.banned_until, ids.MAX_TIME)) if row.banned_until else None
    )


def _comment(row: OwnComment) -> CommentOut:
    return CommentOut(
        site=row.site_name,
        page_url=row.page_url,
        page_title=row.page_title,
        id=ids.encode(row.id),
        parent_id=ids.encode(row.parent_id) if row.parent_id is not None else None,
        created_at=ids.rfc3339(ids.time_of(row.id)),
        edited_at=ids.rfc3339(row.edited_at) if row.edited_at is not None else None,
        status=row.status,
        provider=row.provider,
        text=row.text,
        html=row.html,
        likes=row.likes,
        replies=row.replies,
        address=row.address,
    )


def _like(row: OwnLike) -> LikeOut:
    comment_id, created_at = ids.encode(row.comment_id), ids.rfc3339(row.created_at)
    return LikeOut(row.site_name, row.page_url, comment_id, row.value == DISLIKE, created_at)
