"""What the database holds of a site, as plain values that are the same for the same content."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from tests.support.service import World
from widget import models
from widget.db import Tx
from widget.store.comments import ids_in
from widget.store.sites import Site


class PageRow(NamedTuple):
    key: str
    url: str
    title: str
    comments: int
    locked: bool


class CommentRow(NamedTuple):
    """A comment with its page and author; ids are integers, `path` is a tuple of them."""

    id: int
    page: str
    parent_id: int | None
    path: tuple[int, ...]
    depth: int
    status: str
    text: str
    html: str
    likes: int
    replies: int
    author: str | None
    email: str | None
    website: str | None
    kind: str | None


class Rows(NamedTuple):
    pages: list[PageRow]
    comments: list[CommentRow]


async def rows_of(world: World, site: Site) -> Rows:
    found: Rows = await world.db.read(_read, site.id)
    return found


def _read(tx: Tx, site_id: int) -> Rows:
    page, comment, person = models.pages.c, models.comments.c, models.people.c
    pages = sa.select(page.key, page.url, page.title, page["count"], page.locked)
    comments = sa.select(
        comment.id,
        page.key,
        *(comment[name] for name in ("parent_id", "path", "depth", "status", "text", "html", "likes", "replies")),
        *(person.name, person.email, person.url, person.kind),
    ).select_from(
        models.comments.join(
            models.pages, sa.and_(page.site_id == comment.site_id, page.id == comment.page_id)
        ).outerjoin(models.people, person.id == comment.person_id)
    )
    return Rows(
        [PageRow(*row) for row in tx.conn.execute(pages.where(page.site_id == site_id).order_by(page.key))],
        [_comment(*row) for row in tx.conn.execute(comments.where(comment.site_id == site_id).order_by(comment.id))],
    )


def _comment(comment_id: int, page: str, parent_id: int | None, path: bytes, *rest: Any) -> CommentRow:
    return CommentRow(comment_id, page, parent_id, tuple(ids_in(path)), *rest)


def recount(rows: Rows) -> Rows:
    """The same with every counter as it follows from the comments."""
    approved = [row for row in rows.comments if row.status == "approved"]
    pages = [page._replace(comments=sum(row.page == page.key for row in approved)) for page in rows.pages]
    comments = [row._replace(replies=sum(row.id in other.path[:-1] for other in approved)) for row in rows.comments]
    return Rows(pages, comments)


async def columns_of(world: World, site: Site, *names: str) -> list[tuple[Any, ...]]:
    """These columns of the site's comments, the oldest first."""
    found: list[tuple[Any, ...]] = await world.db.read(_columns, site.id, names)
    return found


def _columns(tx: Tx, site_id: int, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    c = models.comments.c
    query = sa.select(*(c[name] for name in names)).where(c.site_id == site_id).order_by(c.id)
    return [tuple(row) for row in tx.conn.execute(query)]
