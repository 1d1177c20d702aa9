"""The verbs of likes and dislikes."""

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
from widget.store.likes import DISLIKE, LIKE, Liker
from widget.store.pages import Page
from widget.store.sites import Site

LIKERS = 100


class Liked(NamedTuple):
    comment: Comment
    page: Page
    value: int  # of this person: LIKE, DISLIKE, or 0 for neither


class Likers(NamedTuple):
    people: list[Liker]
    more: bool


async def like(core: Core, site: Site, actor: Actor, comment_id: str, value: int = LIKE, *, given: bool) -> Liked:
    """Like a comment, or (`DISLIKE`) dislike it, or take that back; one takes the other's place, and the same twice is
    the same once. Raises what `policy.can_like` and `policy.can_dislike` raise.
    """
    await core.limits.check("like", actor.address, core.db.now())
    return await core.db.write(_like, site, actor, comment_id, value, given)


def _like(tx: Tx, site: Site, actor: Actor, comment_id: str, value: int, given: bool) -> Liked:
    comment, page, person = find(tx, site, actor, comment_id)
    policy.can_like(site, page, comment, person, actor.provider, tx.now)
    if given and value == DISLIKE:
        policy.can_dislike(site)
    assert person is not None
    before = store.get_value(tx, site.id, comment.id, person.id)
    after = value if given else 0 if before == value else before
    if after == before:
        return Liked(comment, page, after)
    if before:
        store.remove_like(tx, site.id, comment.id, person.id)
    if after:
        store.add_like(tx, site.id, page.id, comment.id, person.id, after)
    tally = store.raise_likes(tx, site.id, comment.id, (after == LIKE) - (before == LIKE), after - before)
    version = pages.raise_version(tx, site.id, page.id)
    tx.events.append(PageChanged(site.name, page.key, version))
    return Liked(comment._replace(**tally._asdict()), page, after)


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
