"""SQL of sign-in: attempts, sessions, identities. `Store` is `auth.AuthStore` on our database."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import sqlalchemy as sa

from auth import Attempt, Member, SessionRow
from widget.db import Database, Tx, add_unless_there
from widget.errors import Unavailable
from widget.models import attempts, identities, people, sessions, sso_tokens
from widget.store.people import add_person, set_person

KEPT_MS = 24 * 3600 * 1000  # a secret stays known this long, so that it cannot start a second attempt

# Built once: building a statement anew costs more than running it.
_ADD_SESSION = sa.insert(sessions)
_GET_SESSION = sa.select(*(sessions.c[name] for name in SessionRow._fields)).where(
    sessions.c.token_hash == sa.bindparam("token"),
    sessions.c.expires_at > sa.bindparam("now"),
    sessions.c.seen_at >= sa.bindparam("idle_since"),
)


class Store:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def add_attempt(self, attempt: Attempt) -> bool:
        return await self._db.write(add_attempt, attempt)

    async def get_attempt(self, attempt_id: str) -> Attempt | None:
        return await self._db.read(get_attempt, attempts.c.id == attempt_id)

    async def get_attempt_by_secret(self, secret_hash: bytes) -> Attempt | None:
        return await self._db.read(get_attempt, attempts.c.secret_hash == secret_hash)

    async def set_attempt_state(
        self, attempt_id: str, since: int, state_hash: bytes, nonce: str, verifier: str
    ) -> bool:
        return await self._db.write(set_attempt_state, attempt_id, since, state_hash, nonce, verifier)

    async def take_attempt_state(self, state_hash: bytes) -> Attempt | None:
        return await self._db.write(take_attempt_state, state_hash)

    async def set_attempt_server(self, attempt_id: str, since: int, server: str) -> bool:
        return await self._db.write(set_attempt_server, attempt_id, since, server)

    async def set_attempt_answer(self, state_hash: bytes, since: int, answer: str) -> bool:
        return await self._db.write(set_attempt_answer, state_hash, since, answer)

    async def finish_attempt(
        self, attempt_id: str, since: int, now: int, member: Member, session: SessionRow, replaced: bytes | None
    ) -> bool:
        return await self._db.write(finish_attempt, attempt_id, since, now, member, session, replaced)

    async def link_attempt(self, attempt_id: str, since: int, now: int, member: Member, session_hash: bytes) -> bool:
        return await self._db.write(link_attempt, attempt_id, since, now, member, session_hash)

    async def continue_attempt(self, attempt_id: str, since: int, now: int, session_hash: bytes) -> bool:
        return await self._db.write(continue_attempt, attempt_id, since, now, session_hash)

    async def redeem_attempt(
        self, secret_hash: bytes, since: int, now: int, session: SessionRow, replaced: Sequence[bytes]
    ) -> bool:
        return await self._db.write(redeem_attempt, secret_hash, since, now, session, replaced)

    async def add_sso_session(
        self,
        site_id: int,
        jti_hash: bytes,
        expires_at: int,
        member: Member,
        session: SessionRow,
        replaced: Sequence[bytes],
    ) -> bool:
        return await self._db.write(add_sso_session, site_id, jti_hash, expires_at, member, session, replaced)

    async def close_attempt(self, attempt_id: str, status: str, reason: str) -> bool:
        return await self._db.write(close_attempt, attempt_id, status, reason)

    async def get_session(self, token_hash: bytes, now: int, idle_since: int) -> SessionRow | None:
        return await self._db.read(get_session, token_hash, now, idle_since)

    async def touch_session(self, token_hash: bytes, now: int) -> None:
        with contextlib.suppress(Unavailable):  # who can only read shall read
            await self._db.write(touch_session, token_hash, now)

    async def get_person_name(self, person_id: int) -> str:
        return await self._db.read(get_person_name, person_id)

    async def end_session(self, token_hash: bytes) -> None:
        await self._db.write(end_session, token_hash)

    async def end_person_sessions(self, person_id: int) -> None:
        await self._db.write(end_person_sessions, person_id)


def add_attempt(tx: Tx, attempt: Attempt) -> bool:
    tx.conn.execute(sa.delete(attempts).where(attempts.c.created_at < attempt.created_at - KEPT_MS))
    tx.conn.execute(sa.delete(sessions).where(sessions.c.expires_at <= attempt.created_at))
    return add_unless_there(tx, attempts, attempt._asdict(), index=("secret_hash",))


def get_attempt(tx: Tx, where: sa.ColumnElement[bool]) -> Attempt | None:
    row = tx.conn.execute(sa.select(*(attempts.c[name] for name in Attempt._fields)).where(where)).one_or_none()
    return Attempt(*row) if row else None


def _step(tx: Tx, *where: sa.ColumnElement[bool], **values: object) -> bool:
    """One conditional UPDATE; whether it was this one that changed the row."""
    return tx.conn.execute(sa.update(attempts).where(*where).values(**values)).rowcount == 1


def _fresh(attempt_id: str, since: int) -> tuple[sa.ColumnElement[bool], ...]:
    return attempts.c.id == attempt_id, attempts.c.status == "started", attempts.c.created_at > since


def set_attempt_state(tx: Tx, attempt_id: str, since: int, state_hash: bytes, nonce: str, verifier: str) -> bool:
    return _step(tx, *_fresh(attempt_id, since), state_hash=state_hash, nonce=nonce, verifier=verifier)


def set_attempt_server(tx: Tx, attempt_id: str, since: int, server: str) -> bool:
    return _step(tx, *_fresh(attempt_id, since), server=server)


def set_attempt_answer(tx: Tx, state_hash: bytes, since: int, answer: str) -> bool:
    waiting = (attempts.c.status == "started", attempts.c.created_at > since, attempts.c.answer == "")
    return _step(tx, attempts.c.state_hash == state_hash, *waiting, answer=answer)


def take_attempt_state(tx: Tx, state_hash: bytes) -> Attempt | None:
    where = attempts.c.state_hash == state_hash
    attempt = get_attempt(tx, where)
    return attempt if _step(tx, where, state_hash=None, nonce="", verifier="", answer="") else None


def finish_attempt(
    tx: Tx, attempt_id: str, since: int, now: int, member: Member, session: SessionRow, replaced: bytes | None
) -> bool:
    if not _step(tx, *_fresh(attempt_id, since), status="finished", finished_at=now):
        return False
    person_id = _member(tx, now, member)
    add_session(tx, session._replace(person_id=person_id))
    _step(tx, attempts.c.id == attempt_id, person_id=person_id, session_hash=session.token_hash)
    if replaced is not None:
        _replace_page_session(tx, replaced, person_id, session.token_hash)
    return True


def _member(tx: Tx, now: int, member: Member) -> int:
    """The person of an identity, made unless there. Their name and address follow the provider's, unless they chose a
    name themselves.
    """
    person_id = _owner(tx, now, member)
    if person_id is not None:
        _follow(tx, person_id, member)
        return person_id
    person_id = add_person(tx, "member", member.name, "", member.email)
    if _add_identity(tx, now, member, person_id):
        return person_id
    tx.conn.execute(sa.delete(people).where(people.c.id == person_id))  # two windows at once: the other was first
    first = _owner(tx, now, member)
    assert first is not None
    return first


def _owner(tx: Tx, now: int, member: Member) -> int | None:
    """Whose identity it is; what the provider says of them is kept with it."""
    key = (identities.c.issuer == member.issuer, identities.c.subject == member.subject)
    known = sa.update(identities).where(*key).values(**_said(now, member)).returning(identities.c.person_id)
    person_id: int | None = tx.conn.execute(known).scalar_one_or_none()
    return person_id


def _said(now: int, member: Member) -> dict[str, object]:
    return {
        "name": member.name,
        "email": member.email,
        "email_verified": member.email_verified,
        "avatar": member.avatar,
        "used_at": now,
    }


def _add_identity(tx: Tx, now: int, member: Member, person_id: int) -> bool:
    values = {
        "issuer": member.issuer,
        "subject": member.subject,
        "provider": member.provider,
        "person_id": person_id,
        "created_at": now,
        **_said(now, member),
    }
    return add_unless_there(tx, identities, values, index=("issuer", "subject"))


def _follow(tx: Tx, person_id: int, member: Member) -> None:
    renamed = sa.select(people.c.renamed).where(people.c.id == person_id)
    name = "" if tx.conn.execute(renamed).scalar_one() else member.name
    set_person(tx, person_id, **{key: value for key, value in (("name", name), ("email", member.email)) if value})


def link_attempt(tx: Tx, attempt_id: str, since: int, now: int, member: Member, session_hash: bytes) -> bool:
    session = get_session(tx, session_hash, now)
    if session is None or session.site_id is not None:
        return False
    if not _step(tx, *_fresh(attempt_id, since), status="finished", finished_at=now, session_hash=session_hash):
        return False
    person_id = _owner(tx, now, member)
    if person_id is None:
        added = _add_identity(tx, now, member, session.person_id)
        person_id = session.person_id if added else _owner(tx, now, member)
    _step(tx, attempts.c.id == attempt_id, person_id=person_id)
    return True


def _replace_page_session(tx: Tx, replaced: bytes, person_id: int, token_hash: bytes) -> None:
    ours = (sessions.c.parent_hash == replaced, sessions.c.person_id == person_id)
    tx.conn.execute(sa.update(sessions).where(*ours).values(parent_hash=token_hash))
    tx.conn.execute(sa.delete(sessions).where(sessions.c.token_hash == replaced, sessions.c.site_id.is_(None)))


def continue_attempt(tx: Tx, attempt_id: str, since: int, now: int, session_hash: bytes) -> bool:
    session = get_session(tx, session_hash, now)
    if session is None or session.site_id is not None:
        return False
    return _step(
        tx,
        *_fresh(attempt_id, since),
        status="finished",
        finished_at=now,
        person_id=session.person_id,
        provider=session.provider,
        session_hash=session_hash,
        state_hash=None,
    )


def redeem_attempt(
    tx: Tx, secret_hash: bytes, since: int, now: int, session: SessionRow, replaced: Sequence[bytes]
) -> bool:
    where = (
        attempts.c.secret_hash == secret_hash,
        attempts.c.site_id == session.site_id,
        attempts.c.status == "finished",
        attempts.c.finished_at > since,
    )
    attempt = get_attempt(tx, sa.and_(*where))
    parent = get_session(tx, attempt.session_hash, now) if attempt and attempt.session_hash else None
    if attempt is None or parent is None or not _step(tx, *where, status="redeemed"):
        return False
    _end_replaced(tx, session.site_id, replaced)
    owner = session._replace(
        person_id=parent.person_id,
        provider=attempt.provider,
        parent_hash=parent.token_hash,
        proved_at=parent.proved_at,
        device=parent.device,
    )
    add_session(tx, owner)
    return True


def _end_replaced(tx: Tx, site_id: int | None, replaced: Sequence[bytes]) -> None:
    tx.conn.execute(sa.delete(sessions).where(sessions.c.token_hash.in_(replaced), sessions.c.site_id == site_id))


def add_sso_session(
    tx: Tx,
    site_id: int,
    jti_hash: bytes,
    expires_at: int,
    member: Member,
    session: SessionRow,
    replaced: Sequence[bytes],
) -> bool:
    tx.conn.execute(sa.delete(sso_tokens).where(sso_tokens.c.expires_at <= tx.now))
    values = {"site_id": site_id, "token_hash": jti_hash, "expires_at": expires_at}
    if not add_unless_there(tx, sso_tokens, values, index=("site_id", "token_hash")):
        return False
    _end_replaced(tx, site_id, replaced)
    add_session(tx, session._replace(person_id=_member(tx, tx.now, member)))
    return True


def close_attempt(tx: Tx, attempt_id: str, status: str, reason: str) -> bool:
    open_ = ("started",) if status == "failed" else ("started", "finished")
    where = (attempts.c.id == attempt_id, attempts.c.status.in_(open_))
    return _step(tx, *where, status=status, reason=reason)


def add_session(tx: Tx, session: SessionRow) -> None:
    tx.conn.execute(_ADD_SESSION, session._asdict())


def get_session(tx: Tx, token_hash: bytes, now: int, idle_since: int = 0) -> SessionRow | None:
    key = {"token": token_hash, "now": now, "idle_since": idle_since}
    row = tx.conn.execute(_GET_SESSION, key).one_or_none()
    return SessionRow(*row) if row else None


def touch_session(tx: Tx, token_hash: bytes, now: int) -> None:
    tx.conn.execute(sa.update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=now))


def get_person_name(tx: Tx, person_id: int) -> str:
    return tx.conn.execute(sa.select(people.c.name).where(people.c.id == person_id)).scalar_one_or_none() or ""


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
