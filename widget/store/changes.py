"""SQL of what changed on a page since a version of it, for those who have it open.

Every write that readers see gives the comment the page's new version, in the statement that writes it anyway.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, pages, sites
from widget.store.comments import COLUMNS, Comment, with_authors
from widget.store.pages import Page


class Change(NamedTuple):
    comment: Comment
    changed: int  # the page's version at which it last looked different
    appeared: int  # and at which it last became visible


class Versions(NamedTuple):
    site: int
    page: int


_CHANGES = (  # built once: building a statement anew costs more than running it
    sa.select(*COLUMNS, comments.c.changed, comments.c.appeared)
    .select_from(with_authors())
    .where(
        comments.c.site_id == sa.bindparam("site"),
        comments.c.page_id == sa.bindparam("page"),
        comments.c.changed > sa.bindparam("since"),
        comments.c.changed > sa.literal_column("0"),  # as the index has it
    )
    .order_by(comments.c.changed.desc())
    .limit(sa.bindparam("limit"))
)


def list_changes(tx: Tx, site_id: int, page_id: int, since: int, limit: int) -> list[Change]:
    """The comments that changed after that version of the page, the last changed first."""
    values = {"site": site_id, "page": page_id, "since": since, "limit": limit}
    return [Change(Comment(*row[:-2]), *row[-2:]) for row in tx.conn.execute(_CHANGES, values)]


def list_versions(tx: Tx, chosen: Collection[tuple[int, str]]) -> dict[tuple[int, str], Versions]:
    """By (site id, key of the page) those of the site and of the page that holds the comments; none for a page without
    comments.
    """
    asked = pages.alias()
    shown = sa.and_(pages.c.site_id == asked.c.site_id, pages.c.id == sa.func.coalesce(asked.c.shown_as, asked.c.id))
    query = sa.select(asked.c.site_id, asked.c.key, sites.c.version, pages.c.version)
    query = query.join_from(asked, pages, shown).join(sites, sites.c.id == asked.c.site_id)
    rows = tx.conn.execute(query.where(sa.tuple_(asked.c.site_id, asked.c.key).in_(list(chosen))))
    return {(site_id, key): Versions(*versions) for site_id, key, *versions in rows}


def is_seen(before: str, after: str, replies: int) -> bool:
    """Whether readers see that a comment gets another text or status: in it, or in the place that its replies keep."""
    return replies > 0 or "approved" in (before, after)


def seen_at(page: Page, before: str, after: str, replies: int = 0) -> dict[str, int]:
    """Columns of a comment that gets another text or status: the version that the locked page is given for it, where
    readers see it.
    """
    version = page.version + 1
    appeared = {"appeared": version} if after == "approved" != before else {}
    return {"changed": version, **appeared} if is_seen(before, after, replies) else {}
