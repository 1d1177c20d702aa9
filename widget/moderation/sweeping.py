"""Taking away all that somebody wrote on a site, in deeds of at most `MAX_AT_ONCE` comments."""

from __future__ import annotations

from widget import ids
from widget.core import Actor, Core
from widget.db import Tx
from widget.moderation.deciding import MAX_AT_ONCE, Choice, decide, moderator_of
from widget.store.queue import list_comments_to_reject
from widget.store.sites import Site

MAX_DEEDS = 25  # of one click; whoever wrote more is swept again


async def reject_all(core: Core, site: Site, actor: Actor, person_id: str) -> list[str]:
    """The deeds, each of which can be undone; none where nothing was left. Raises what `can_moderate` raises."""
    batches: list[str] = []
    while len(batches) < MAX_DEEDS:
        found = await core.db.read(_list, site, actor, ids.decode(person_id) or 0)
        if not found:
            break
        decided = await decide(core, site, actor, [Choice(ids.encode(number)) for number in found], "reject")
        batches += [decided.batch] if decided.batch else []
    return batches


def _list(tx: Tx, site: Site, actor: Actor, person_id: int) -> list[int]:
    moderator_of(tx, site, actor)
    return list_comments_to_reject(tx, site.id, person_id, MAX_AT_ONCE)
