"""SQL of sign-ins under way: each step is one conditional UPDATE, and says whether it was the one that did it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from auth import Attempt, Member, SessionRow
from widget.db import Tx, add_unless_there
from widget.models import attempts, sessions, sso_tokens
from widget.store.appointments import keep_appointments
from widget.store.identities import add_identity, owner_of, person_of
from widget.store.sessions import add_session, end_replaced, get_session, replace_page_session

KEPT_MS = 24 * 3600 * 1000  # a secret stays known this long, so that it cannot start a second attempt


def add_attempt(tx: Tx, attempt: Attempt) -> bool:
    tx.conn.execute(sa.delete(attempts).where(attempts.c.created_at < attempt.created_at - KEPT_MS))
    tx.conn.execute(sa.delete(sessions).where(sessions.c.expires_at <= attempt.created_at))
    return add_unless_there(tx, attempts, attempt._asdict(), index=("secret_hash",))


def get_attempt(tx: Tx, where: sa.ColumnElement[bool]) -> Attempt | None:
    row = tx.conn.execute(sa.select(*(attempts.c[name] for name in Attempt._fields)).where(where)).one_or_none()
    return Attempt(*row) if row else None


def list_attempts_by_secret(tx: Tx, secret_hashes: Sequence[bytes]) -> dict[bytes, Attempt]:
    columns = (attempts.c[name] for name in Attempt._fields)
    found = tx.conn.execute(sa.select(*columns).where(attempts.c.secret_hash.in_(secret_hashes)))
    return {attempt.secret_hash: attempt for attempt in (Attempt(*row) for row in found) if attempt.secret_hash}


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
    person_id = person_of(tx, now, member)
    keep_appointments(tx, member, person_id)
    add_session(tx, session._replace(person_id=person_id))
    _step(tx, attempts.c.id == attempt_id, person_id=person_id, session_hash=session.token_hash)
    if replaced is not None:
        replace_page_session(tx, replaced, person_id, session.token_hash)
    return True


def link_attempt(tx: Tx, attempt_id: str, since: int, now: int, member: Member, session_hash: bytes) -> bool:
    session = get_session(tx, session_hash, now)
    if session is None or session.site_id is not None:
        return False
    if not _step(tx, *_fresh(attempt_id, since), status="finished", finished_at=now, session_hash=session_hash):
        return False
    person_id = owner_of(tx, now, member)
    if person_id is None:
        added = add_identity(tx, now, member, session.person_id)
        person_id = session.person_id if added else owner_of(tx, now, member)
    if person_id is not None:
        keep_appointments(tx, member, person_id)
    _step(tx, attempts.c.id == attempt_id, person_id=person_id)
    return True


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
    end_replaced(tx, session.site_id, replaced)
    owner = session._replace(
        person_id=parent.person_id,
        provider=attempt.provider,
        parent_hash=parent.token_hash,
        proved_at=parent.proved_at,
        device=parent.device,
    )
    add_session(tx, owner)
    return True


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
    end_replaced(tx, site_id, replaced)
    add_session(tx, session._replace(person_id=person_of(tx, tx.now, member)))
    return True


def redeem_link(tx: Tx, attempt_id: str, since: int, session_hash: bytes) -> int | None:
    """finished → redeemed, in the first-party session that linked; whose the identity is."""
    where = (
        attempts.c.id == attempt_id,
        attempts.c.purpose == "link",
        attempts.c.status == "finished",
        attempts.c.finished_at > since,
        attempts.c.session_hash == session_hash,
    )
    redeemed = sa.update(attempts).where(*where).values(status="redeemed").returning(attempts.c.person_id)
    person_id: int | None = tx.conn.execute(redeemed).scalar_one_or_none()
    return person_id


def close_attempt(tx: Tx, attempt_id: str, status: str, reason: str) -> bool:
    open_ = ("started",) if status == "failed" else ("started", "finished")
    where = (attempts.c.id == attempt_id, attempts.c.status.in_(open_))
    return _step(tx, *where, status=status, reason=reason)
