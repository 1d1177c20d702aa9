"""SQL of sign-in by e-mail. `EmailStore` is `auth.EmailSetup`'s store on our database."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import sqlalchemy as sa

from auth import EmailCode, Tried
from widget.db import Database, Tx, add_unless_there
from widget.models import email_codes, identities, people
from widget.store.account import has_staff_namesake

NOBODY = 0  # no person's id


class EmailStore:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def set_email_code(self, code: EmailCode, max_mails: int) -> bool:
        return await self._db.write(set_email_code, code, max_mails)

    async def get_email_code(self, attempt_id: str) -> EmailCode | None:
        return await self._db.read(get_email_code, email_codes.c.attempt_id == attempt_id)

    async def get_email_code_by_link(self, link_hash: bytes) -> EmailCode | None:
        return await self._db.read(get_email_code, email_codes.c.link_hash == link_hash)

    async def try_email_code(self, attempt_id: str, code_hashes: Sequence[bytes], max_tries: int) -> Tried:
        return await self._db.write(try_email_code, attempt_id, code_hashes, max_tries)

    async def set_email_undelivered(self, link_hash: bytes) -> None:
        await self._db.write(set_email_undelivered, link_hash)

    async def get_member_name(self, issuer: str, subject: str) -> str | None:
        return await self._db.read(get_member_name, issuer, subject)

    async def has_staff_namesake(self, name: str) -> bool:
        return await self._db.read(has_staff_namesake, NOBODY, name)


def set_email_code(tx: Tx, code: EmailCode, max_mails: int) -> bool:
    if add_unless_there(tx, email_codes, code._asdict(), index=("attempt_id",)):
        return True
    again = sa.update(email_codes).where(email_codes.c.attempt_id == code.attempt_id, email_codes.c.mails < max_mails)
    values = {
        "email": code.email,
        "code_hash": code.code_hash,
        "link_hash": code.link_hash,
        "mails": email_codes.c.mails + 1,
        "undelivered": False,
    }
    return tx.conn.execute(again.values(**values)).rowcount == 1


def get_email_code(tx: Tx, where: sa.ColumnElement[bool]) -> EmailCode | None:
    row = tx.conn.execute(sa.select(*(email_codes.c[name] for name in EmailCode._fields)).where(where)).one_or_none()
    return EmailCode(*row) if row else None


def try_email_code(tx: Tx, attempt_id: str, code_hashes: Sequence[bytes], max_tries: int) -> Tried:
    """Counted before it is compared, so that tries at the same time cannot be more; a right one is not counted."""
    key = email_codes.c.attempt_id == attempt_id
    counted = sa.update(email_codes).where(key, email_codes.c.tries < max_tries)
    known = counted.values(tries=email_codes.c.tries + 1).returning(
        email_codes.c.email, email_codes.c.code_hash, email_codes.c.tries
    )
    row = tx.conn.execute(known).one_or_none()
    if row is None:
        return Tried("", 0)
    if any(hmac.compare_digest(row.code_hash, code_hash) for code_hash in code_hashes):
        tx.conn.execute(sa.update(email_codes).where(key).values(tries=row.tries - 1))
        return Tried(row.email, max_tries)
    return Tried("", max_tries - row.tries)


def set_email_undelivered(tx: Tx, link_hash: bytes) -> None:
    tx.conn.execute(sa.update(email_codes).where(email_codes.c.link_hash == link_hash).values(undelivered=True))


def get_member_name(tx: Tx, issuer: str, subject: str) -> str | None:
    person = sa.select(people.c.name).join(identities, identities.c.person_id == people.c.id)
    found: str | None = tx.conn.execute(
        person.where(identities.c.issuer == issuer, identities.c.subject == subject)
    ).scalar_one_or_none()
    return found
