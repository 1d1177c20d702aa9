"""Reading a thread: which rows a page of it holds, and where it goes on. No opinion on how it looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from widget import cursors, ids, policy
from widget.comments import unknown_comment
from widget.core import Actor
from widget.db import Tx
from widget.store import comments, pages, people, pins
from widget.store import likes as likes_store
from widget.store import threads as store
from widget.store.comments import Comment
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.sites import Site
from widget.store.threads import Place
from widget.tree import reading_order

MOST_PINS = 3
MOST_PENDING = 200


class Thread(NamedTuple):
    """A page of a thread: comments in reading order. `more` maps a root's id to the cursor of its next replies."""

    page: Page | None  # None: no comment was ever posted
    comments: list[Comment]
    next: str | None
    more: dict[int, str]
    after: Place | None = None  # where its roots begin; None: at the first
    earlier: bool = False  # do roots stand before these?
    earlier_replies: bool = False  # do replies of the focused root stand before the ones shown?
    focus: int | None = None
    branch: bool = False  # of one root alone, so that no other root stands beside it
    context: int = 0  # how many of the first comments are only there to hang the others on


class Reader(NamedTuple):
    """Who reads, and what is their own on the page: laid over the thread that all share."""

    person: Person | None
    provider: str  # signed in with; "" for a guest
    likes: Mapping[int, int]  # `LIKE` or `DISLIKE`, by the comment's id
    editable: list[Comment]
    pending: list[Comment]  # of a moderator: of the whole page, the newest
    can: Sequence[str] = ()  # of post, like, moderate
    more_pending: bool = False  # than are told

    @property
    def moderates(self) -> bool:
        return "moderate" in self.can


NOBODY = Reader(None, "", {}, [], [])


def read_thread(tx: Tx, site: Site, page_key: str, sort: str, cursor: str | None = None) -> Thread:
    """A page of roots and their first replies; before the first stand those that are pinned, and nowhere else.

    Raises `BadRequest` (bad_cursor).
    """
    after = cursors.read_roots(cursor, sort) if cursor else None
    page = pages.get_page(tx, site.id, page_key)
    if page is None:
        return Thread(None, [], None, {})
    pinned = _list_pinned(tx, site, page)
    roots = store.list_roots(tx, site.id, page.id, sort, after, store.ROOTS + 1, without=pinned)
    return _thread(tx, site, page, sort, roots, () if after else pinned)._replace(after=after)


def read_focused(
    tx: Tx, site: Site, page_key: str, sort: str, comment_id: str, pending: Collection[int] = ()
) -> Thread:
    """The first page where the comment is on it, else the page that begins at its root. Raises `NotFound`, but not for
    those of `pending`, which are to be laid over it.

    Where the root's first replies do not hold it: its ancestors, then from the comment on.
    """
    identifier = ids.decode(comment_id)
    page = pages.get_page(tx, site.id, page_key)
    comment = comments.get_comment(tx, site.id, identifier) if identifier is not None else None
    if page is None or comment is None or comment.page_id != page.id:
        raise unknown_comment()
    if not is_shown(comment) and comment.id not in pending:
        raise unknown_comment()
    thread = read_thread(tx, site, page_key, sort)._replace(focus=comment.id)
    if comment.root_id not in {shown.id for shown in thread.comments}:
        thread = _from_root(tx, site, page, sort, comment)
    shown = {shown.id for shown in thread.comments}
    if comment.id in shown or comment.root_id not in shown:  # the root may wait, too
        return thread
    return _with_branch(tx, site, thread, comment)


def _from_root(tx: Tx, site: Site, page: Page, sort: str, comment: Comment) -> Thread:
    root = comments.get_comment(tx, site.id, comment.root_id)
    assert root is not None
    place = Place(root.score, root.id)
    pinned = _list_pinned(tx, site, page)
    roots = store.list_roots(tx, site.id, page.id, sort, place, store.ROOTS + 1, inclusive=True, without=pinned)
    earlier = store.has_earlier_root(tx, site.id, page.id, sort, place)
    return _thread(tx, site, page, sort, roots)._replace(after=place, earlier=earlier, focus=comment.id)


