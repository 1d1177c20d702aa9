"""SQL of what the classifier learned, and of what else is kept for the checks of comments (`facts.py` reads it)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from widget import ids
from widget.db import Tx
from widget.models import comments, pages, people, sites, spam_tokens

ALL = ""  # as a token: all comments

c = comments.c


class Seen(NamedTuple):
    """In how many comments."""

    spam: int
    ham: int


# Built once: building a statement anew costs more than running it.
_site: sa.BindParameter[int] = sa.bindparam("site")
_SEEN = sa.select(spam_tokens.c.token, spam_tokens.c.spam, spam_tokens.c.ham).where(
    spam_tokens.c.site_id == _site, spam_tokens.c.token.in_(sa.bindparam("tokens", expanding=True))
)


def get_seen(tx: Tx, site_id: int, tokens: Sequence[str]) -> dict[str, Seen]:
    """In how many comments each token was that was seen at all."""
    found = tx.conn.execute(_SEEN, {"site": site_id, "tokens": tokens})
    return {token: Seen(spam, ham) for token, spam, ham in found}


def _add_seen(dialect: str) -> sa.Insert:
    """All tokens in one parameter: row by row they cost more than all else about deciding on 200 comments."""
    seen = sa.func.json_each(sa.bindparam("seen", type_=sa.JSON)).table_valued("key", sa.column("value", sa.JSON))
    counts = (seen.c.value[place].as_integer() for place in range(len(Seen._fields)))
    rows = sa.select(_site, seen.c.key, *counts).where(sa.true())  # without WHERE SQLite takes ON for that of a join
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    adding = insert(spam_tokens).from_select(["site_id", "token", *Seen._fields], rows)
    more = {name: spam_tokens.c[name] + adding.excluded[name] for name in Seen._fields}
    return adding.on_conflict_do_update(index_elements=["site_id", "token"], set_=more)


_ADD_SEEN = {dialect: _add_seen(dialect) for dialect in ("sqlite", "postgresql")}


def add_seen(tx: Tx, site_id: int, more: Mapping[str, Seen]) -> None:
    """Count more (or fewer) comments; a token that is in none any more is forgotten."""
    rows = {token: seen for token, seen in sorted(more.items()) if any(seen)}
    if not rows:
        return
    tx.conn.execute(_ADD_SEEN[tx.conn.dialect.name], {"site": site_id, "seen": rows})
    if any(min(seen) < 0 for seen in more.values()):
        gone = (spam_tokens.c.site_id == site_id, spam_tokens.c.spam <= 0, spam_tokens.c.ham <= 0)
        tx.conn.execute(sa.delete(spam_tokens).where(*gone))


def get_learned(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> dict[int, str]:
    """As what each comment was learned (spam, ham), of those that were."""
    query = sa.select(c.id, c.learned).where(c.site_id == site_id, c.id.in_(comment_ids), c.learned != "")
    return {row.id: row.learned for row in tx.conn.execute(query)}


def set_learned(tx: Tx, site_id: int, comment_ids: Sequence[int], learned: str) -> None:
    tx.conn.execute(sa.update(comments).where(c.site_id == site_id, c.id.in_(comment_ids)).values(learned=learned))


class Asked(NamedTuple):
    """A comment as Akismet is told of it again."""

    id: int
    text: str
    verdicts: str
    address: str | None
    name: str | None
    email: str | None
    url: str | None
    page_url: str
    origins: Sequence[str]


def list_asked(tx: Tx, site_id: int, comment_ids: Sequence[int]) -> list[Asked]:
    """Those of the comments about which something was said when they were written."""
    query = (
        sa.select(c.id, c.text, c.verdicts, c.address, people.c.name, people.c.email, people.c.url, pages.c.url)
        .add_columns(sites.c.origins)
        .join(pages, sa.and_(pages.c.site_id == c.site_id, pages.c.id == c.page_id))
        .join(sites, sites.c.id == c.site_id)
        .outerjoin(people, people.c.id == c.person_id)
        .where(c.site_id == site_id, c.id.in_(comment_ids), c.verdicts != "")
    )
    return [Asked(*row)._replace(origins=json.loads(row.origins)) for row in tx.conn.execute(query)]


def forget_addresses(tx: Tx, site_id: int, before: int, limit: int) -> int:
    """Of up to `limit` comments written before that time (Unix ms); how many there were."""
    old = sa.select(c.id).where(c.site_id == site_id, c.address.is_not(None), c.id < ids.first_id(before)).limit(limit)
    change = sa.update(comments).where(c.site_id == site_id, c.id.in_(old))
    return tx.conn.execute(change.values(address=None)).rowcount
