"""SQL of comments: one row at a time, and changes. Reading whole threads is in `threads.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx, add_all_unless_there, add_unless_there
from widget.models import NEXT_VERSION, comments, has_status, people, standings


class Comment(NamedTuple):
    """A comment with its author's name, as readers, writers and the tree need it."""

    id: int
    page_id: int
    merged_from: int | None
    parent_id: int | None
    root_id: int
    path: bytes
    depth: int
    person_id: int | None
    provider: str
    status: str
    text: str
    html: str
    edited_at: int | None
    likes: int
    score: int
    replies: int
    pinned_at: int | None  # Unix ms
    author_name: str | None
    author_url: str | None
    author_role: str | None
    author_avatar: str | None
    author_shadowed: bool = False

    @property
    def created_at(self) -> int:
        return ids.time_of(self.id)

    @property
    def pinned(self) -> bool:
        """Does it stand before all others? One that vanished does not, until it is back."""
        return self.pinned_at is not None and self.status == "approved"

    @property
    def told(self) -> Comment:
        """As its writer is told: of spam no more than that somebody will look at it; in a shadow nothing at all."""
        if self.status != "spam":
            return self
        return self._replace(status="approved" if self.author_shadowed else "pending")


class NewComment(NamedTuple):
    """`parent_path` is empty for a root; `values` are what of the columns does not follow from it."""

    id: int
    parent_path: bytes
    values: dict[str, Any]


# What is left of a comment that its author deleted
GONE: dict[str, Any] = {
    "status": "deleted",
    "text": "",
    "html": "",
    "person_id": None,
    "provider": "",
    "likes": 0,
    "score": 0,
    "pinned_at": None,
    "address": None,
    "address_hash": None,
    "text_hash": None,
    "verdicts": "",
}
COLUMNS = (
    *(comments.c[name] for name in Comment._fields if not name.startswith("author_")),
    people.c.name.label("author_name"),
    people.c.url.label("author_url"),
    sa.case((people.c.owner, "owner"), else_=standings.c.role).label("author_role"),
    people.c.avatar.label("author_avatar"),
    sa.func.coalesce(standings.c.shadowed, sa.false()).label("author_shadowed"),
)


def with_authors(source: sa.FromClause = comments) -> sa.FromClause:
    """Comments joined to who wrote them and what those are on the site."""
    return source.outerjoin(people, people.c.id == source.c.person_id).outerjoin(
        standings,
        sa.and_(standings.c.site_id == source.c.site_id, standings.c.person_id == source.c.person_id),
    )


_SELECT = sa.select(*COLUMNS).select_from(with_authors())
# Built once: building a statement anew costs more than running it.
_site: sa.BindParameter[int] = sa.bindparam("site")
_BY_ID = _SELECT.where(comments.c.site_id == _site, comments.c.id == sa.bindparam("comment"))
_vanished = sa.not_(has_status("approved"))  # their replies keep a place for them
_more_replies = (
    sa.update(comments)
    .where(comments.c.site_id == _site)
    .values(
        replies=comments.c.replies + sa.bindparam("by", type_=sa.Integer),
        changed=sa.case((_vanished, NEXT_VERSION), else_=comments.c.changed),
        appeared=sa.case((sa.and_(_vanished, comments.c.replies == 0), NEXT_VERSION), else_=comments.c.appeared),
    )
)
_RAISE_REPLIES = _more_replies.where(comments.c.id.in_(sa.bindparam("ancestors", expanding=True)))
_ADD_REPLIES = _more_replies.where(comments.c.id == sa.bindparam("ancestor"))  # once for each of many


def get_comment(tx: Tx, site_id: int, comment_id: int) -> Comment | None:
    row = tx.conn.execute(_BY_ID, {"site": site_id, "comment": comment_id}).one_or_none()
    return Comment(*row) if row else None


