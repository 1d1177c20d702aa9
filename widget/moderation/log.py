"""What was done on the sites that somebody looks after."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor
from widget.core import Core
from widget.cursors import read_place
from widget.db import Tx
from widget.moderation.queue import Staff, find_site, staff_of
from widget.store import deeds as store
from widget.store.deeds import Deed
from widget.store.queue import Place

PER_PAGE = 50


class Log(NamedTuple):
    staff: Staff
    deeds: list[Deed]  # the newest first
    next: Place | None


async def read_log(core: Core, visitor: Visitor, site: str = "", cursor: str = "") -> Log:
    """Of one site, or of all that are theirs. Raises `Forbidden`, `NotFound` and `BadRequest` (bad cursor)."""
    return await core.db.read(_read_log, visitor, site, cursor)


def _read_log(tx: Tx, visitor: Visitor, site: str, cursor: str) -> Log:
    staff = staff_of(tx, visitor)
    chosen = [find_site(staff, site)] if site else staff.sites
    before = read_place(cursor) if cursor else None
    found = store.list_deeds(tx, [row.id for row in chosen], before, PER_PAGE + 1)
    shown = found[:PER_PAGE]
    return Log(staff, shown, Place(shown[-1].id, shown[-1].site_id) if len(found) > PER_PAGE else None)
