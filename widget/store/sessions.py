"""SQL of sessions."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from auth import SessionRow
from widget.db import Tx
from widget.models import sessions

# Built once: building a statement anew costs more than running it.
_ADD_SESSION = sa.insert(sessions)
_GET_SESSION = sa.select(*(sessions.c[name] for name in SessionRow._fields)).where(
    sessions.c.token_hash == sa.bindparam("token"),
    sessions.c.expires_at > sa.bindparam("now"),
    sessions.c.seen_at >= sa.bindparam("idle_since"),
)


def add_session(tx: Tx, session: SessionRow) -> None:
    tx.conn.execute(_ADD_SESSION, session._asdict())


def get_session(tx: Tx, token_hash: bytes, now: int, idle_since: int = 0) -> SessionRow | None:
    key = {"token": token_hash, "now": now, "idle_since": idle_since}
    row = tx.conn.execute(_GET_SESSION, key).one_or_none()
    return SessionRow(*row) if row else None


def touch_session(tx: Tx, token_hash: bytes, now: int) -> None:
    tx.conn.execute(sa.update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def replace_page_session(tx: Tx, replaced: bytes, person_id: int, token_hash: bytes) -> None:
    ours = (sessions.c.parent_hash == replaced, sessions.c.person_id == person_id)
    tx.conn.execute(sa.update(sessions).where(*ours).values(parent_hash=token_hash))
    tx.conn.execute(sa.delete(sessions).where(sessions.c.token_hash == replaced, sessions.c.site_id.is_(None)))


def end_replaced(tx: Tx, site_id: int | None, replaced: Sequence[bytes]) -> None:
    tx.conn.execute(sa.delete(sessions).where(sessions.c.token_hash.in_(replaced), sessions.c.site_id == site_id))


def end_session(tx: Tx, token_hash: bytes) -> None:
    session = get_session(tx, token_hash, tx.now)
    if session is None:
        return
    ended = [sessions.c.token_hash == token_hash]
    if session.site_id is None:
        ended.append(sessions.c.parent_hash == token_hash)
    elif session.parent_hash is not None:
        ended.append(sessions.c.token_hash == session.parent_hash)
    tx.conn.execute(sa.delete(sessions).where(sa.or_(*ended)))


def end_person_sessions(tx: Tx, person_id: int) -> None:
    tx.conn.execute(sa.delete(sessions).where(sessions.c.person_id == person_id))
