"""SQL of pages that look like one: which share a title or an address, and which of those a moderator told apart.

Both lists read a site's pages once, in the database, and give back a bounded number of groups.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import page_differences, pages
from widget.store.page_list import Listed, list_listed

MOST_GROUPS = 50
MOST_IN_GROUP = 5  # more have a title or a path in common that says nothing
ENDINGS = ("/", ".html", ".htm", ".php", ".amp", "/amp", "/")  # of a path; taken off in this order
p = pages.c


def list_same_title(tx: Tx, site_id: int) -> list[list[Listed]]:
    return _groups(tx, site_id, sa.func.lower(p.title), p.title != "")


def list_same_path(tx: Tx, site_id: int, hosts: Sequence[str]) -> list[list[Listed]]:
    """Whose addresses differ in query, capitals, ending, and which of these hosts it is, at most."""
    return _groups(tx, site_id, _bare_path(tx.conn.dialect.name, hosts), p.url != "")


def _bare_path(dialect: str, hosts: Sequence[str]) -> sa.ColumnElement[str]:
    """Each step holds the one before once, for the database works out anew what stands twice."""
    at = sa.func.strpos if dialect == "postgresql" else sa.func.instr
    path = sa.func.lower(sa.func.substr(p.url, 1, at(p.url + "?", "?") - 1)) + " "  # no address holds a blank
    for prefix in (f"{scheme}://{host}/" for host in hosts for scheme in ("https", "http")):
        path = sa.func.replace(path, prefix, "/")
    for ending in ENDINGS:
        path = sa.func.replace(path, f"{ending} ", " ")
    return path


def _groups(tx: Tx, site_id: int, by: sa.ColumnElement[str], where: sa.ColumnElement[bool]) -> list[list[Listed]]:
    """Those with most comments first."""
    members = sa.func.count()
    query = (
        sa.select(sa.func.aggregate_strings(sa.cast(p.id, sa.String), " "))
        .where(p.site_id == site_id, p.merged_into.is_(None), where)
        .group_by(by)
        .having(members.between(2, MOST_IN_GROUP))
        .order_by(sa.func.sum(p.count).desc(), sa.func.max(p.id).desc())
        .limit(MOST_GROUPS)
    )
    groups = [[int(page_id) for page_id in row[0].split()] for row in tx.conn.execute(query)]
    found = {page.id: page for page in list_listed(tx, site_id, [page_id for group in groups for page_id in group])}
    return [[found[page_id] for page_id in group] for group in groups]


def list_differences(tx: Tx, site_id: int, page_ids: Collection[int]) -> set[tuple[int, int]]:
    """Pairs of these that are not one page, the lower id first."""
    d = page_differences.c
    query = sa.select(d.page_id, d.other_id).where(d.site_id == site_id, d.page_id.in_(page_ids))
    return {(row.page_id, row.other_id) for row in tx.conn.execute(query)}


def add_difference(tx: Tx, site_id: int, pair: Sequence[int]) -> bool:
    """Whether it was not said before."""
    return add_unless_there(tx, page_differences, _difference(site_id, pair), index=("site_id", "page_id", "other_id"))


def remove_difference(tx: Tx, site_id: int, pair: Sequence[int]) -> bool:
    d, row = page_differences.c, _difference(site_id, pair)
    gone = sa.delete(page_differences).where(*(d[name] == value for name, value in row.items()))
    return tx.conn.execute(gone).rowcount == 1


def _difference(site_id: int, pair: Sequence[int]) -> dict[str, int]:
    return {"site_id": site_id, "page_id": min(pair), "other_id": max(pair)}
