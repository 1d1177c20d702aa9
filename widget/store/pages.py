"""SQL of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx, add_unless_there
from widget.events import PageChanged
from widget.models import comments, pages, sites


@dataclass(frozen=True, slots=True)
class Page:
    id: int
    key: str
    url: str
    title: str
    count: int  # approved comments
    locked: bool
    closes_at: int | None  # Unix ms, as a moderator chose; 0: never; None: as the site says (`policy.closes_at`)
    merged_into: int | None  # of a page by its id alone: whoever asks by key gets where the comments are
    version: int
    reset: int = 0  # the version before which a thread is read anew, for too much changed at once


class Count(NamedTuple):
    asked: str  # the key of a page
    page: str  # the key of the page that holds the comments: another than asked for, where that was merged into it
    approved: int


_COLUMNS = tuple(pages.c[field.name] for field in fields(Page))
_asked = pages.alias("asked")  # the page whose key is asked for; its comments may be with another
_ANSWERS = sa.and_(pages.c.site_id == _asked.c.site_id, pages.c.id == sa.func.coalesce(_asked.c.shown_as, _asked.c.id))
# Built once: building a statement anew costs more than running it.
_site: sa.BindParameter[Any] = sa.bindparam("site")
_page: sa.BindParameter[Any] = sa.bindparam("page")
_BY_KEY = (
    sa.select(*_COLUMNS).join_from(_asked, pages, _ANSWERS).where(_asked.c.site_id == _site, _asked.c.key == _page)
)
_BY_KEY_LOCKED = _BY_KEY.with_for_update(of=pages)
_BY_ID = sa.select(*_COLUMNS).where(pages.c.site_id == _site, pages.c.id == _page)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_VERSIONS = (
    sa.select(sites.c.version, sa.func.coalesce(pages.c.version, 0))
    .select_from(sites)
    .outerjoin(_asked, sa.and_(_asked.c.site_id == _site, _asked.c.key == _page))
    .outerjoin(pages, sa.and_(pages.c.site_id == _site, _ANSWERS))
    .where(sites.c.id == _site)
)
_COUNTS = (
    sa.select(_asked.c.key, pages.c.key, pages.c.count)
    .join_from(_asked, pages, _ANSWERS)
    .where(_asked.c.site_id == _site, _asked.c.key.in_(sa.bindparam("pages", expanding=True)))
    .order_by(_asked.c.key)
)
_RAISE = (
    sa.update(pages)
    .where(pages.c.site_id == _site, pages.c.id == _page)
    .values(version=pages.c.version + 1, count=pages.c.count + sa.bindparam("by", type_=sa.Integer))
    .returning(pages.c.version)
)


def get_page(tx: Tx, site_id: int, key: str, *, lock: bool = False) -> Page | None:
    """The page that holds the comments of this key: itself, or what it was merged into.

    `lock` keeps other writers of the thread waiting until this transaction ends (PostgreSQL; SQLite has one).
    """
    while True:
        row = tx.conn.execute(_BY_KEY_LOCKED if lock else _BY_KEY, {"site": site_id, "page": key}).one_or_none()
        page = Page(*row) if row else None
        if page is None or page.merged_into is None:  # else it was merged while this waited for the lock
            return page


def get_own_id(tx: Tx, site_id: int, key: str) -> int | None:
    """Of the page of this key itself, wherever its comments are."""
    own = sa.select(pages.c.id).where(pages.c.site_id == site_id, pages.c.key == key)
    return tx.conn.execute(own).scalar_one_or_none()


def list_pages(tx: Tx, site_id: int) -> list[Page]:
    query = sa.select(*_COLUMNS).where(pages.c.site_id == site_id).order_by(pages.c.id)
    return [Page(*row) for row in tx.conn.execute(query)]


def get_page_by_id(tx: Tx, site_id: int, page_id: int, *, lock: bool = False) -> Page | None:
    row = tx.conn.execute(_BY_ID_LOCKED if lock else _BY_ID, {"site": site_id, "page": page_id}).one_or_none()
    return Page(*row) if row else None


def get_url_of_comment(tx: Tx, site_id: int, comment_id: int) -> str:
    """The address of the page that a comment is on; "" where there is none."""
    query = sa.select(pages.c.url).join(
        comments, sa.and_(comments.c.site_id == site_id, comments.c.page_id == pages.c.id)
    )
    found = tx.conn.execute(query.where(pages.c.site_id == site_id, comments.c.id == comment_id))
    return found.scalar_one_or_none() or ""


def lock_pages(tx: Tx, site_id: int, page_ids: Sequence[int]) -> None:
    """In one order, so that two who change many wait, but never for each other."""
    query = sa.select(pages.c.id).where(pages.c.site_id == site_id, pages.c.id.in_(page_ids)).order_by(pages.c.id)
    tx.conn.execute(query.with_for_update()).all()


def list_pages_by_id(tx: Tx, site_id: int, page_ids: Sequence[int]) -> list[Page]:
    query = sa.select(*_COLUMNS).where(pages.c.site_id == site_id, pages.c.id.in_(page_ids)).order_by(pages.c.id)
    return [Page(*row) for row in tx.conn.execute(query)]


def get_versions(tx: Tx, site_id: int, key: str) -> tuple[int, int]:
    """The versions of a site and of its page: 0 for a site that is gone, and for a page without comments."""
    row = tx.conn.execute(_VERSIONS, {"site": site_id, "page": key}).one_or_none()
    return (row[0], row[1]) if row else (0, 0)


def add_page(tx: Tx, site_id: int, key: str, url: str, title: str, *, begun_at: int | None = None) -> Page:
    """The page of this key, locked; made unless it is there. `begun_at` (Unix ms) is when its first comment was
    written, now unless it says otherwise.
    """
    page_id = ids.new_id(tx.now if begun_at is None else begun_at)
    values = {"site_id": site_id, "id": page_id, "key": key, "url": url, "title": title}
    add_unless_there(tx, pages, values, index=("site_id", "key"))
    page = get_page(tx, site_id, key, lock=True)
    assert page is not None
    return page


def set_page(tx: Tx, site_id: int, page_id: int, **values: object) -> None:
    tx.conn.execute(sa.update(pages).where(pages.c.site_id == site_id, pages.c.id == page_id).values(**values))


def raise_version(tx: Tx, site_id: int, page_id: int, *, count: int = 0) -> int:
    """Raise the version by one and the count by `count`; the new version."""
    return int(tx.conn.execute(_RAISE, {"site": site_id, "page": page_id, "by": count}).scalar_one())


def raise_versions(tx: Tx, site_id: int, more: Mapping[int, int]) -> list[tuple[str, int]]:
    """Of many pages, each with how many more comments it counts; their keys and new versions."""
    by_count: dict[int, list[int]] = {}
    for page_id, count in more.items():
        by_count.setdefault(count, []).append(page_id)
    raised: list[tuple[str, int]] = []
    for count, page_ids in by_count.items():  # a deed on many pages is mostly on one comment of each
        change = sa.update(pages).where(pages.c.site_id == site_id, pages.c.id.in_(page_ids))
        values = {"version": pages.c.version + 1, "count": pages.c.count + count}
        rows = tx.conn.execute(change.values(values).returning(pages.c.key, pages.c.version))
        raised += [(row.key, row.version) for row in rows]
    return raised


def touch_pages(tx: Tx, chosen: sa.SelectBase) -> None:
    """Raise the versions of pages that show somebody who looks different now, and tell it; `chosen` selects (site_id,
    page_id). They are locked in one order, so that two who touch many wait, but never for each other.
    """
    where = sa.tuple_(pages.c.site_id, pages.c.id).in_(chosen)
    tx.conn.execute(sa.select(pages.c.id).where(where).order_by(pages.c.site_id, pages.c.id).with_for_update()).all()
    site_name = sa.select(sites.c.name).where(sites.c.id == pages.c.site_id).scalar_subquery()
    raised = sa.update(pages).where(where).values(version=pages.c.version + 1)
    rows = tx.conn.execute(raised.returning(site_name, pages.c.key, pages.c.version))
    tx.events.extend(PageChanged(*row) for row in rows)


def list_counts(tx: Tx, site_id: int, keys: Sequence[str]) -> list[Count]:
    """Of those pages of the keys that have had comments, in the order of their keys."""
    return [Count(*row) for row in tx.conn.execute(_COUNTS, {"site": site_id, "pages": keys}).all()]
