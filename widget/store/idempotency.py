"""SQL of idempotency keys: unique per site for 24 hours (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import idempotency_keys as keys

LIFETIME = 24 * 3600 * 1000  # ms

# Built once: building a statement anew costs more than running it.
_since: sa.BindParameter[int] = sa.bindparam("since", type_=sa.BigInteger)
_GET = sa.select(keys.c.body_hash, keys.c.comment_id).where(
    keys.c.site_id == sa.bindparam("site"), keys.c.key == sa.bindparam("used"), keys.c.created_at > _since
)
_FORGET = sa.delete(keys).where(keys.c.created_at <= _since)


class UsedKey(NamedTuple):
    body_hash: bytes
    comment_id: int


def get_key(tx: Tx, site_id: int, key: str) -> UsedKey | None:
    row = tx.conn.execute(_GET, {"site": site_id, "used": key, "since": tx.now - LIFETIME}).one_or_none()
    return UsedKey(*row) if row else None


def add_key(tx: Tx, site_id: int, key: str, body_hash: bytes, comment_id: int) -> bool:
    """Keep the key, and forget those (this one's expired use too) that are older than a day; whether it was free."""
    tx.conn.execute(_FORGET, {"since": tx.now - LIFETIME})
    values = {"site_id": site_id, "key": key, "body_hash": body_hash, "comment_id": comment_id, "created_at": tx.now}
    return add_unless_there(tx, keys, values, index=("site_id", "key"))
