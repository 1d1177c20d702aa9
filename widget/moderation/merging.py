"""Two pages that are one: their threads become one, and can be split again without loss.

A merged page keeps its row, so that its address still leads to the comments, and each comment keeps which page it
belongs to. A page moves to another address by being merged into the page there, which is made for it if need be.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

from widget import ids
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict, Invalid, NotFound
from widget.events import PageChanged
from widget.moderation.deciding import moderator_of
from widget.page_key import PageKey
from widget.store import actions, merging, pages
from widget.store.actions import Line
from widget.store.pages import Page
from widget.store.sites import Site


class Merged(NamedTuple):
    """`batch` is what `undo` takes, which splits them again."""

    batch: str
    page: Page  # with the comments of both


async def merge(core: Core, site: Site, actor: Actor, page_id: str, into: str) -> Merged:
    """Make a page a part of another. Raises `NotFound`, `Invalid` (the same page), `Conflict` (merged already), and
    what `can_moderate` raises.
    """
    return await core.db.write(_merge_by_id, site, actor, page_id, into)


async def move(core: Core, site: Site, actor: Actor, page_id: str, to: PageKey) -> Merged:
    """Bring a page to another address of the site; the old one leads there from now on. Raises as `merge`."""
    return await core.db.write(_move, site, actor, page_id, to)


def _merge_by_id(tx: Tx, site: Site, actor: Actor, page_id: str, into: str) -> Merged:
    moderator = moderator_of(tx, site, actor)
    line, page = merge_page(tx, site, ids.decode(page_id) or 0, ids.decode(into) or 0)
    return Merged(ids.encode(actions.add_actions(tx, site.id, moderator.id, [line])), page)


def _move(tx: Tx, site: Site, actor: Actor, page_id: str, to: PageKey) -> Merged:
    moderator = moderator_of(tx, site, actor)
    line, page = move_page(tx, site, ids.decode(page_id) or 0, to)
    return Merged(ids.encode(actions.add_actions(tx, site.id, moderator.id, [line])), page)


def move_page(tx: Tx, site: Site, page_id: int, to: PageKey) -> tuple[Line, Page]:
    """As `merge_page`. A page that is made for it closes when the one that moves would have."""
    there = pages.get_page(tx, site.id, to.key)
    if there is None:
        [page] = _lock(tx, site, page_id)
        there = pages.add_page(tx, site.id, to.key, to.url, page.title, begun_at=ids.time_of(page.id))
        pages.set_page(tx, site.id, there.id, locked=page.locked, closes_at=page.closes_at)
    return merge_page(tx, site, page_id, there.id)


def merge_page(tx: Tx, site: Site, page_id: int, into: int) -> tuple[Line, Page]:
    """What is to be written into the log, and the page with the comments of both. Whether it may be done was asked
    before.
    """
    part, whole = _lock(tx, site, page_id, into)
    if part.id == whole.id:
        raise Invalid("A page cannot be merged into itself.", code="same_page")
    for page in (part, whole):
        if page.merged_into is not None:
            raise Conflict(f"{page.url} was merged into another page already.", code="merged_already")
    line = Line("merge", "page", part.id, {"merged_into": None}, {"merged_into": whole.id})
    return line, _join(tx, site, part, whole)


def merge_again(tx: Tx, site: Site, part: Page, into: int) -> None:
    """What undoing a split does. Raises `Conflict` where the other page is a part of a third by now."""
    part, whole = _lock(tx, site, part.id, into)
    if whole.merged_into is not None:
        raise Conflict(f"{whole.url} was merged into another page since.", code="changed_since")
    _join(tx, site, part, whole)


def _join(tx: Tx, site: Site, part: Page, whole: Page) -> Page:
    merging.move_all(tx, site.id, part.id, whole.id)
    parts = [part.id, *merging.list_parts(tx, site.id, part.id)]
    merging.set_shown_as(tx, site.id, parts, whole.id)
    pages.set_page(tx, site.id, part.id, merged_into=whole.id, count=0)
    return _tell(tx, site, part, whole, parts, whole.count + part.count)


def split(tx: Tx, site: Site, part: Page) -> None:
    """Give a merged page its comments back, also those that were written to it meanwhile."""
    assert part.merged_into is not None
    shown_as = pages.get_page(tx, site.id, part.key)
    assert shown_as is not None
    part, whole = _lock(tx, site, part.id, shown_as.id)
    parts = merging.list_parts(tx, site.id, part.id)
    count = merging.move_back(tx, site.id, part.id, parts, whole.id)
    merging.set_shown_as(tx, site.id, parts, part.id)
    pages.set_page(tx, site.id, part.id, merged_into=None, shown_as=None, count=count)
    _tell(tx, site, part, whole, [part.id, *parts], whole.count - count)


def _lock(tx: Tx, site: Site, *page_ids: int) -> list[Page]:
    """Both, in one order. Raises `NotFound`."""
    pages.lock_pages(tx, site.id, sorted(page_ids))
    found = {page.id: page for page in pages.list_pages_by_id(tx, site.id, page_ids)}
    if not all(page_id in found for page_id in page_ids):
        raise NotFound("There is no such page.", code="unknown_page")
    return [found[page_id] for page_id in page_ids]


def _tell(tx: Tx, site: Site, part: Page, whole: Page, parts: Sequence[int], count: int) -> Page:
    """Both get a version that neither had, so that no cached answer of one passes for the other's."""
    version = max(part.version, whole.version) + 1
    pages.set_page(tx, site.id, whole.id, count=count, version=version, reset=version)
    pages.set_page(tx, site.id, part.id, version=version, reset=version)
    for page in pages.list_pages_by_id(tx, site.id, [*parts, whole.id]):
        tx.events.append(PageChanged(site.name, page.key, version))
    return dataclasses.replace(whole, count=count, version=version)
