"""Owners look after every site. The first one comes by a link that whoever runs the service has printed."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor, hash_token, new_page_session, new_token
from widget.core import Core
from widget.db import Database, Tx
from widget.errors import Conflict, Invalid
from widget.names import clean_name
from widget.store import owners as store
from widget.store import people, sessions
from widget.store.roles import make_owner

MINUTES = 60
WITHOUT_ACCOUNT = "link"  # in place of a provider, for who came by the link alone
MAX_NAME = 80


class Link(NamedTuple):
    """A link as it is opened."""

    usable: bool
    name: str  # of who is signed in; "" for nobody


class Claimed(NamedTuple):
    """Who is an owner now; `session` is the token of a new first-party session, for who had none."""

    name: str
    session: str | None


async def make_link(db: Database, origin: str) -> str:
    """An address that makes whoever opens it first an owner, once, within `MINUTES`."""
    token = new_token()
    await db.write(_add_link, hash_token(token))
    return f"{origin}/admin/link?t={token}"


def _add_link(tx: Tx, token_hash: bytes) -> None:
    store.add_owner_link(tx, token_hash, tx.now + MINUTES * 60_000)


async def look_at(core: Core, token: str, visitor: Visitor | None) -> Link:
    return await core.db.read(_look_at, token, _known(visitor))


def _look_at(tx: Tx, token: str, person_id: int | None) -> Link:
    name = people.get_person_name(tx, person_id) if person_id is not None else ""
    return Link(store.has_owner_link(tx, hash_token(token)), name)


def _known(visitor: Visitor | None) -> int | None:
    """Who is signed in; a guest is nobody."""
    return visitor.person_id if visitor is not None and visitor.provider else None


async def claim(core: Core, token: str, visitor: Visitor | None, name: str = "") -> Claimed:
    """Make somebody an owner: the person who is signed in, or a new one of that name, known by this browser alone.

    Raises `Conflict` (used, or too old), and `Invalid` for a name that is none.
    """
    person_id, cleaned = _known(visitor), clean_name(name, MAX_NAME)
    if person_id is None and not cleaned:
        sentence = "Tell a name that can be shown beside your comments."
        raise Invalid(sentence, code="no_name", fields={"name": sentence})
    return await core.db.write(_claim, token, person_id, cleaned)


def _claim(tx: Tx, token: str, person_id: int | None, name: str) -> Claimed:
    if not store.take_owner_link(tx, hash_token(token)):
        raise used_up()
    session = None
    if person_id is None:
        person_id = people.add_person(tx, "member", name, "", "")
        session, row = new_page_session(person_id, WITHOUT_ACCOUNT, tx.now)
        sessions.add_session(tx, row)
    make_owner(tx, person_id)
    return Claimed(people.get_person_name(tx, person_id), session)


def used_up() -> Conflict:
    return Conflict(
        f"This link was used, or is older than {MINUTES} minutes. “palaver admin link” prints another.",
        code="link_used",
    )
