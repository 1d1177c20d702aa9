"""What sign-in needs kept, on our database: `Store` is `auth.store.AuthStore`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from auth import Attempt, Member, SessionRow
from widget import models as tables
from widget.batch import Batch
from widget.db import Database
from widget.errors import Unavailable
from widget.store import attempts, people, sessions


class Store:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._by_secret = Batch(self._list_by_secret)

    async def add_attempt(self, attempt: Attempt) -> bool:
        return await self._db.write(attempts.add_attempt, attempt)

    async def get_attempt(self, attempt_id: str) -> Attempt | None:
        return await self._db.read(attempts.get_attempt, tables.attempts.c.id == attempt_id)

    async def get_attempt_by_secret(self, secret_hash: bytes) -> Attempt | None:
        """Each form that waits asks once a second, so those that ask at one time ask together."""
        return await self._by_secret.get(secret_hash)

    async def _list_by_secret(self, secret_hashes: Sequence[bytes]) -> dict[bytes, Attempt]:
        return await self._db.read(attempts.list_attempts_by_secret, secret_hashes)

    async def set_attempt_state(
        self, attempt_id: str, since: int, state_hash: bytes, nonce: str, verifier: str
    ) -> bool:
        return await self._db.write(attempts.set_attempt_state, attempt_id, since, state_hash, nonce, verifier)

    async def take_attempt_state(self, state_hash: bytes) -> Attempt | None:
        return await self._db.write(attempts.take_attempt_state, state_hash)

    async def set_attempt_server(self, attempt_id: str, since: int, server: str) -> bool:
        return await self._db.write(attempts.set_attempt_server, attempt_id, since, server)

    async def set_attempt_answer(self, state_hash: bytes, since: int, answer: str) -> bool:
        return await self._db.write(attempts.set_attempt_answer, state_hash, since, answer)

    async def finish_attempt(
        self, attempt_id: str, since: int, now: int, member: Member, session: SessionRow, replaced: bytes | None
    ) -> bool:
        return await self._db.write(attempts.finish_attempt, attempt_id, since, now, member, session, replaced)

    async def link_attempt(self, attempt_id: str, since: int, now: int, member: Member, session_hash: bytes) -> bool:
        return await self._db.write(attempts.link_attempt, attempt_id, since, now, member, session_hash)

    async def continue_attempt(self, attempt_id: str, since: int, now: int, session_hash: bytes) -> bool:
        return await self._db.write(attempts.continue_attempt, attempt_id, since, now, session_hash)

    async def redeem_attempt(
        self, secret_hash: bytes, since: int, now: int, session: SessionRow, replaced: Sequence[bytes]
    ) -> bool:
        return await self._db.write(attempts.redeem_attempt, secret_hash, since, now, session, replaced)

    async def add_sso_session(
        self,
        site_id: int,
        jti_hash: bytes,
        expires_at: int,
        member: Member,
        session: SessionRow,
        replaced: Sequence[bytes],
    ) -> bool:
        return await self._db.write(attempts.add_sso_session, site_id, jti_hash, expires_at, member, session, replaced)

    async def close_attempt(self, attempt_id: str, status: str, reason: str) -> bool:
        return await self._db.write(attempts.close_attempt, attempt_id, status, reason)

    async def get_session(self, token_hash: bytes, now: int, idle_since: int) -> SessionRow | None:
        return await self._db.read(sessions.get_session, token_hash, now, idle_since)

    async def touch_session(self, token_hash: bytes, now: int) -> None:
        with contextlib.suppress(Unavailable):  # who can only read shall read
            await self._db.write(sessions.touch_session, token_hash, now)

    async def get_person_name(self, person_id: int) -> str:
        return await self._db.read(people.get_person_name, person_id)

    async def end_session(self, token_hash: bytes) -> None:
        await self._db.write(sessions.end_session, token_hash)

    async def end_person_sessions(self, person_id: int) -> None:
        await self._db.write(sessions.end_person_sessions, person_id)
