"""The verbs of pages, as the command line uses them; their units of work are those of `/admin` too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from widget import ids
from widget.db import Database, Tx
from widget.errors import Invalid, NotFound
from widget.mapping import is_path
from widget.moderation.merging import merge_page
from widget.moderation.undoing import split_off
from widget.moving.planning import key_of
from widget.site_verbs import get_site
from widget.store import actions, page_list, pages
from widget.store.page_list import Listed
from widget.store.pages import Page
from widget.store.sites import Site

AT_ONCE = 1_000  # pages in a unit of work that reads
SPLIT_AT_ONCE = 20  # in one that writes


async def list_all(db: Database, site_name: str) -> list[Listed]:
    """In the order in which they were first written to, those that are parts of others too. Raises `NotFound`."""
    site = await db.read(get_site, site_name)
    found: list[Listed] = []
    while more := await db.read(page_list.list_after, site.id, found[-1].id if found else 0, AT_ONCE):
        found += more
    return found


def described(page: Listed) -> dict[str, Any]:
    """A page as JSON; `part_of` is the page that has its comments, null where that is itself."""
    return {
        "id": ids.encode(page.id),
        "url": page.url,
        "key": page.key,
        "title": page.title,
        "comments": page.count,
        "locked": page.locked,
        "part_of": None if page.shown_as is None else ids.encode(page.shown_as),
    }


async def merge(db: Database, site_name: str, page: str, into: str) -> Page:
    """Make a page a part of another, each named by id or address; the page with the comments of both.

    Raises `NotFound`, `Invalid` (the same page) and `Conflict` (merged already).
    """
    return await db.write(_merge, site_name, page, into)


def _merge(tx: Tx, site_name: str, page: str, into: str) -> Page:
    site = get_site(tx, site_name)
    line, whole = merge_page(tx, site, _find(tx, site, page).id, _find(tx, site, into).id)
    actions.add_actions(tx, site.id, None, [line], "palaver pages merge")
    return whole


async def split(db: Database, site_name: str, named: Sequence[str]) -> list[Page]:
    """Give merged pages their comments back. Raises `NotFound` and `Conflict` (one is no part of another)."""
    found: list[Page] = []
    for start in range(0, len(named), SPLIT_AT_ONCE):
        found += await db.write(_split, site_name, named[start : start + SPLIT_AT_ONCE])
    return found


def _split(tx: Tx, site_name: str, named: Sequence[str]) -> list[Page]:
    site = get_site(tx, site_name)
    parts = [_find(tx, site, page) for page in named]
    actions.add_actions(tx, site.id, None, [split_off(tx, site, part) for part in parts], "palaver pages split")
    return pages.list_pages_by_id(tx, site.id, [part.id for part in parts])


def _find(tx: Tx, site: Site, named: str) -> Page:
    """The page itself, wherever its comments are."""
    address = site.origins[0] + named if is_path(named) and site.origins else named
    try:
        page_id = ids.decode(named) or pages.get_own_id(tx, site.id, key_of(site, address))
        return _by_id(tx, site, page_id or 0)
    except Invalid as error:
        raise NotFound(f"“{named}” is neither the id of a page nor an address.", code="unknown_page") from error
    except NotFound as error:
        raise NotFound(f"There is no page “{named}”; `palaver pages list` shows all.", code="unknown_page") from error


def _by_id(tx: Tx, site: Site, page_id: int) -> Page:
    page = pages.get_page_by_id(tx, site.id, page_id)
    if page is None:
        raise NotFound("There is no such page.", code="unknown_page")
    return page
