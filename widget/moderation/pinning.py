"""Pinning: up to three roots of a page stand before all others, whatever the order."""

from __future__ import annotations

from typing import NamedTuple

from widget import ids, policy
from widget.comments import find
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict
from widget.events import PageChanged
from widget.moderation.deciding import moderator_of
from widget.store import actions, pages, pins
from widget.store.actions import Line
from widget.store.comments import Comment
from widget.store.sites import Site
from widget.threads import MOST_PINS


class Pinned(NamedTuple):
    """`batch` is what `undo` takes; None where it was so already."""

    batch: str | None
    comment: Comment


async def pin(core: Core, site: Site, actor: Actor, comment_id: str, *, pinned: bool) -> Pinned:
    """Pin a comment, or let it go back to its place.

    Raises `NotFound`, `Conflict` (as many as there may be are pinned), and what `can_moderate` and `can_pin` raise.
    """
    return await core.db.write(_pin, site, actor, comment_id, pinned)


def _pin(tx: Tx, site: Site, actor: Actor, comment_id: str, pinned: bool) -> Pinned:
    moderator = moderator_of(tx, site, actor)
    comment, page, _ = find(tx, site, actor, comment_id)
    if pinned == (comment.pinned_at is not None):
        return Pinned(None, comment)
    lines = [_line(comment, tx.now if pinned else None)]
    if pinned:
        policy.can_pin(comment)
        lines += [_line(gone, None) for gone in _in_the_way(tx, site, page.id)]
    batch = actions.add_actions(tx, site.id, moderator.id, lines)
    for line in lines:
        pins.set_pin(tx, site.id, line.target_id, line.after["pinned_at"])
    tx.events.append(PageChanged(site.name, page.key, pages.raise_version(tx, site.id, page.id)))
    return Pinned(ids.encode(batch), comment._replace(pinned_at=lines[0].after["pinned_at"]))


def _line(comment: Comment, pinned_at: int | None) -> Line:
    verb = "unpin" if pinned_at is None else "pin"
    return Line(verb, "comment", comment.id, {"pinned_at": comment.pinned_at}, {"pinned_at": pinned_at})


def _in_the_way(tx: Tx, site: Site, page_id: int) -> list[Comment]:
    """Pinned comments that vanished since and keep a place which is needed now. Raises `Conflict`."""
    pinned = pins.list_pins(tx, site.id, page_id)
    if len(pinned) < MOST_PINS:
        return []
    if sum(pin.pinned for pin in pinned) >= MOST_PINS:
        raise Conflict(f"{MOST_PINS} comments of this page are pinned already. Unpin one first.", code="too_many_pins")
    return [pin for pin in pinned if not pin.pinned]


def give_back(tx: Tx, site: Site, comment: Comment, pinned_at: int | None) -> bool:
    """Make a pin of a locked page what it was, as far as there is room for it; whether it is so now."""
    if pinned_at is not None:
        gone = comment.status == "deleted"
        if gone or len(pins.list_pins(tx, site.id, comment.page_id)) >= MOST_PINS:
            return False
    pins.set_pin(tx, site.id, comment.id, pinned_at)
    [page] = pages.list_pages_by_id(tx, site.id, [comment.page_id])
    tx.events.append(PageChanged(site.name, page.key, pages.raise_version(tx, site.id, page.id)))
    return True