def list_comments(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> list[Comment]:
    query = _SELECT.where(comments.c.site_id == site_id, comments.c.id.in_(comment_ids))
    return [Comment(*row) for row in tx.conn.execute(query)]


def list_own(tx: Tx, site_id: int, page_id: int, person_id: int, since: int, *, pending: bool) -> list[Comment]:
    """The person's newest hundred on the page, as they see them: all that wait for a moderator (spam says it does), or
    else those made after `since`.
    """
    query = _SELECT.where(
        comments.c.site_id == site_id, comments.c.person_id == person_id, comments.c.page_id == page_id
    )
    if pending:
        query = query.where(comments.c.status.in_(("pending", "spam")))
    else:
        shown = ("approved", "pending", "spam")
        query = query.where(comments.c.id >= ids.first_id(since), comments.c.status.in_(shown))
    return [Comment(*row).told for row in tx.conn.execute(query.order_by(comments.c.id.desc()).limit(100))]


def list_pending(tx: Tx, site_id: int, page_id: int, limit: int) -> list[Comment]:
    """What waits for a moderator on a page, the newest first."""
    c = comments.c
    query = _SELECT.where(c.site_id == site_id, c.page_id == page_id, has_status("pending"))
    return [Comment(*row) for row in tx.conn.execute(query.order_by(c.id.desc()).limit(limit))]


def add_comment(tx: Tx, site_id: int, created_at: int, values: dict[str, Any], parent_path: bytes) -> int:
    """Insert below `parent_path` (empty for a root) under a new id; the id."""
    while True:
        comment_id = ids.new_id(created_at)
        if add_comment_as(tx, site_id, comment_id, values, parent_path):
            return comment_id


def add_comment_as(tx: Tx, site_id: int, comment_id: int, values: dict[str, Any], parent_path: bytes) -> bool:
    """Insert under this id unless it is taken; whether it was inserted."""
    row = _row(site_id, NewComment(comment_id, parent_path, values))
    return add_unless_there(tx, comments, row, index=("site_id", "id"))


_UNTOUCHED = {"edited_at": None, "likes": 0, "score": 0, "replies": 0, "pinned_at": None}


def as_added(new: NewComment, name: str, url: str) -> Comment:
    """What `get_comment` gives of a comment just added, by an author just added under this name and address: there is
    nothing else to be known of either, and reading it again would cost a tenth of a post.
    """
    row = {**_row(0, new), **_UNTOUCHED}
    known = {field: row[field] for field in Comment._fields if field in row}
    return Comment(**known, author_name=name, author_url=url, author_role=None, author_avatar="")


def add_comments(tx: Tx, site_id: int, new: Sequence[NewComment]) -> None:
    """Insert those whose ids are not taken; all have values of the same columns."""
    add_all_unless_there(tx, comments, [_row(site_id, comment) for comment in new], index=("site_id", "id"))


def list_taken(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> list[int]:
    """Of these ids those that comments of the site have."""
    query = sa.select(comments.c.id).where(comments.c.site_id == site_id, comments.c.id.in_(comment_ids))
    return list(tx.conn.execute(query).scalars())


def _row(site_id: int, comment: NewComment) -> dict[str, Any]:
    path = comment.parent_path + comment.id.to_bytes(8, "big")
    return {
        **comment.values,
        "site_id": site_id,
        "id": comment.id,
        "path": path,
        "root_id": int.from_bytes(path[:8], "big"),
        "depth": len(path) // 8 - 1,
    }


def set_comment(tx: Tx, site_id: int, comment_id: int, **values: object) -> None:
    tx.conn.execute(
        sa.update(comments).where(comments.c.site_id == site_id, comments.c.id == comment_id).values(**values)
    )


def set_statuses(tx: Tx, site_id: int, comment_ids: Sequence[int], status: str, *, seen: bool) -> None:
    """`seen`: readers see them before or afterwards."""
    where = (comments.c.site_id == site_id, comments.c.id.in_(comment_ids))
    versions = {"changed": NEXT_VERSION, **({"appeared": NEXT_VERSION} if status == "approved" else {})}
    tx.conn.execute(sa.update(comments).where(*where).values(status=status, **(versions if seen else {})))


def add_replies(tx: Tx, site_id: int, more: Mapping[int, int]) -> None:
    """Count more (or fewer) approved descendants in comments by id."""
    rows = [{"site": site_id, "ancestor": comment, "by": by} for comment, by in sorted(more.items()) if by]
    if rows:
        tx.conn.execute(_ADD_REPLIES, rows)


def raise_replies(tx: Tx, site_id: int, path: bytes, by: int) -> None:
    """Count `by` more approved descendants in every ancestor that `path` names (its last id is the comment itself)."""
    ancestors = ids_in(path)[:-1]
    if ancestors:
        tx.conn.execute(_RAISE_REPLIES, {"site": site_id, "ancestors": ancestors, "by": by})


def ids_in(path: bytes) -> list[int]:
    return [int.from_bytes(path[start : start + 8], "big") for start in range(0, len(path), 8)]


class PathRow(NamedTuple):
    id: int
    path: bytes
    status: str
    replies: int


def list_paths(tx: Tx, site_id: int, page_id: int) -> list[PathRow]:
    """Every comment of a page, for counting again. Grows with the page: not for a reading path."""
    c = comments.c
    query = sa.select(c.id, c.path, c.status, c.replies).where(c.site_id == site_id, c.page_id == page_id)
    return [PathRow(*row) for row in tx.conn.execute(query)]
