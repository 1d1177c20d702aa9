"""SQL of all that a site has, a part at a time, by keyset: each row's `place` is where the next part begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import actions, comments, identities, likes, page_differences, pages, people, reports, standings

Row = dict[str, Any]
Place = tuple[int, ...]
START: Place = (-1, -1)


class Choice(NamedTuple):
    """Of what there is: everything, or what is on one page, or of one person."""

    page_id: int | None = None
    person_id: int | None = None


EVERYTHING = Choice()

_PAGE = ("id", "key", "url", "title", "count", "locked", "closes_at", "merged_into")
_STANDING = ("role", "banned_until", "ban_reason", "shadowed", "trusted", "note")
_COMMENT = (
    *("id", "page_id", "merged_from", "parent_id", "provider", "status", "text", "html", "edited_at"),
    *("likes", "score", "replies", "pinned_at", "address", "verdicts", "learned"),
)
_ACTION = ("id", "batch_id", "verb", "target", "target_id", "reason", "before", "after", "undoes")
_AUTHOR = ("id", "kind", "name", "url", "email")  # of people, as person_…
_person = [people.c[name].label(f"person_{name}") for name in _AUTHOR]


def list_pages(tx: Tx, site_id: int, choice: Choice, after: Place, limit: int) -> list[Row]:
    """With those that were merged into one that is chosen; `differs_from` has the other pages' ids."""
    p, written = pages.c, sa.select(comments.c.page_id).where(comments.c.site_id == site_id)
    query = sa.select(*_of(pages, _PAGE)).where(p.site_id == site_id, p.id > after[0])
    if choice.page_id is not None:
        query = query.where(sa.or_(p.id == choice.page_id, p.shown_as == choice.page_id))
    if choice.person_id is not None:
        query = query.where(p.id.in_(written.where(comments.c.person_id == choice.person_id)))
    rows = _rows(tx, query.order_by(p.id).limit(limit))
    d = page_differences.c
    differences = sa.select(d.page_id, d.other_id).where(d.site_id == site_id, d.page_id.in_(_ids(rows)))
    return _gathered(rows, "differs_from", tx.conn.execute(differences.order_by(d.page_id, d.other_id)))


def list_members(tx: Tx, site_id: int, _: Choice, after: Place, limit: int) -> list[Row]:
    """Who signs in, and wrote, liked, did or is something on the site, with what proves who they are."""
    here = [
        sa.select(sa.literal(1)).where(table.c.site_id == site_id, table.c.person_id == people.c.id).exists()
        for table in (comments, likes, standings, actions)
    ]
    query = sa.select(people.c.id, people.c.renamed, *_person).where(
        people.c.kind == "member", people.c.id > after[0], sa.or_(*here)
    )
    rows = _rows(tx, query.order_by(people.c.id).limit(limit))
    i = identities.c
    columns = (i.person_id, i.provider, i.issuer, i.subject, i.created_at)
    ways = sa.select(*columns).where(i.person_id.in_(_ids(rows)))
    return _gathered(rows, "identities", tx.conn.execute(ways.order_by(i.person_id, i.issuer, i.subject)))


def list_standings(tx: Tx, site_id: int, _: Choice, after: Place, limit: int) -> list[Row]:
    """Of people who are something on the site."""
    query = (
        sa.select(standings.c.person_id.label("id"), *_of(standings, _STANDING), *_person)
        .join(people, people.c.id == standings.c.person_id)
        .where(standings.c.site_id == site_id, standings.c.person_id > after[0])
    )
    return _rows(tx, query.order_by(standings.c.person_id).limit(limit))


def list_comments(tx: Tx, site_id: int, choice: Choice, after: Place, limit: int) -> list[Row]:
    """The oldest first, with what readers reported, which has no order of its own."""
    query = _comments(site_id, choice).where(comments.c.id > after[0]).order_by(comments.c.id)
    rows = _rows(tx, query.limit(limit))
    r = reports.c
    columns = (r.comment_id, r.reason, r.note, r.created_at)
    said = sa.select(*columns).where(r.site_id == site_id, r.comment_id.in_(_ids(rows)))
    return _gathered(rows, "reported", tx.conn.execute(said.order_by(r.comment_id, r.created_at, r.reason, r.note)))


def list_comments_by_page(tx: Tx, site_id: int, choice: Choice, after: Place, limit: int) -> list[Row]:
    """Page by page, the oldest first, each with its page as page_…"""
    c, p = comments.c, pages.c
    behind = sa.tuple_(c.page_id, c.id) > sa.tuple_(*after)
    on = [p[name].label(f"page_{name}") for name in ("key", "url", "title", "locked")]
    query = _comments(site_id, choice).join(pages, sa.and_(p.site_id == c.site_id, p.id == c.page_id)).add_columns(*on)
    rows = _rows(tx, query.where(behind).order_by(c.page_id, c.id).limit(limit))
    return [{**row, "place": (row["page_id"], row["id"])} for row in rows]


def list_likes(tx: Tx, site_id: int, choice: Choice, after: Place, limit: int) -> list[Row]:
    """By comment and person."""
    chosen = sa.select(*_of(likes, ("comment_id", "value", "created_at")), *_person).join(
        people, people.c.id == likes.c.person_id
    )
    behind = sa.tuple_(likes.c.comment_id, likes.c.person_id) > sa.tuple_(*after[:2])
    query = chosen.where(likes.c.site_id == site_id, behind, *_filters(likes, choice))
    rows = _rows(tx, query.order_by(likes.c.comment_id, likes.c.person_id).limit(limit))
    return [{**row, "place": (row["comment_id"], row["person_id"])} for row in rows]


def list_actions(tx: Tx, site_id: int, _: Choice, after: Place, limit: int) -> list[Row]:
    """The oldest first."""
    query = sa.select(*_of(actions, _ACTION), *_person).outerjoin(people, people.c.id == actions.c.person_id)
    chosen = query.where(actions.c.site_id == site_id, actions.c.id > after[0])
    return _rows(tx, chosen.order_by(actions.c.id).limit(limit))


def _comments(site_id: int, choice: Choice) -> sa.Select[Any]:
    query = sa.select(*_of(comments, _COMMENT), comments.c.reports.label("open_reports"), *_person)
    joined = query.outerjoin(people, people.c.id == comments.c.person_id)
    return joined.where(comments.c.site_id == site_id, *_filters(comments, choice))


def _filters(table: sa.Table, choice: Choice) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in choice._asdict().items() if value is not None]


def _of(table: sa.Table, names: Sequence[str]) -> list[sa.Column[Any]]:
    return [table.c[name] for name in names]


def _rows(tx: Tx, query: sa.Select[Any]) -> list[Row]:
    rows = [dict(row._mapping) for row in tx.conn.execute(query)]
    return [{**row, "place": (row["id"],)} if "id" in row else row for row in rows]


def _ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


def _gathered(rows: list[Row], name: str, found: sa.CursorResult[Any]) -> list[Row]:
    """Each row with those of the others that begin with its id."""
    by_id: dict[int, list[Any]] = {row["id"]: [] for row in rows}
    for row in found:
        by_id[row[0]].append(row[1:])
    return [{**row, name: by_id[row["id"]]} for row in rows]
