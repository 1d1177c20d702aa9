"""How much was written on a site, what the checks made of it, and what moderators decided."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor
from widget.core import Core
from widget.db import Tx
from widget.moderation.queue import Staff, find_site, staff_of
from widget.store import numbers as store
from widget.store.numbers import Busy, Slice

HOUR, DAY = 3_600_000, 86_400_000  # ms


class Period(NamedTuple):
    """So many slices of a length (ms), the last one not over yet. Days are those of UTC."""

    slices: int
    length: int

    def since(self, now: int) -> int:
        return now - now % self.length - (self.slices - 1) * self.length


PERIODS = {"day": Period(24, HOUR), "week": Period(7, DAY), "month": Period(30, DAY)}


class Numbers(NamedTuple):
    staff: Staff
    site: str
    since: int  # Unix ms
    period: Period
    slices: list[Slice]  # one for each of the period
    decisions: dict[str, int]  # by verb of the log
    busiest: list[Busy]


async def read_numbers(core: Core, visitor: Visitor, site: str, period: Period) -> Numbers:
    """Of one site, the first that is theirs unless it is named. Raises `Forbidden` and `NotFound`."""
    return await core.db.read(_read_numbers, visitor, site, period)


def _read_numbers(tx: Tx, visitor: Visitor, site_name: str, period: Period) -> Numbers:
    staff = staff_of(tx, visitor)
    site = find_site(staff, site_name)
    since = period.since(tx.now)
    written = {row.place: row for row in store.list_slices(tx, site.id, since, period.length)}
    return Numbers(
        staff,
        site.name,
        since,
        period,
        [written.get(place, Slice(place, 0, 0, 0)) for place in range(period.slices)],
        store.count_decisions(tx, site.id, since),
        store.list_busiest(tx, site.id, since),
    )
