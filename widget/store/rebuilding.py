"""SQL of a site that is rebuilt from its export: rows as they were, those that are there already left as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from widget.db import Tx, add_all_unless_there
from widget.looks import look_of
from widget.models import (
    actions,
    comments,
    identities,
    likes,
    page_differences,
    pages,
    people,
    reports,
    site_aliases,
    sites,
    standings,
)

Row = dict[str, Any]


def add_former_names(tx: Tx, site_id: int, names: Sequence[str]) -> None:
    """Those that no site bears or bore."""
    taken = set(tx.conn.execute(sa.select(sites.c.name).where(sites.c.name.in_(names))).scalars())
    rows = [{"name": name, "site_id": site_id} for name in names if name not in taken]
    add_all_unless_there(tx, site_aliases, rows, index=("name",))


def add_pages(tx: Tx, site_id: int, rows: Sequence[Row]) -> dict[int, int]:
    """Those whose keys are free; of the others, by their ids, those of the pages that have them."""
    add_all_unless_there(tx, pages, _with(site_id, rows))
    p = pages.c
    keys = sa.select(p.key, p.id, p.shown_as).where(p.site_id == site_id, p.key.in_([row["key"] for row in rows]))
    there = {key: (page_id, shown_as) for key, page_id, shown_as in tx.conn.execute(keys)}
    found = {row["id"]: there[row["key"]] for row in rows if row["key"] in there}
    return {page_id: shown_as or other for page_id, (other, shown_as) in found.items() if other != page_id}


def lead_on(tx: Tx, site_id: int, page_ids: Mapping[int, int]) -> None:
    """Let pages that are merged into the first of each pair be merged into the second."""
    for page_id, other in page_ids.items():
        for column in (pages.c.merged_into, pages.c.shown_as):
            where = (pages.c.site_id == site_id, column == page_id)
            tx.conn.execute(sa.update(pages).where(*where).values({column: other}))


def add_differences(tx: Tx, site_id: int, pairs: Sequence[tuple[int, int]]) -> None:
    rows = [{"site_id": site_id, "page_id": min(pair), "other_id": max(pair)} for pair in pairs]
    add_all_unless_there(tx, page_differences, rows, index=("site_id", "page_id", "other_id"))


def add_people(tx: Tx, rows: Sequence[Row]) -> list[int]:
    """Those who were not there. `renamed` is False where a row does not say it; of two of one id the first counts."""
    made = {
        row["id"]: {"renamed": False, **row, "look": look_of(row["name"]) if row["kind"] == "member" else ""}
        for row in reversed(rows)
    }
    there = set(tx.conn.execute(sa.select(people.c.id).where(people.c.id.in_(list(made)))).scalars())
    new = [person_id for person_id in made if person_id not in there]
    add_all_unless_there(tx, people, [made[person_id] for person_id in new], index=("id",))
    return new


def list_owners(tx: Tx, ways: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Whose these identities are, given and told by issuer and subject."""
    i = identities.c
    query = sa.select(i.issuer, i.subject, i.person_id).where(sa.tuple_(i.issuer, i.subject).in_(ways))
    return {(issuer, subject): person_id for issuer, subject, person_id in tx.conn.execute(query)}


def add_identities(tx: Tx, rows: Sequence[Row]) -> None:
    add_all_unless_there(tx, identities, list(rows), index=("issuer", "subject"))


def add_standings(tx: Tx, site_id: int, rows: Sequence[Row]) -> None:
    add_all_unless_there(tx, standings, _with(site_id, rows), index=("site_id", "person_id"))


def add_reports(tx: Tx, site_id: int, rows: Sequence[Row]) -> None:
    add_all_unless_there(tx, reports, _with(site_id, rows), index=("site_id", "comment_id", "reporter"))


def list_pages_of(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> dict[int, int]:
    """On which page each comment is, of those that are there."""
    c = comments.c
    query = sa.select(c.id, c.page_id).where(c.site_id == site_id, c.id.in_(comment_ids))
    return {row.id: row.page_id for row in tx.conn.execute(query)}


def add_likes(tx: Tx, site_id: int, rows: Sequence[Row]) -> None:
    add_all_unless_there(tx, likes, _with(site_id, rows), index=("site_id", "comment_id", "person_id"))


def add_actions(tx: Tx, site_id: int, rows: Sequence[Row]) -> None:
    add_all_unless_there(tx, actions, _with(site_id, rows), index=("site_id", "id"))


def _with(site_id: int, rows: Sequence[Row]) -> list[Row]:
    return [{**row, "site_id": site_id} for row in rows]
