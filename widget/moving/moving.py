"""The verb: wishes are gathered, planned, and carried out unless somebody only wants to look."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from widget import ids
from widget.counted import counted
from widget.db import Database
from widget.mapping import Mapping as AddressMapping
from widget.moving import wishes
from widget.moving.carrying import carry_out
from widget.moving.planning import Move, Plan, Progress, Skipped, make_plan
from widget.moving.redirects import find_redirects
from widget.moving.wishes import Wish
from widget.public_http import Place, public_client
from widget.site_verbs import get_site
from widget.store.sites import Site


class Gathered(NamedTuple):
    wishes: list[Wish]
    skipped: Sequence[Skipped] = ()
    notes: Sequence[str] = ()


Gather = Callable[[Database, Site], Awaitable[Gathered]]


class Report(NamedTuple):
    plan: Plan
    moved: list[Move]
    notes: Sequence[str]
    dry_run: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "moves": [
                {
                    "page": ids.encode(move.page.id),
                    "from": move.page.url or move.page.key,
                    "to": move.to.url,
                    "comments": move.page.count,
                    "into": move.into,
                }
                for move in self.plan.moves
            ],
            "skipped": [{"from": old, "to": new, "reason": reason} for old, new, reason in self.plan.skipped],
            "conflicts": self.plan.conflicts,
            "origins": list(self.plan.origins),
            "notes": list(self.notes),
            "moved": len(self.moved),
        }

    def as_lines(self) -> list[str]:
        lines = [_told(move) for move in self.plan.moves]
        reasons = Counter(skipped.reason for skipped in self.plan.skipped)
        lines += [f"Not moved: {skipped.old} ({skipped.reason}: {skipped.new})" for skipped in self.plan.skipped[:20]]
        lines += [f"Skipped: {number:,} × {reason}" for reason, number in reasons.most_common()]
        lines += [f"Note: {note}" for note in self.notes]
        lines += [f"The site does not list {origin} yet." for origin in self.plan.origins if self.dry_run]
        lines += [f"Conflict: {sentence}" for sentence in self.plan.conflicts]
        return [*lines, self._end()]

    def _end(self) -> str:
        found = f"{len(self.plan.moves):,} to move"
        if self.plan.conflicts:
            return f"Nothing was moved, for the conflicts; {found}"
        return f"Nothing was moved (dry run); {found}" if self.dry_run else f"Moved: {counted(len(self.moved), 'page')}"


def _told(move: Move) -> str:
    to = f"{move.page.url or move.page.key} → {move.to.url}"
    if move.keeps_key:
        return f"{to} (link only)"
    into = "" if move.into is None else f", into a page with {move.into:,}"
    return f"{to} ({counted(move.page.count, 'comment')}{into})"


class MoveOptions(NamedTuple):
    """`progress` is told how many more pages were moved."""

    add_origins: bool = False
    dry_run: bool = False
    progress: Progress | None = None


async def move(db: Database, site_name: str, gather: Gather, own_origin: str, options: MoveOptions) -> Report:
    """Raises `NotFound` (no such site), and `Invalid` where what was gathered cannot be read."""
    site = await db.read(get_site, site_name)
    gathered = await gather(db, site)
    plan = await db.read(make_plan, site, gathered.wishes, add_origins=options.add_origins)
    plan.skipped.extend(gathered.skipped)
    moved = [] if options.dry_run else await carry_out(db, site_name, plan, own_origin, options.progress)
    return Report(plan, moved, gathered.notes, options.dry_run)


def by_pair(old: str, new: str) -> Gather:
    async def gather(_db: Database, site: Site) -> Gathered:
        return Gathered([wishes.of_pair(old, new, site)])

    return gather


def by_csv(path: Path) -> Gather:
    async def gather(_db: Database, site: Site) -> Gathered:
        return Gathered(await asyncio.to_thread(wishes.of_csv, path, site))

    return gather


def by_mappings(mappings: Sequence[AddressMapping]) -> Gather:
    async def gather(db: Database, site: Site) -> Gathered:
        found, unused = await wishes.of_mappings(db, site, mappings)
        return Gathered(found, notes=[f"No page begins with {mapping.old}, or all are moved." for mapping in unused])

    return gather


def by_redirects(progress: Progress | None = None, *, instead: Mapping[str, Place] | None = None) -> Gather:
    """`instead` is `public_client`'s."""

    async def gather(db: Database, site: Site) -> Gathered:
        pages = [page async for page in wishes.list_whole(db, site)]
        async with public_client(httpx2.create_ssl_context(), instead=instead) as http:
            found = await find_redirects(http, pages, site.origins, progress)
        return Gathered(found.wishes, found.skipped, [f"Asked: {counted(len(pages), 'page')}"])

    return gather
