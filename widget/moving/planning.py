"""What wishes mean for the pages there are. Nothing is written here.

A page moves by being merged into the page at its new address, so an address that moved leads on for good. Therefore a
chain (a to b, b to c) brings both pages to its end. A circle cannot be: its pages stay, and so does everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from widget.db import Tx
from widget.errors import Invalid
from widget.mapping import normal_address, origin_of
from widget.moving.wishes import Wish
from widget.page_key import PageKey, SiteAddress, page_key
from widget.store.page_list import Listed, list_by_key, list_listed
from widget.store.sites import Site

Progress = Callable[[int], None]  # is told how many more pages are done

NO_PAGE = "no comments there"
THERE = "there already"
PART = "part of another page"
FOREIGN = "not an address of the site"
NO_ADDRESS = "not an address"


class Move(NamedTuple):
    """`into` is the number of comments at the new address, None where there is no page yet. A page that keeps its key
    gets a new link alone: one with an id of its own, or one that moved from http to https.
    """

    page: Listed
    to: PageKey
    into: int | None

    @property
    def keeps_key(self) -> bool:
        return self.page.key == self.to.key


class Skipped(NamedTuple):
    old: str
    new: str
    reason: str


@dataclass
class Plan:
    """`conflicts` are sentences; where there are any, nothing is moved. `origins` are those that the site lacks and
    gets.
    """

    origins: tuple[str, ...] = ()
    moves: list[Move] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


class _Goal(NamedTuple):
    wish: Wish
    to: PageKey


def make_plan(tx: Tx, site: Site, wishes: Sequence[Wish], *, add_origins: bool) -> Plan:
    plan = Plan(origins=_missing_origins(site, wishes) if add_origins else ())
    goals = _ends(_goals(site, wishes, plan), plan)
    known = {wish.page.key: wish.page for wish, _ in goals.values() if wish.page}
    found = known | {page.key: page for page in list_by_key(tx, site.id, [key for key in goals if key not in known])}
    there = _pages_at(tx, site, {goal.to.key for goal in goals.values()})
    for key, goal in goals.items():
        page, whole = found.get(key), there.get(goal.to.key)
        if page is None:
            _skip(plan, goal.wish, NO_PAGE)
        elif goal.to.key == page.key and goal.to.url != page.url and page.shown_as is None:
            plan.moves.append(Move(page, goal.to, None))
        elif whole is not None and whole.id in (page.id, page.shown_as):
            _skip(plan, goal.wish, THERE)
        elif page.shown_as is not None:
            _skip(plan, goal.wish, PART)
        else:
            plan.moves.append(Move(page, goal.to, whole.count if whole else None))
            if whole is None:  # which the next one finds
                there[goal.to.key] = page
    return plan


def _missing_origins(site: Site, wishes: Iterable[Wish]) -> tuple[str, ...]:
    """Those of new addresses, in their order. What is no address is told later."""
    found: dict[str, None] = {}
    for wish in wishes:
        try:
            page_key(wish.new, None, SiteAddress(site.origins))
        except Invalid as error:
            if error.code == "foreign_url":
                found[origin_of(wish.new)] = None
    return tuple(found)


def _goals(site: Site, wishes: Iterable[Wish], plan: Plan) -> dict[str, _Goal]:
    """By the key of the page that is to move."""
    origins = (*site.origins, *plan.origins)
    goals: dict[str, _Goal] = {}
    for wish in wishes:
        try:
            key = wish.page.key if wish.page else key_of(site, wish.old)
            to = _key(site, wish.new, origins)
        except Invalid as error:
            _skip(plan, wish, FOREIGN if error.code == "foreign_url" else NO_ADDRESS)
            continue
        if key.startswith("id:"):
            to = PageKey(key, to.url)
        before = goals.setdefault(key, _Goal(wish, to))
        if before.to.key != to.key:
            plan.conflicts.append(f"{wish.old} cannot be both at {before.wish.new} and at {wish.new}.")
    return goals


def key_of(site: Site, address: str) -> str:
    """The page of any address, also of one that is the site's no more. Raises `Invalid` for what is no address."""
    return _key(site, address, [origin_of(normal_address(address))]).key


def _key(site: Site, address: str, origins: Sequence[str]) -> PageKey:
    return page_key(address, None, SiteAddress(origins, site.keep_query, site.hash_routes))


def _ends(goals: Mapping[str, _Goal], plan: Plan) -> dict[str, _Goal]:
    """Each with the end of its chain."""
    ends: dict[str, _Goal] = {}
    for key, goal in goals.items():
        seen, to = {key}, goal.to
        while to.key in goals and goals[to.key].to.key != to.key and to.key not in seen:
            seen.add(to.key)
            to = goals[to.key].to
        if to.key == key and goal.to.key != key:
            plan.conflicts.append(f"{goal.wish.old} leads in a circle, back to itself, by {goal.wish.new}.")
        ends[key] = goal._replace(to=to)
    return ends


def _pages_at(tx: Tx, site: Site, keys: Iterable[str]) -> dict[str, Listed]:
    """Where the comments of these addresses are."""
    found = list_by_key(tx, site.id, sorted(keys))
    elsewhere = sorted({page.shown_as for page in found if page.shown_as is not None})
    wholes = {page.id: page for page in list_listed(tx, site.id, elsewhere)}
    return {page.key: wholes[page.shown_as] if page.shown_as is not None else page for page in found}


def _skip(plan: Plan, wish: Wish, reason: str) -> None:
    plan.skipped.append(Skipped(wish.old, wish.new, reason))
