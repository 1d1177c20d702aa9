"""SQL of the links that make owners."""

from __future__ import annotations

import sqlalchemy as sa

from widget.db import Tx
from widget.models import owner_links


def add_owner_link(tx: Tx, token_hash: bytes, expires_at: int) -> None:
    """Those that are over go with it."""
    tx.conn.execute(sa.delete(owner_links).where(owner_links.c.expires_at <= tx.now))
    tx.conn.execute(sa.insert(owner_links).values(token_hash=token_hash, expires_at=expires_at))


def has_owner_link(tx: Tx, token_hash: bytes) -> bool:
    query = sa.select(owner_links.c.token_hash).where(_open(tx, token_hash))
    return tx.conn.execute(query).first() is not None


def take_owner_link(tx: Tx, token_hash: bytes) -> bool:
    """Use it up; whether it was there. Of two at once one is told no."""
    return tx.conn.execute(sa.delete(owner_links).where(_open(tx, token_hash))).rowcount == 1


def _open(tx: Tx, token_hash: bytes) -> sa.ColumnElement[bool]:
    return sa.and_(owner_links.c.token_hash == token_hash, owner_links.c.expires_at > tx.now)
