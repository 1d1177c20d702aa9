"""The verbs that make one person of several: joining two accounts, and claiming what one wrote as a guest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from auth import FRESH_SECONDS, SSO, Visitor
from widget import policy
from widget.account import check_open, claims_of
from widget.core import Core
from widget.db import Tx
from widget.errors import Conflict
from widget.store import account, people
from widget.store import attempts as attempt_store
from widget.store import joining as store
from widget.store.account import AccountPerson
from widget.store.appearance import touch_comments, used_by
from widget.store.joining import Place, Standing

GUESTS = 500  # in one unit of work: each comment of a guest without a session is by a person of its own


class Half(NamedTuple):
    """One of two accounts that may be joined."""

    person: AccountPerson
    providers: list[str]
    comments: int


async def compare(core: Core, visitor: Visitor, other_id: int) -> tuple[Half, Half] | None:
    """The account one is in and the other; None where there is no such (any more). Raises what `check_open` does."""
    check_open(core, visitor)
    mine, other = await core.db.read(_compare, (visitor.person_id, other_id))
    return (mine, other) if mine is not None and other is not None else None


def _compare(tx: Tx, person_ids: tuple[int, int]) -> tuple[Half | None, Half | None]:
    counts = account.count_comments(tx, person_ids)
    first, second = (_half(tx, person_id, counts[person_id]) for person_id in person_ids)
    return first, second


def _half(tx: Tx, person_id: int, comments: int) -> Half | None:
    person = account.get_account(tx, person_id)
    providers = [identity.provider for identity in account.list_identities(tx, person_id)]
    return Half(person, providers, comments) if person else None


async def join(core: Core, visitor: Visitor, attempt_id: str) -> None:
    """Make the person who was just proved by that sign-in one with the person who is signed in.

    Raises what `check_open` and `policy.can_join` do, and `Conflict` where it was done, or is too long ago.
    """
    check_open(core, visitor)
    await core.db.write(_join, visitor, attempt_id)


def _join(tx: Tx, visitor: Visitor, attempt_id: str) -> None:
    other_id = attempt_store.redeem_link(tx, attempt_id, tx.now - FRESH_SECONDS * 1000, visitor.token_hash)
    if other_id is None or other_id == visitor.person_id:
        raise _too_late()
    pair = (visitor.person_id, other_id)
    touch_comments(tx, [other_id], used_by([other_id]))
    if len(account.lock_people(tx, pair)) < 2:
        raise _too_late()
    ways = [identity.provider for person_id in pair for identity in account.list_identities(tx, person_id)]
    policy.can_join(of_a_site=SSO in ways)
    _keep_address(tx, visitor.person_id, other_id)
    store.move_sign_in(tx, visitor.person_id, other_id)
    _merge(tx, visitor.person_id, [other_id])


def _too_late() -> Conflict:
    return Conflict("That sign-in was used, or is too long ago. Please link the account again.", code="link_again")


def _keep_address(tx: Tx, person_id: int, other_id: int) -> None:
    mine, other = account.get_account(tx, person_id), account.get_account(tx, other_id)
    if mine and other and other.email and not mine.email:
        people.set_person(tx, person_id, email=other.email)


async def claim(core: Core, visitor: Visitor, place: Place | None) -> None:
    """Take over what guests wrote who gave an address that this person has proved to have, and what an import brought
    of an account that was theirs: on one page, or all.

    Raises what `check_open` does.
    """
    check_open(core, visitor)
    while await core.db.write(_claim, visitor.person_id, place):
        pass


def _claim(tx: Tx, person_id: int, place: Place | None) -> bool:
    """Some of it; whether there is more."""
    claims = claims_of(tx, account.list_identities(tx, person_id))
    guests = store.list_guests(tx, account.guests_of(claims), place, GUESTS) if any(claims) else []
    if not guests:
        return False
    touch_comments(tx, guests, used_by(guests))
    if len(account.lock_people(tx, [person_id, *guests])) <= len(guests):
        raise _too_late()
    store.end_sessions_of(tx, guests)
    _merge(tx, person_id, guests, place)
    return len(guests) == GUESTS


def _merge(tx: Tx, person_id: int, others: Sequence[int], place: Place | None = None) -> None:
    """What the others wrote and liked (on that page) is the person's; whoever has nothing left is removed."""
    store.move_comments(tx, person_id, others, place)
    store.move_likes(tx, person_id, others, place)
    found: dict[int, list[store.Standing]] = {}
    for standing in store.list_standings(tx, [person_id, *others]):
        found.setdefault(standing.site_id, []).append(standing)
    for site_id, rows in found.items():
        people.set_standing(tx, site_id, person_id, **_joined(rows)._asdict())
    if people.has_owner(tx, others):
        people.set_owner(tx, person_id, owner=True)
    store.remove_unused(tx, others)


class _Joined(NamedTuple):
    """What somebody is on a site who was several people there."""

    role: str
    banned_until: int
    ban_reason: str
    shadowed: bool
    trusted: bool
    note: str


def _joined(rows: Sequence[Standing]) -> _Joined:
    """The highest role, the longest ban; all notes; trusted only if all of them were."""
    banned = max(rows, key=lambda row: row.banned_until)
    return _Joined(
        role=max((row.role for row in rows), key=policy.ROLES.index),
        banned_until=banned.banned_until,
        ban_reason=banned.ban_reason,
        shadowed=any(row.shadowed for row in rows),
        trusted=all(row.trusted for row in rows),
        note="\n".join(row.note for row in rows if row.note),
    )
