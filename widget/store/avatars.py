"""SQL of pictures of people. No two people share a row, so whoever drops theirs drops the row."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from widget.db import Tx, add_unless_there
from widget.models import avatars, people
from widget.store.appearance import set_appearance


def get_avatar(tx: Tx, avatar: str) -> bytes | None:
    body: bytes | None = tx.conn.execute(sa.select(avatars.c.body).where(avatars.c.hash == avatar)).scalar_one_or_none()
    return body


def set_avatar(tx: Tx, person_id: int, body: bytes | None) -> None:
    """Give somebody a picture instead of the one they have, or none."""
    old = tx.conn.execute(sa.select(people.c.avatar).where(people.c.id == person_id)).scalar_one_or_none()
    if old is None:  # the person is gone
        return
    new = hashlib.sha256(person_id.to_bytes(8, "big") + body).hexdigest()[:32] if body is not None else ""
    if body is not None:
        add_unless_there(tx, avatars, {"hash": new, "body": body, "created_at": tx.now}, index=("hash",))
    set_appearance(tx, person_id, avatar=new)
    if old != new:
        tx.conn.execute(sa.delete(avatars).where(avatars.c.hash == old))
