"""SQL of imports: those of `/admin`, and what is counted, and found again, when the comments are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import comments, has_status, imports, is_shown, pages, people, sites

WORKING = ("looking", "importing")  # states in which somebody is, or should be, at work on it
OPEN = (*WORKING, "looked")  # and in which its file is kept


class Import(NamedTuple):
    id: int
    site_id: int
    person_id: int | None
    state: str
    file_name: str
    mappings: str  # OLD=NEW, a line each
    any_host: bool
    done: int
    total: int | None
    report: str  # JSON, or ""
    error: str
    told_at: int  # Unix ms
    site_name: str


_COLUMNS = (*(imports.c[name] for name in Import._fields[:-1]), sites.c.name)
_SELECT = sa.select(*_COLUMNS).join_from(imports, sites, sites.c.id == imports.c.site_id)
_c, _below = comments.c, comments.alias("below")
# Behind all paths that begin with this one: no id begins with this byte. SQLite makes a text of the two.
_end = sa.cast(_c.path.concat(sa.literal(b"\xff", sa.LargeBinary)), sa.LargeBinary)
_replies = (
    sa.select(sa.func.count())
    .where(
        _below.c.site_id == _c.site_id,
        _below.c.root_id == _c.root_id,
        _below.c.path > _c.path,
        _below.c.path < _end,
        _below.c.parent_id.is_not(None),
        has_status("approved", _below),
        is_shown(_below),
    )
    .correlate(comments)
    .scalar_subquery()
)


def recount_replies(tx: Tx, site_id: int, page_id: int, after: int, limit: int) -> tuple[int, int, bool]:
    """Set the numbers of replies of the page's next comments behind `after`, by id, to what the rows say.

    How many were looked at, the last of them, and whether one changed.
    """
    here = (_c.site_id == site_id, _c.page_id == page_id, _c.id > after)
    found = list(tx.conn.execute(sa.select(_c.id).where(*here).order_by(_c.id).limit(limit)).scalars())
    if not found:
        return 0, after, False
    change = sa.update(comments).where(*here, _c.id <= found[-1], _c.replies != _replies).values(replies=_replies)
    return len(found), found[-1], bool(tx.conn.execute(change).rowcount)


def count_approved(tx: Tx, site_id: int, page_id: int) -> int:
    query = sa.select(sa.func.count()).where(_c.site_id == site_id, _c.page_id == page_id, has_status("approved"))
    return int(tx.conn.execute(query).scalar_one())


def list_imported(tx: Tx, site_id: int, page_id: int, bits: Collection[int]) -> Sequence[int]:
    """The ids of a page's comments that end in one of these (`ids.imported_bits`), the oldest first.

    All ids of the page are looked at, in their index alone.
    """
    here = (_c.site_id == site_id, _c.page_id == page_id, _c.id.bitwise_and(ids.BITS).in_(bits))
    return tx.conn.execute(sa.select(_c.id).where(*here).order_by(_c.id)).scalars().all()


def analyze(tx: Tx) -> None:
    """Let PostgreSQL know at once how much has grown and that ids differ, and not a minute later by itself: until then
    it plans for a table that is nearly empty, and to find 500 ids it reads a whole site. SQLite's plans are those that
    were measured without.
    """
    if tx.conn.dialect.name == "postgresql":
        tx.conn.execute(sa.text(f"ANALYZE {comments.name}, {pages.name}, {people.name}"))


def get_import(tx: Tx, site_id: int, import_id: int) -> Import | None:
    row = tx.conn.execute(_SELECT.where(imports.c.site_id == site_id, imports.c.id == import_id)).one_or_none()
    return Import(*row) if row else None


def list_imports(tx: Tx, site_id: int, limit: int) -> list[Import]:
    """The newest first."""
    query = _SELECT.where(imports.c.site_id == site_id).order_by(imports.c.id.desc()).limit(limit)
    return [Import(*row) for row in tx.conn.execute(query)]


def get_open(tx: Tx, site_id: int) -> Import | None:
    """The one of the site that is not at its end, if there is one."""
    query = _SELECT.where(imports.c.site_id == site_id, imports.c.state.in_(OPEN)).limit(1)
    row = tx.conn.execute(query).one_or_none()
    return Import(*row) if row else None


def list_in(tx: Tx, states: Sequence[str], told_before: int) -> list[Import]:
    """Of all sites, the oldest first, those of which nobody told anything since then (Unix ms)."""
    query = _SELECT.where(imports.c.state.in_(states), imports.c.told_at < told_before)
    return [Import(*row) for row in tx.conn.execute(query.order_by(imports.c.id))]


def add_import(tx: Tx, site_id: int, import_id: int, person_id: int | None, file_name: str) -> None:
    values = {"site_id": site_id, "id": import_id, "person_id": person_id, "file_name": file_name}
    tx.conn.execute(sa.insert(imports).values(**values, state="looking"))


def set_import(tx: Tx, found: Import, values: Mapping[str, object]) -> bool:
    """Change columns of one whose state is still what it was; whether it was."""
    where = [imports.c[name] == getattr(found, name) for name in ("site_id", "id", "state")]
    return bool(tx.conn.execute(sa.update(imports).where(*where).values(dict(values))).rowcount)


def claim_import(tx: Tx, found: Import) -> bool:
    """Say that somebody is at work on it, unless another has said so since it was found."""
    where = [imports.c[name] == getattr(found, name) for name in ("site_id", "id", "state", "told_at")]
    return bool(tx.conn.execute(sa.update(imports).where(*where).values(told_at=tx.now)).rowcount)
