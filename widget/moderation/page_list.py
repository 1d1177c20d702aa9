"""What moderators read of pages: the list, one page, what a merge would make of it, and those that look like one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from auth import Visitor
from widget import ids
from widget.core import Core
from widget.cursors import read_page_place
from widget.db import Tx
from widget.errors import Conflict, Invalid, NotFound
from widget.moderation.queue import MAX_WORDS, Staff, find_site, staff_of
from widget.page_key import PageKey, SiteAddress, page_key
from widget.page_likeness import why_alike
from widget.store import actions, alike, deeds, pages
from widget.store import page_list as store
from widget.store.deeds import Deed
from widget.store.page_list import Listed, PagePlace
from widget.store.queue import StaffSite
from widget.store.sites import Site, get_site
from widget.url_parts import split_url

PER_PAGE = 50
MOST_PAIRS = 50
DEEDS_SHOWN = 20
ORDERS = ("newest", "most")


class SoughtPages(NamedTuple):
    """What an address asks for, as it came."""

    site: str = ""
    words: str = ""
    order: str = "newest"
    cursor: str = ""


class PageList(NamedTuple):
    staff: Staff
    site: Site
    rows: list[Listed]
    next: PagePlace | None
    looked: bool  # it ends because enough comments were looked at


class Part(NamedTuple):
    """A page that was merged into another; `batch` is the deed to undo, "" where the log has none that is open."""

    page: Listed
    comments: int  # approved ones that it would take along
    batch: str


class OnePage(NamedTuple):
    staff: Staff
    site: Site
    page: Listed
    whole: Listed | None  # which it is a part of
    parts: list[Part]
    deeds: list[Deed]


class Preview(NamedTuple):
    """Both pages before a merge; `whole` is None where the page moves to an address without comments, `to`."""

    staff: Staff
    site: Site
    part: Listed
    whole: Listed | None
    to: PageKey | None


class Pair(NamedTuple):
    """Two that look like one, the one with more comments first, and why."""

    one: Listed
    other: Listed
    why: str


class Alike(NamedTuple):
    staff: Staff
    site: Site
    pairs: list[Pair]


async def read_pages(core: Core, visitor: Visitor, sought: SoughtPages) -> PageList:
    """Of one site, the first that is theirs unless it is named. Raises `Forbidden`, `NotFound` and `BadRequest`."""
    return await core.db.read(_read_pages, visitor, sought)


def _read_pages(tx: Tx, visitor: Visitor, sought: SoughtPages) -> PageList:
    staff, site = _site(tx, visitor, sought.site)
    before = read_page_place(sought.cursor) if sought.cursor else None
    if words := sought.words.strip()[:MAX_WORDS]:
        return PageList(staff, site, *store.list_found(tx, site.id, words, before, PER_PAGE), looked=False)
    if sought.order == "most":
        return PageList(staff, site, *store.list_most(tx, site.id, before, PER_PAGE), looked=False)
    return PageList(staff, site, *store.list_active(tx, site.id, before, PER_PAGE))


async def read_page(core: Core, visitor: Visitor, site: str, page_id: str) -> OnePage:
    """Raises `Forbidden` and `NotFound`."""
    return await core.db.read(_read_page, visitor, site, page_id)


def _read_page(tx: Tx, visitor: Visitor, site_name: str, page_id: str) -> OnePage:
    staff, site = _site(tx, visitor, site_name)
    page = _find(tx, site, page_id)
    whole = store.list_listed(tx, site.id, [page.shown_as]) if page.shown_as is not None else []
    return OnePage(
        staff,
        site,
        page,
        whole[0] if whole else None,
        _parts(tx, site, page),
        deeds.list_deeds_on(tx, StaffSite(site.id, site.name), "page", page.id, DEEDS_SHOWN),
    )


def _parts(tx: Tx, site: Site, page: Listed) -> list[Part]:
    parts = store.list_direct_parts(tx, site.id, page.id)
    if not parts:
        return []
    counts = store.count_parts(tx, site.id, page.id)
    merges: dict[int, str] = {}
    for line in actions.list_actions_on(tx, site.id, "page", [part.id for part in parts]):
        if line.undone is None and line.after.get("merged_into") == page.id:
            merges.setdefault(line.target_id, ids.encode(line.batch_id))
    return [Part(part, counts.get(part.id, 0), merges.get(part.id, "")) for part in parts]


async def read_preview(core: Core, visitor: Visitor, site: str, page_id: str, to: str, into: str = "") -> Preview:
    """What it would be to merge a page `into` another by its id, or to move it `to` an address of the site.

    Raises `Forbidden`, `NotFound`, `Invalid` (no address of the site, or its own) and `Conflict` (merged already).
    """
    return await core.db.read(_read_preview, visitor, site, page_id, to, into)


def _read_preview(tx: Tx, visitor: Visitor, site_name: str, page_id: str, to: str, into: str) -> Preview:
    staff, site = _site(tx, visitor, site_name)
    part = _find(tx, site, page_id)
    if part.shown_as is not None:
        raise Conflict(f"{part.url or part.key} was merged into another page already.", code="merged_already")
    if into:
        return _checked(Preview(staff, site, part, _find(tx, site, into), None))
    address = page_key(to, None, SiteAddress(site.origins, site.keep_query, site.hash_routes))
    there = pages.get_page(tx, site.id, address.key)
    whole = store.list_listed(tx, site.id, [there.id])[0] if there else None
    return _checked(Preview(staff, site, part, whole, address))


def _checked(preview: Preview) -> Preview:
    if preview.whole is not None and preview.whole.id == preview.part.id:
        raise Invalid("The page is there already.", code="same_page")
    return preview


async def read_alike(core: Core, visitor: Visitor, site: str) -> Alike:
    """Raises `Forbidden` and `NotFound`."""
    return await core.db.read(_read_alike, visitor, site)


def _read_alike(tx: Tx, visitor: Visitor, site_name: str) -> Alike:
    staff, site = _site(tx, visitor, site_name)
    hosts = [split_url(origin).netloc.removeprefix("www.") for origin in site.origins]
    known = [form for host in hosts for form in (host, f"www.{host}")]
    groups = [*alike.list_same_path(tx, site.id, known), *alike.list_same_title(tx, site.id)]
    pairs = {tuple(sorted((one.id, other.id))): (one, other) for group in groups for one, other in _pairs(group)}
    apart = alike.list_differences(tx, site.id, {page.id for pair in pairs.values() for page in pair})
    told = [Pair(*pairs[key], why_alike(*pairs[key])) for key in pairs if key not in apart]
    return Alike(staff, site, told[:MOST_PAIRS])


def _pairs(group: Sequence[Listed]) -> list[tuple[Listed, Listed]]:
    return list(combinations(sorted(group, key=lambda page: page.count, reverse=True), 2))


def _site(tx: Tx, visitor: Visitor, name: str) -> tuple[Staff, Site]:
    staff = staff_of(tx, visitor)
    site = get_site(tx, find_site(staff, name).name)
    assert site is not None
    return staff, site


def _find(tx: Tx, site: Site, page_id: str) -> Listed:
    found = store.list_listed(tx, site.id, [ids.decode(page_id) or 0])
    if not found:
        raise NotFound("There is no such page.", code="unknown_page")
    return found[0]
