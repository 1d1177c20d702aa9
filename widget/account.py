"""The verbs of one's own account. Each asks for a sign-in of the last ten minutes, and is one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeVar

from auth import IDLE_SECONDS, Visitor
from widget import policy
from widget.avatars import Pictures
from widget.core import Core
from widget.db import Tx
from widget.errors import Invalid, NotFound
from widget.former_accounts import REMARK42, person_id, remark42_accounts
from widget.names import clean_name
from widget.store import account as store
from widget.store import sessions as session_store
from widget.store.account import AccountPerson, AccountSession, Claims, GuestPage, IdentityRow
from widget.store.appearance import set_appearance
from widget.store.avatars import set_avatar
from widget.store.sites import list_site_ids

SESSIONS = 50
GUEST_PAGES = 50
T = TypeVar("T")


class Account(NamedTuple):
    person: AccountPerson
    identities: list[IdentityRow]
    sessions: list[AccountSession]  # the last seen `SESSIONS`
    comments: int
    guest_pages: list[GuestPage]  # the last written `GUEST_PAGES`, with comments that may be claimed


def check_open(core: Core, visitor: Visitor | None) -> Visitor:
    """Whose account it is. Raises what `policy.can_open_account` does."""
    policy.can_open_account(visitor, core.db.now())
    assert visitor is not None
    return visitor


async def read(core: Core, visitor: Visitor) -> Account:
    """Raises what `check_open` does."""
    check_open(core, visitor)
    return await core.db.read(_read, visitor.person_id)


def _read(tx: Tx, person_id: int) -> Account:
    identities = store.list_identities(tx, person_id)
    return Account(
        _person(tx, person_id),
        identities,
        store.list_sessions(tx, person_id, tx.now - IDLE_SECONDS * 1000, SESSIONS),
        store.count_comments(tx, [person_id])[person_id],
        store.list_guest_pages(tx, claims_of(tx, identities), GUEST_PAGES),
    )


def claims_of(tx: Tx, identities: Collection[IdentityRow]) -> Claims:
    """Whose comments somebody with these identities may take over, on every site."""
    emails = proved_addresses(identities)
    accounts = remark42_accounts(((row.provider, row.subject) for row in identities), emails)
    site_ids = list_site_ids(tx)
    return Claims(emails, [person_id(site, REMARK42, account) for site in site_ids for account in accounts])


def proved_addresses(identities: Collection[IdentityRow]) -> list[str]:
    """The e-mail addresses of which we know that they are this person's."""
    return sorted({row.email for row in identities if row.email and row.email_verified})


async def rename(core: Core, visitor: Visitor, name: str) -> None:
    """Be called that, whatever a provider says. Raises `Invalid`, and what `check_open` does."""
    check_open(core, visitor)
    cleaned = clean_name(name)
    if not cleaned:
        sentence = "Please tell the name that your comments shall be shown under."
        raise Invalid(sentence, code="no_name", fields={"name": sentence})
    await core.db.write(_rename, visitor.person_id, cleaned)


def _rename(tx: Tx, person_id: int, name: str) -> None:
    person = _person(tx, person_id)
    if name != person.name:
        policy.can_be_renamed(name, taken=store.has_staff_namesake(tx, person_id, name))
    store.set_renamed(tx, person_id, True)
    set_appearance(tx, person_id, name=name)


async def follow(core: Core, visitor: Visitor, identity: str) -> None:
    """Be called what a provider says, now and at each sign-in. Raises `NotFound`, and what `check_open` does."""
    await _with_identity(core, visitor, identity, _follow)


def _follow(tx: Tx, person_id: int, identity: IdentityRow) -> None:
    store.set_renamed(tx, person_id, False)
    if identity.name:
        set_appearance(tx, person_id, name=identity.name)


async def unlink(core: Core, visitor: Visitor, identity: str, offered: Collection[str]) -> None:
    """Take a way to sign in away, and end the other sessions that began with its provider.

    `offered` are the providers that can be used. Raises `NotFound`, and what `check_open` and `policy.can_unlink` do.
    """

    def _unlink(tx: Tx, person_id: int, identity: IdentityRow) -> None:
        store.lock_people(tx, [person_id])  # two at once would each leave the other's
        others = [row for row in store.list_identities(tx, person_id) if row.handle != identity.handle]
        policy.can_unlink(left=sum(row.provider in offered for row in others))
        store.remove_identity(tx, identity.issuer, identity.subject)
        store.end_sessions(tx, person_id, but=visitor.token_hash, provider=identity.provider)

    await _with_identity(core, visitor, identity, _unlink)


async def use_picture(core: Core, pictures: Pictures, visitor: Visitor, identity: str) -> None:
    """Be shown with the picture that a provider names, fetched now and never again.

    Raises `NotFound`, `Invalid` (no picture, or not to be had), `TooMany`, and what `check_open` does.
    """
    found = await _with_identity(core, visitor, identity, lambda _tx, _person_id, row: row)
    if not found.avatar or not pictures.offered:
        raise NotFound("There is no picture to be had there.", code="no_picture")
    await core.limits.check("picture", str(visitor.person_id), core.db.now())
    await core.db.write(set_avatar, visitor.person_id, await pictures.fetch(found.avatar))


async def draw(core: Core, visitor: Visitor) -> None:
    """Be shown with a picture drawn from the name. Raises what `check_open` does."""
    check_open(core, visitor)
    await core.db.write(set_avatar, visitor.person_id, None)


async def end_session(core: Core, visitor: Visitor, session: str) -> None:
    """End one's session, and what belongs to it on that device. Raises `NotFound`, and what `check_open` does."""
    check_open(core, visitor)
    await core.db.write(_end_session, visitor, session)


def _end_session(tx: Tx, visitor: Visitor, handle: str) -> None:
    sessions = store.list_sessions(tx, visitor.person_id, 0, None)
    found = next((row for row in sessions if row.handle == handle), None)
    if found is None:
        raise NotFound("That session has ended already.", code="no_session")
    if found.parent_hash == visitor.token_hash:  # of a frame in this browser, which stays signed in here
        store.end_one_session(tx, found.token_hash)
    else:
        session_store.end_session(tx, found.token_hash)


async def end_others(core: Core, visitor: Visitor) -> None:
    """Be signed in here alone. Raises what `check_open` does."""
    check_open(core, visitor)
    await core.db.write(store.end_sessions, visitor.person_id, but=visitor.token_hash)


async def _with_identity(core: Core, visitor: Visitor, handle: str, act: Callable[[Tx, int, IdentityRow], T]) -> T:
    """Do something with one of one's identities. Raises `NotFound`."""
    check_open(core, visitor)

    def work(tx: Tx) -> T:
        identities = store.list_identities(tx, visitor.person_id)
        found = next((row for row in identities if row.handle == handle), None)
        if found is None:
            raise NotFound("That account is not linked to yours any more.", code="no_identity")
        return act(tx, visitor.person_id, found)

    return await core.db.write(work)


def _person(tx: Tx, person_id: int) -> AccountPerson:
    person = store.get_account(tx, person_id)
    if person is None:
        raise policy.sign_in_again()
    return person
