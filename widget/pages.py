"""The verbs of pages."""

from __future__ import annotations

from collections.abc import Sequence

from widget import ids
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import NotFound
from widget.events import PageChanged
from widget.moderation.deciding import moderator_of
from widget.store import actions
from widget.store import pages as store
from widget.store.actions import Line
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
    if page.locked == locked:
        return None
    line = Line("lock" if locked else "unlock", "page", page.id, {"locked": page.locked}, {"locked": locked})
    batch = actions.add_actions(tx, site.id, moderator.id, [line])
    store.set_page(tx, site.id, page.id, locked=locked)
    tx.events.append(PageChanged(site.name, page.key, store.raise_version(tx, site.id, page.id)))
    return ids.encode(batch)


async def count(core: Core, site: Site, keys: Sequence[str]) -> dict[str, int]:
    """Approved comments by page key; pages without comments are not in it."""
    return await core.db.read(store.list_counts, site.id, keys)
