"""SQL of people as moderators look through them: all who wrote on a site, or those of whom something was decided."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx
from widget.models import comments, identities, people, standings

_site: sa.BindParameter[int] = sa.bindparam("site")
_now: sa.BindParameter[int] = sa.bindparam("now", type_=sa.BigInteger)
p, s, c = people.c, standings.c, comments.c
_of_them = (c.person_id == p.id, c.site_id == _site)
_wrote = sa.exists().where(*_of_them).correlate(people)
_banned = sa.func.coalesce(s.banned_until, 0) > _now

KINDS: dict[str, sa.ColumnElement[bool]] = {
    "all": sa.or_(_wrote, s.person_id.is_not(None)),
    "staff": sa.or_(p.owner, sa.func.coalesce(s.role, "reader") != "reader"),
    "banned": sa.or_(_banned, s.shadowed),
    "trusted": s.trusted,
    "noted": s.note != "",
}


class Listed(NamedTuple):
    id: int
    kind: str  # member, guest, imported
    name: str
    avatar: str
    role: str  # reader, author, moderator, owner
    banned: bool
    shadowed: bool
    trusted: bool
    note: str
    comments: int  # whatever became of them
    newest: int  # comment; 0 where there is none


_COLUMNS = (
    p.id,
    p.kind,
    p.name,
    p.avatar,
    sa.case((p.owner, "owner"), else_=sa.func.coalesce(s.role, "reader")),
    _banned,
    sa.func.coalesce(s.shadowed, sa.false()),
    sa.func.coalesce(s.trusted, sa.false()),
    sa.func.coalesce(s.note, ""),
    sa.select(sa.func.count()).where(*_of_them).correlate(people).scalar_subquery(),
    sa.func.coalesce(sa.select(sa.func.max(c.id)).where(*_of_them).correlate(people).scalar_subquery(), 0),
)


def list_people(
    tx: Tx, site_id: int, kind: str, words: str, before: int | None, limit: int
) -> tuple[list[Listed], int | None]:
    """One of `KINDS`, with these words in name or e-mail address, the youngest first; and the id to go on before."""
    query = (
        sa.select(*_COLUMNS)
        .outerjoin(standings, sa.and_(s.person_id == p.id, s.site_id == _site))
        .where(KINDS[kind])
        .order_by(p.id.desc())
        .limit(limit + 1)
    )
    if words:
        has_words = [column.icontains(words, autoescape=True) for column in (p.name, p.email, identities.c.email)]
        way = sa.exists().where(identities.c.person_id == p.id, has_words.pop())
        query = query.where(sa.or_(*has_words, way.correlate(people)))
    if before is not None:
        query = query.where(p.id < before)
    found = [Listed(*row) for row in tx.conn.execute(query, {"site": site_id, "now": tx.now})]
    return found[:limit], found[limit - 1].id if len(found) > limit else None
