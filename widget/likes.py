"""The verbs of likes."""

from __future__ import annotations

from typing import NamedTuple

from widget import ids, policy
from widget.comments import find, unknown_comment
from widget.core import Actor, Core
from widget.db import Tx
from widget.events import PageChanged
from widget.store import comments, pages
from widget.store import likes as store
from widget.store.comments import Comment
from widget.store.likes import Liker
from widget.store.pages import Page
from widget.store.sites import Site

LIKERS = 100


class Liked(NamedTuple):
    comment: Comment
    page: Page
    liked: bool


class Likers(NamedTuple):
    people: list[Liker]
    more: bool


async def like(core: Core, site: Site, actor: Actor, comment_id: str, *, liked: bool) -> Liked:
    """Like a comment, or take it back; the same twice is the same once. Raises what `policy.can_like` raises."""
    core.limits.check("like", actor.address, core.db.now())
    return await core.db.write(_like, site, actor, comment_id, liked)


def _like(tx: Tx, site: Site, actor: Actor, comment_id: str, liked: bool) -> Liked:
    comment, page, person = find(tx, site, actor, comment_id)
    policy.can_like(site, page, comment, person, actor.provider, tx.now)
    assert person is not None
    if liked:
        new = store.add_like(tx, site.id, page.id, comment.id, person.id)
    else:
        new = store.remove_like(tx, site.id, comment.id, person.id)
    if not new:
        return Liked(comment, page, liked)
    count = store.raise_likes(tx, site.id, comment.id, 1 if liked else -1)
    version = pages.raise_version(tx, site.id, page.id)
    tx.events.append(PageChanged(site.name, page.key, version))
    return Liked(comment._replace(likes=count), page, liked)


async def list_likers(core: Core, site: Site, comment_id: str, after: int = -1) -> Likers:
    """Who likes a comment, a hundred at a time. Raises `NotFound`."""
    return await core.db.read(_list_likers, site, comment_id, after)


def _list_likers(tx: Tx, site: Site, comment_id: str, after: int) -> Likers:
    identifier = ids.decode(comment_id)
    comment = comments.get_comment(tx, site.id, identifier) if identifier is not None else None
    if comment is None or comment.status != "approved":
        raise unknown_comment()
    people = store.list_likers(tx, site.id, comment.id, after, LIKERS + 1)
    return Likers(people[:LIKERS], len(people) > LIKERS)
