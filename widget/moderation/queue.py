"""What moderators read: what waits on their sites, one comment in its place, one person. Nobody sees another's site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from auth import Visitor
from widget import ids
from widget.core import Core
from widget.cursors import read_place
from widget.db import Tx
from widget.errors import Forbidden, NotFound, Unauthorised
from widget.moderation.deciding import Missed
from widget.store import actions, comments, deeds, people, threads
from widget.store import queue as store
from widget.store.account import IdentityRow, list_identities
from widget.store.comments import Comment
from widget.store.deeds import Deed
from widget.store.people import Person
from widget.store.queue import Place, Queued, StaffSite, Wanted
from widget.store.reports import Report, list_reports

TABS = ("pending", "reported", "spam", "all")
PER_PAGE = 50
MOST_PER_PAGE = 200
COUNTED_TO = 1_000
REPLIES_SHOWN = 5
DEEDS_SHOWN = 20
MAX_WORDS = 100  # characters of a search


class Staff(NamedTuple):
    """Who looks after sites, and which."""

    person_id: int
    name: str
    sites: list[StaffSite]

    def site(self, name: str) -> StaffSite | None:
        return next((site for site in self.sites if site.name == name), None)


class Sought(NamedTuple):
    """What an address asks for, as it came."""

    tab: str = "pending"
    site: str = ""
    words: str = ""
    person: str = ""
    page: str = ""
    address: str = ""  # its hash
    cursor: str = ""
    many: bool = False  # `MOST_PER_PAGE` on one page


class Ref(NamedTuple):
    """A comment or a deed as addresses and forms name it; `seen` is the status that the moderator saw."""

    site: str
    id: str
    seen: str = ""


class Done(NamedTuple):
    """What was just done, told by the log, and what was not."""

    deeds: list[Deed]
    missed: list[Missed]


class Inbox(NamedTuple):
    staff: Staff
    rows: list[Queued]
    reports: list[Report]  # on these
    next: Place | None
    counts: dict[str, int]  # by tab; `COUNTED_TO` + 1 where there are more
    person: Person | None  # whose comments these are, where one was asked for


class InPlace(NamedTuple):
    """A comment between what it answers and what answers it."""

    staff: Staff
    comment: Queued
    reports: list[Report]
    ancestors: list[Comment]
    following: list[Comment]  # in reading order
    deeds: list[Deed]


class Record(NamedTuple):
    """What is known of a person on a site."""

    staff: Staff
    moderator: Person  # who looks
    person: Person
    identities: list[IdentityRow]
    rows: list[Queued]
    reports: list[Report]  # on these
    next: Place | None
    deeds: list[Deed]


def staff_of(tx: Tx, visitor: Visitor) -> Staff:
    """Raises `Forbidden` for who looks after no site."""
    found = store.list_staff_sites(tx, visitor.person_id)
    if not found and not people.is_owner(tx, visitor.person_id):
        raise Forbidden(
            "You are signed in, but you look after no comments here. An owner can make you a moderator.",
            code="moderators_only",
        )
    return Staff(visitor.person_id, people.get_person_name(tx, visitor.person_id), found)


def check_signed_in(visitor: Visitor | None) -> Visitor:
    """Raises `Unauthorised` for guests and nobody."""
    if visitor is None or visitor.bearer or not visitor.provider:
        raise Unauthorised("Please sign in as a moderator.", code="sign_in_first")
    return visitor


async def read_inbox(core: Core, visitor: Visitor, sought: Sought) -> Inbox:
    """Raises `Forbidden`, `NotFound` (a site that is not theirs) and `BadRequest` (bad cursor)."""
    return await core.db.read(_read_inbox, visitor, sought)


def _read_inbox(tx: Tx, visitor: Visitor, sought: Sought) -> Inbox:
    staff = staff_of(tx, visitor)
    chosen = [find_site(staff, sought.site)] if sought.site else staff.sites
    wanted = Wanted(
        [site.id for site in chosen],
        sought.tab,
        _given(sought.person),
        _given(sought.page),
        sought.words.strip()[:MAX_WORDS],
        sought.address,
    )
    counted = (tab for tab in TABS if tab != "all")
    unfiltered = Wanted(wanted.site_ids, "pending")
    counts = {tab: store.count_queue(tx, unfiltered._replace(status=tab), COUNTED_TO + 1) for tab in counted}
    rows, more = store.list_queue(
        tx,
        wanted._replace(before=read_place(sought.cursor) if sought.cursor else None),
        MOST_PER_PAGE if sought.many else PER_PAGE,
    )
    person = people.get_person(tx, chosen[0].id, wanted.person_id) if wanted.person_id and rows else None
    return Inbox(staff, rows, _reports_on(tx, rows), more, counts, person)


def _reports_on(tx: Tx, rows: Sequence[Queued]) -> list[Report]:
    return list_reports(tx, [row.place for row in rows if row.reports])


def _given(text: str) -> int | None:
    """An id, if the address names one; one that is none finds nothing."""
    return (ids.decode(text) or 0) if text else None


class NoSite(NotFound):
    """There is none at all yet."""


def find_site(staff: Staff, name: str) -> StaffSite:
    """The first of theirs where none is named. Raises `NoSite`; `NotFound`, also for a site that others look after."""
    if not name:
        if not staff.sites:
            raise NoSite("There is no site yet.", code="no_site")
        return staff.sites[0]
    site = staff.site(name)
    if site is None:
        raise NotFound("You look after no site of that name.", code="unknown_site")
    return site


async def read_in_place(core: Core, visitor: Visitor, site: str, comment_id: str) -> InPlace:
    """Raises `Forbidden` and `NotFound`."""
    return await core.db.read(_read_in_place, visitor, site, comment_id)


def _read_in_place(tx: Tx, visitor: Visitor, site_name: str, comment_id: str) -> InPlace:
    staff = staff_of(tx, visitor)
    site = find_site(staff, site_name)
    found = store.get_queued(tx, site.id, ids.decode(comment_id) or 0)
    comment = comments.get_comment(tx, site.id, found.id) if found else None
    if found is None or comment is None:
        raise NotFound("There is no such comment.", code="unknown_comment")
    return InPlace(
        staff,
        found,
        _reports_on(tx, [found]),
        threads.list_ancestors(tx, site.id, comment.path),
        threads.list_replies(tx, site.id, comment.root_id, comment.path, REPLIES_SHOWN),
        deeds.list_deeds_on(tx, site, "comment", found.id, DEEDS_SHOWN),
    )


async def read_record(core: Core, visitor: Visitor, site: str, person_id: str, cursor: str = "") -> Record:
    """Raises `Forbidden`, `NotFound` (also for who never was on the site) and `BadRequest` (bad cursor)."""
    return await core.db.read(_read_record, visitor, site, person_id, cursor)


def _read_record(tx: Tx, visitor: Visitor, site_name: str, person_id: str, cursor: str) -> Record:
    staff = staff_of(tx, visitor)
    site = find_site(staff, site_name)
    number = ids.decode(person_id) or 0
    person = people.get_person(tx, site.id, number) if store.has_been_on(tx, site.id, number) else None
    moderator = people.get_person(tx, site.id, staff.person_id)
    if person is None or moderator is None:
        raise NotFound("There is no such person on this site.", code="unknown_person")
    before = read_place(cursor) if cursor else None
    rows, more = store.list_queue(tx, Wanted([site.id], "all", person_id=number, before=before), PER_PAGE)
    return Record(
        staff,
        moderator,
        person,
        list_identities(tx, number),
        rows,
        _reports_on(tx, rows),
        more,
        deeds.list_deeds_on(tx, site, "person", number, DEEDS_SHOWN),
    )


async def read_done(core: Core, visitor: Visitor, done: Sequence[Ref], missed: Sequence[Ref]) -> Done:
    """What an address says was done, as the log knows it; what it makes up is left out."""
    return await core.db.read(_read_done, visitor, done, missed)


def _read_done(tx: Tx, visitor: Visitor, done: Sequence[Ref], missed: Sequence[Ref]) -> Done:
    staff = staff_of(tx, visitor)
    places = [place for ref in done if (place := _place(staff, ref))]
    return Done(deeds.list_deeds_by_id(tx, places), [row for site in staff.sites for row in _missed(tx, site, missed)])


def _place(staff: Staff, ref: Ref) -> Place | None:
    site, number = staff.site(ref.site), ids.decode(ref.id)
    return Place(number, site.id) if site is not None and number is not None else None


def _missed(tx: Tx, site: StaffSite, refs: Sequence[Ref]) -> list[Missed]:
    """Each as it is now, with who changed it last."""
    numbers = [number for ref in refs if ref.site == site.name and (number := ids.decode(ref.id))]
    if not numbers:
        return []
    names: dict[int, str | None] = {}
    for action in actions.list_actions_on(tx, site.id, "comment", numbers):
        names.setdefault(action.target_id, action.name)
    found = {comment.id: comment.status for comment in comments.list_comments(tx, site.id, numbers)}
    return [Missed(ids.encode(number), found.get(number, "deleted"), names.get(number)) for number in numbers]
