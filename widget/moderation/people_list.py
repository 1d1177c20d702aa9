"""What moderators read of people: the list of a site's."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor
from widget.core import Core
from widget.cursors import read_person
from widget.db import Tx
from widget.moderation.queue import MAX_WORDS, Staff, find_site, staff_of
from widget.store import people_list as store
from widget.store.people_list import KINDS, Listed

PER_PAGE = 50


class SoughtPeople(NamedTuple):
    """What an address asks for, as it came."""

    site: str = ""
    words: str = ""
    kind: str = ""
    cursor: str = ""


class PeopleList(NamedTuple):
    staff: Staff
    site: str  # its name
    kind: str
    rows: list[Listed]
    next: int | None  # the id to go on before


async def read_people(core: Core, visitor: Visitor, sought: SoughtPeople) -> PeopleList:
    """Of one site, the first that is theirs unless it is named. Raises `Forbidden`, `NotFound` and `BadRequest`."""
    return await core.db.read(_read_people, visitor, sought)


def _read_people(tx: Tx, visitor: Visitor, sought: SoughtPeople) -> PeopleList:
    staff = staff_of(tx, visitor)
    kind = sought.kind if sought.kind in KINDS else "all"
    site = find_site(staff, sought.site)
    before = read_person(sought.cursor) if sought.cursor else None
    rows, after = store.list_people(tx, site.id, kind, sought.words.strip()[:MAX_WORDS], before, PER_PAGE)
    return PeopleList(staff, site.name, kind, rows, after)