def _with_branch(tx: Tx, site: Site, thread: Thread, comment: Comment) -> Thread:
    """Instead of the root's first replies: the comment's ancestors, and its branch from the comment on."""
    root_id = comment.root_id
    branch = store.list_ancestors(tx, site.id, comment.path)
    replies = store.list_replies(tx, site.id, root_id, comment.path, store.REPLIES + 1, inclusive=True)
    before = [shown for shown in thread.comments if shown.root_id != root_id]
    place = next(index for index, shown in enumerate(thread.comments) if shown.id == root_id)
    shown = before[:place] + branch + replies[: store.REPLIES] + before[place:]
    more = {key: value for key, value in thread.more.items() if key != root_id}
    if len(replies) > store.REPLIES:
        more[root_id] = cursors.after_reply(replies[store.REPLIES - 1].path)
    return thread._replace(comments=shown, more=more, earlier_replies=True)


def is_shown(comment: Comment) -> bool:
    return comment.status == "approved" or comment.replies > 0


def _list_pinned(tx: Tx, site: Site, page: Page) -> list[Comment]:
    """Pages that were merged may have had more between them: those that were pinned last."""
    return [pin for pin in pins.list_pins(tx, site.id, page.id) if pin.pinned][:MOST_PINS]


def _thread(tx: Tx, site: Site, page: Page, sort: str, roots: list[Comment], pinned: Sequence[Comment] = ()) -> Thread:
    cursor = None
    if len(roots) > store.ROOTS:
        roots = roots[: store.ROOTS]
        cursor = cursors.after_root(sort, roots[-1].score, roots[-1].id)
    roots = [root._replace(pinned_at=None) if root.pinned else root for root in roots]  # see `_list_pinned`
    roots = [*pinned, *roots]
    replies = store.list_first_replies(tx, site.id, [root.id for root in roots if root.replies])
    more = {}
    for root_id, rows in replies.items():
        if len(rows) > store.REPLIES:
            del rows[store.REPLIES :]
            more[root_id] = cursors.after_reply(rows[-1].path)
    shown = reading_order(roots, (reply for rows in replies.values() for reply in rows))
    return Thread(page, shown, cursor, more)


class Replies(NamedTuple):
    page: Page
    ancestors: list[Comment]  # of the first reply, root first: where it hangs
    comments: list[Comment]
    next: str | None


def read_replies(tx: Tx, site: Site, root_id: str, cursor: str | None) -> Replies:
    """The next replies under a comment's root, in path order. Raises `NotFound`, `BadRequest` (bad_cursor)."""
    identifier = ids.decode(root_id)
    root = comments.get_comment(tx, site.id, identifier) if identifier is not None else None
    if root is None or root.depth or not is_shown(root):
        raise unknown_comment()
    page = pages.get_page_by_id(tx, site.id, root.page_id)
    assert page is not None
    after = cursors.read_reply(cursor) if cursor else b""
    replies = store.list_replies(tx, site.id, root.id, after, store.MORE_REPLIES + 1)
    following = None
    if len(replies) > store.MORE_REPLIES:
        replies = replies[: store.MORE_REPLIES]
        following = cursors.after_reply(replies[-1].path)
    ancestors = store.list_ancestors(tx, site.id, replies[0].path) if replies else [root]
    return Replies(page, ancestors, replies, following)


def replies_thread(replies: Replies) -> Thread:
    """Further replies as a thread of their own: their ancestors, themselves, and where they go on."""
    root = replies.ancestors[0]
    more = {root.id: replies.next} if replies.next else {}
    ancestors, comments = replies.ancestors, replies.comments
    return Thread(replies.page, ancestors + comments, None, more, earlier=True, branch=True, context=len(ancestors))


def read_branch(tx: Tx, site: Site, page: Page, comment: Comment) -> Thread:
    """One comment below its ancestors."""
    current = comments.get_comment(tx, site.id, comment.id)
    rows = store.list_ancestors(tx, site.id, comment.path)
    return Thread(page, [*rows, current] if current else rows, None, {}, branch=True, focus=comment.id)


def read_reader(tx: Tx, site: Site, page_key: str, actor: Actor) -> Reader:
    person = people.get_person(tx, site.id, actor.person_id) if actor.person_id is not None else None
    page = pages.get_page(tx, site.id, page_key)
    can = policy.list_allowed(site, page, person, actor.provider, tx.now)
    if person is None or page is None:
        return Reader(person, actor.provider, {}, [], [], can)
    since = policy.editable_since(site, tx.now)
    if policy.is_staff(person):
        pending = comments.list_pending(tx, site.id, page.id, MOST_PENDING + 1)
    else:
        pending = comments.list_own(tx, site.id, page.id, person.id, since, pending=True)
    return Reader(
        person,
        actor.provider,
        likes_store.list_values(tx, site.id, page.id, person.id),
        comments.list_own(tx, site.id, page.id, person.id, since, pending=False),
        pending[:MOST_PENDING],
        can,
        len(pending) > MOST_PENDING,
    )
