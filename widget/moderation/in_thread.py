"""What a moderator works with in the thread itself: one comment, its author, and what was just done."""

from __future__ import annotations

from typing import NamedTuple

from widget import ids
from widget.core import Actor, Core
from widget.db import Tx
from widget.moderation.deciding import moderator_of
from widget.store import comments, deeds, people
from widget.store.comments import Comment
from widget.store.deeds import Deed
from widget.store.people import Person
from widget.store.queue import Place
from widget.store.sites import Site


class Tools(NamedTuple):
    """None for what there is not."""

    comment: Comment | None
    author: Person | None
    deed: Deed | None


async def read_tools(core: Core, site: Site, actor: Actor, comment_id: str, batch_id: str = "") -> Tools:
    """A comment to decide on and the deed that was just done, each as an address names it. Raises what
    `can_moderate` raises.
    """
    return await core.db.read(_read_tools, site, actor, comment_id, batch_id)


def _read_tools(tx: Tx, site: Site, actor: Actor, comment_id: str, batch_id: str) -> Tools:
    moderator_of(tx, site, actor)
    number, batch = ids.decode(comment_id), ids.decode(batch_id)
    comment = comments.get_comment(tx, site.id, number) if number is not None else None
    author_id = comment.person_id if comment is not None else None
    author = people.get_person(tx, site.id, author_id) if author_id is not None else None
    done = deeds.list_deeds_by_id(tx, [Place(batch, site.id)]) if batch is not None else []
    return Tools(comment, author, done[0] if done else None)
