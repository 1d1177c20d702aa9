"""SQL of pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from widget import ids
from widget.db import Tx, add_unless_there
from widget.models import pages, sites


@dataclass(frozen=True, slots=True)
class Page:
    id: int
    key: str
    url: str
    title: str
    count: int  # approved comments
    locked: bool
    version: int


_COLUMNS = (pages.c.id, pages.c.key, pages.c.url, pages.c.title, pages.c.count, pages.c.locked, pages.c.version)


def get_page(tx: Tx, site_id: int, key: str, *, lock: bool = False) -> Page | None:
    """`lock` keeps other writers of the thread waiting until this transaction ends (PostgreSQL; SQLite has one)."""
    query = sa.select(*_COLUMNS).where(pages.c.site_id == site_id, pages.c.key == key)
    row = tx.conn.execute(query.with_for_update() if lock else query).one_or_none()
    return Page(*row) if row else None


def list_pages(tx: Tx, site_id: int) -> list[Page]:
    query = sa.select(*_COLUMNS).where(pages.c.site_id == site_id).order_by(pages.c.id)
    return [Page(*row) for row in tx.conn.execute(query)]


def get_page_by_id(tx: Tx, site_id: int, page_id: int, *, lock: bool = False) -> Page | None:
    query = sa.select(*_COLUMNS).where(pages.c.site_id == site_id, pages.c.id == page_id)
    row = tx.conn.execute(query.with_for_update() if lock else query).one_or_none()
    return Page(*row) if row else None


def get_versions(tx: Tx, site_name: str, key: str) -> tuple[int, int]:
    """The versions of a site and of its page: 0 for a site that is gone, and for a page without comments."""
    query = (
        sa.select(sites.c.version, sa.func.coalesce(pages.c.version, 0))
        .outerjoin(pages, sa.and_(pages.c.site_id == sites.c.id, pages.c.key == key))
        .where(sites.c.name == site_name)
    )
    row = tx.conn.execute(query).one_or_none()
    return (row[0], row[1]) if row else (0, 0)


def add_page(tx: Tx, site_id: int, key: str, url: str, title: str) -> Page:
    """The page of this key, locked; made unless it is there."""
    values = {"site_id": site_id, "id": ids.new_id(tx.now), "key": key, "url": url, "title": title}
    add_unless_there(tx, pages, values, index=("site_id", "key"))
    query = sa.select(*_COLUMNS).where(pages.c.site_id == site_id, pages.c.key == key).with_for_update()
    return Page(*tx.conn.execute(query).one())


def set_page(tx: Tx, site_id: int, page_id: int, **values: object) -> None:
    tx.conn.execute(sa.update(pages).where(pages.c.site_id == site_id, pages.c.id == page_id).values(**values))


def raise_version(tx: Tx, site_id: int, page_id: int, *, count: int = 0) -> int:
    """Raise the version by one and the count by `count`; the new version."""
    query = (
        sa.update(pages)
        .where(pages.c.site_id == site_id, pages.c.id == page_id)
        .values(version=pages.c.version + 1, count=pages.c.count + count)
        .returning(pages.c.version)
    )
    return int(tx.conn.execute(query).scalar_one())


def list_counts(tx: Tx, site_id: int, keys: Sequence[str]) -> dict[str, int]:
    query = sa.select(pages.c.key, pages.c.count).where(pages.c.site_id == site_id, pages.c.key.in_(keys))
    return {row["key"]: row["count"] for row in tx.conn.execute(query).mappings()}
