"""A page's thread from the first comment to the last, as readers see it, a part at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from widget.db import Database, Tx
from widget.store import pins
from widget.store.comments import Comment
from widget.store.site_export import Choice
from widget.store.sites import Site
from widget.store.threads import Place, list_of_person, list_replies_of, list_roots
from widget.threads import MOST_PINS

ROOTS = 100
BATCH = 500


class Placed(NamedTuple):
    comment: Comment
    level: int  # 0 at the top; as deep as the site nests
    depth: int  # how many of its ancestors are shown
    answers: str  # whom, where nesting does not say it


async def in_reading_order(db: Database, site: Site, page_id: int, choice: Choice) -> AsyncIterator[list[Placed]]:
    """Pinned ones first, then the oldest; of a person what is theirs. Memory does not grow with the thread."""
    placer = _Placer(site.visible_depth)
    rows = _thread(db, site, page_id) if choice.person_id is None else _own(db, site, page_id, choice.person_id)
    async for some in rows:
        if some:
            yield [placer.place(comment) for comment in some]


async def _own(db: Database, site: Site, page_id: int, person_id: int) -> AsyncIterator[list[Comment]]:
    after = -1
    while some := await db.read(list_of_person, site.id, page_id, person_id, after, BATCH):
        yield some
        after = some[-1].id


async def _thread(db: Database, site: Site, page_id: int) -> AsyncIterator[list[Comment]]:
    pinned = await db.read(_pinned, site.id, page_id)
    for pin in pinned:
        async for some in _branches(db, site, [pin]):
            yield some
    after: Place | None = None
    while roots := await db.read(list_roots, site.id, page_id, "old", after, ROOTS, without=pinned):
        plain = [root._replace(pinned_at=None) for root in roots]  # one too many, of pages that were merged
        async for some in _branches(db, site, plain):
            yield some
        after = Place(roots[-1].score, roots[-1].id)


def _pinned(tx: Tx, site_id: int, page_id: int) -> list[Comment]:
    return [pin for pin in pins.list_pins(tx, site_id, page_id) if pin.pinned][:MOST_PINS]


async def _branches(db: Database, site: Site, roots: Sequence[Comment]) -> AsyncIterator[list[Comment]]:
    """Roots, by rising ids, each with all its replies."""
    waiting = deque(roots)
    answered = [root.id for root in roots if root.replies]
    after = (0, b"")
    while answered and (replies := await db.read(list_replies_of, site.id, answered, after, BATCH)):
        some: list[Comment] = []
        for reply in replies:
            while waiting and waiting[0].id <= reply.root_id:
                some.append(waiting.popleft())
            some.append(reply)
        yield some
        after = (replies[-1].root_id, replies[-1].path)
    yield list(waiting)


class _Placer:
    """Nests as `tree.build` does, from the ancestors of the comment before alone."""

    def __init__(self, visible_depth: int) -> None:
        self._visible_depth = visible_depth
        self._above: list[tuple[Comment, int]] = []  # with their levels

    def place(self, comment: Comment) -> Placed:
        while self._above and not _is_below(comment, self._above[-1][0]):
            self._above.pop()
        parent, level = self._above[-1] if self._above else (None, -1)
        placed = Placed(
            comment,
            min(level + 1, self._visible_depth),
            len(self._above),
            (parent.author_name or "") if parent is not None and level >= self._visible_depth else "",
        )
        self._above.append((comment, placed.level))
        return placed


def _is_below(comment: Comment, other: Comment) -> bool:
    """By the path; the parent of a comment deeper than paths reach stands beside it."""
    return comment.parent_id == other.id or (comment.path != other.path and comment.path.startswith(other.path))
