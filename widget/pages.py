"""The verbs of pages."""

from __future__ import annotations

from typing import Any

from widget import ids
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Invalid, NotFound
from widget.events import PageChanged
from widget.moderation.deciding import moderator_of
from widget.names import clean_name
from widget.posting import MAX_TITLE
from widget.store import actions
from widget.store import pages as store
from widget.store.actions import Line
from widget.store.alike import add_difference
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.sites import Site


async def lock(core: Core, site: Site, actor: Actor, page_key: str, *, locked: bool) -> str | None:
    """Close a page to new comments, or open it again: what `undo` takes, None where it was so already.

    Raises `NotFound` (no comments yet), and what `can_moderate` raises.
    """
    return await core.db.write(_lock, site, actor, page_key, locked)


def _lock(tx: Tx, site: Site, actor: Actor, page_key: str, locked: bool) -> str | None:
    moderator = moderator_of(tx, site, actor)
    page = store.get_page(tx, site.id, page_key, lock=True)
    if page is None:
        raise NotFound("This page has no comments yet.", code="unknown_page")
    return _change(tx, site, moderator, page, "lock" if locked else "unlock", {"locked": locked})


async def lock_by_id(core: Core, site: Site, actor: Actor, page_id: str, *, locked: bool) -> str | None:
    """As `lock`."""
    return await core.db.write(_set, site, actor, page_id, "lock" if locked else "unlock", {"locked": locked})


async def set_end(core: Core, site: Site, actor: Actor, page_id: str, closes_at: int | None) -> str | None:
    """Say when a page closes by itself: at a time (Unix ms), at none (0), or as the site says (None).

    What `undo` takes, None where it was so already. Raises `NotFound`, and what `can_moderate` raises.
    """
    return await core.db.write(_set, site, actor, page_id, "close", {"closes_at": closes_at})


async def rename(core: Core, site: Site, actor: Actor, page_id: str, title: str) -> str | None:
    """Give a page another title, by which moderators and mails call it. Returns and raises as `set_end`; `Invalid` for
    an empty one.
    """
    cleaned = clean_name(title, MAX_TITLE)
    if not cleaned:
        raise Invalid("A page needs a title.", code="bad_title", fields={"title": "A page needs a title."})
    return await core.db.write(_set, site, actor, page_id, "title", {"title": cleaned})


async def tell_apart(core: Core, site: Site, actor: Actor, page_id: str, other_id: str) -> str | None:
    """Two pages that look like one are not. Returns and raises as `set_end`."""
    return await core.db.write(_tell_apart, site, actor, page_id, other_id)


def _tell_apart(tx: Tx, site: Site, actor: Actor, page_id: str, other_id: str) -> str | None:
    moderator = moderator_of(tx, site, actor)
    pair = sorted({_find(tx, site, page_id).id, _find(tx, site, other_id).id})
    if len(pair) < 2:
        raise Invalid("A page cannot differ from itself.", code="same_page")
    if not add_difference(tx, site.id, pair):
        return None
    line = Line("differ", "page", pair[0], {"differs_from": None}, {"differs_from": pair[1]})
    return ids.encode(actions.add_actions(tx, site.id, moderator.id, [line]))


def _set(tx: Tx, site: Site, actor: Actor, page_id: str, verb: str, values: dict[str, Any]) -> str | None:
    moderator = moderator_of(tx, site, actor)
    return _change(tx, site, moderator, _find(tx, site, page_id, lock=True), verb, values)


def _find(tx: Tx, site: Site, page_id: str, *, lock: bool = False) -> Page:
    """Raises `NotFound`, also for a page that is a part of another: what is done there would be seen nowhere."""
    page = store.get_page_by_id(tx, site.id, ids.decode(page_id) or 0, lock=lock)
    if page is None or page.merged_into is not None:
        raise NotFound("There is no such page.", code="unknown_page")
    return page


def _change(tx: Tx, site: Site, moderator: Person, page: Page, verb: str, values: dict[str, Any]) -> str | None:
    before = {name: getattr(page, name) for name in values}
    if before == values:
        return None
    batch = actions.add_actions(tx, site.id, moderator.id, [Line(verb, "page", page.id, before, values)])
    store.set_page(tx, site.id, page.id, **values)
    tx.events.append(PageChanged(site.name, page.key, store.raise_version(tx, site.id, page.id)))
    return ids.encode(batch)
