"""Comments that wait for a moderator, laid over a thread where they will stand once approved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from widget.db import Tx
from widget.store.comments import Comment, ids_in, list_comments
from widget.store.pages import Page
from widget.store.sites import Site
from widget.store.threads import Place
from widget.threads import Reader, Thread

Key = Callable[[Comment | Place], Any]
_ORDERS: Mapping[str, Key] = {
    "old": lambda root: root.id,
    "new": lambda root: -root.id,
    "best": lambda root: (-root.score, -root.id),
}


def read_pending(tx: Tx, site: Site, page: Page | None, reader: Reader) -> Thread:
    """What waits as a thread of its own, with what it hangs on."""
    context = read_context(tx, site, reader.pending)
    return Thread(page, context, None, {}, context=len(context))


def read_context(tx: Tx, site: Site, hanging: Sequence[Comment]) -> list[Comment]:
    """Of the ancestors of comments those that say in whose lists they stand, in the order of their paths."""
    known = {comment.id for comment in hanging}
    above = {
        number
        for comment in hanging
        for number in (*ids_in(comment.path)[: site.visible_depth + 1], comment.parent_id)
        if number is not None and number not in known
    }
    return sorted(list_comments(tx, site.id, sorted(above)), key=lambda comment: comment.path)


def with_pending(thread: Thread, reader: Reader, sort: str) -> list[Comment]:
    """The comments of a thread and what waits, in reading order."""
    waiting = {comment.id: comment for comment in reader.pending}
    shown = [waiting.pop(comment.id, comment) for comment in thread.comments]
    new = [] if thread.branch else _roots(waiting.values())
    roots = _placed(thread, reader, _roots(shown), new, sort)
    order = {root.id: place for place, root in enumerate(roots)}
    comments = [comment for comment in (*shown, *waiting.values()) if comment.root_id in order]
    return sorted(comments, key=lambda comment: (order[comment.root_id], comment.path))


def _roots(comments: Iterable[Comment]) -> list[Comment]:
    return [comment for comment in comments if comment.depth == 0]


def _placed(
    thread: Thread, reader: Reader, shown: Sequence[Comment], new: Sequence[Comment], sort: str
) -> list[Comment]:
    """Roots with new ones among them: one's own on every page, those of others on the page where they will stand."""
    key = _ORDERS[sort]
    pinned = list(takewhile(lambda root: root.pinned, shown))
    rest = shown[len(pinned) :]
    if reader.moderates:
        new = [root for root in new if root.id == thread.focus or _is_between(key, thread, root, rest)]
    return [*pinned, *sorted([*rest, *new], key=key)]


def _is_between(key: Key, thread: Thread, root: Comment, rest: Sequence[Comment]) -> bool:
    """Behind the page before this one, and not behind the last of this one if there is a next."""
    early = thread.after is not None and key(root) < key(thread.after)
    late = thread.next is not None and key(root) > key(rest[-1])
    return not early and not late
