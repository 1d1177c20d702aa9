"""One sign-in, step by step: started → finished → redeemed, or cancelled, or failed.

The comment form makes the secret V, the window gets a cookie, the provider gets state, nonce and a PKCE challenge.
Whoever has V may redeem what the browser with the cookie finished; that this is one browser was proved at the start,
by the Origin of the form (csrf.check_window_form).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import NamedTuple

from auth.errors import Refused, SignInFailed
from auth.sessions import WINDOW_SECONDS, new_frame_session, new_page_session
from auth.store import Attempt, AuthSite, AuthStore, Member, SessionRow
from auth.tokens import hash_token, is_token, new_token, new_window_id

WINDOW_MS = WINDOW_SECONDS * 1000
REDEEM_MS = 300_000


class Challenge(NamedTuple):
    """What goes to the provider, in the clear only there and in `Attempt`."""

    state: str
    nonce: str
    verifier: str


class Attempts:
    def __init__(self, store: AuthStore, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    async def start(
        self,
        provider: str,
        *,
        purpose: str = "comment",
        site: AuthSite | None = None,
        page_url: str = "",
        page_id: str = "",
        secret: str | None = None,
        session: bytes | None = None,
    ) -> tuple[str, str]:
        """The window's id and the token for its cookie; `session` is the first-party session to link to.

        Raises `Refused` if the secret was ever used before.
        """
        window_id, token = new_window_id(), new_token()
        attempt = Attempt(
            id=window_id,
            window_hash=hash_token(token),
            secret_hash=hash_token(secret) if secret is not None else None,
            purpose=purpose,
            site_id=site.id if site is not None else None,
            page_url=page_url,
            page_id=page_id,
            provider=provider,
            created_at=self._now(),
            session_hash=session,
        )
        if not await self._store.add_attempt(attempt):
            raise Refused("This sign-in was begun before.", code="used")
        return window_id, token

    async def get(self, window_id: str, window_hash: bytes | None) -> Attempt | None:
        """The attempt of a window, for the browser that has the window's cookie."""
        attempt = await self._store.get_attempt(window_id) if window_hash is not None else None
        return attempt if attempt is not None and _is_window(attempt, window_hash) else None

    async def challenge(self, attempt: Attempt) -> Challenge:
        """A new state for the way to the provider; an earlier one of this attempt is forgotten."""
        challenge = Challenge(new_token(), new_token(), new_token())
        state_hash = hash_token(challenge.state)
        if not await self._store.set_attempt_state(
            attempt.id, self._oldest(), state_hash, challenge.nonce, challenge.verifier
        ):
            raise SignInFailed("expired")
        return challenge

    async def name_server(self, attempt: Attempt, server: str) -> None:
        """Remember which of a provider's servers was chosen. Raises `SignInFailed`."""
        if not await self._store.set_attempt_server(attempt.id, self._oldest(), server):
            raise SignInFailed("expired")

    async def keep_answer(self, state: str, answer: str) -> None:
        """Keep what a provider posted until our own GET reads it. Raises `SignInFailed` for a state that is not known,
        used, or answered already.
        """
        if not is_token(state) or not await self._store.set_attempt_answer(hash_token(state), self._oldest(), answer):
            raise SignInFailed("used")

    async def take(self, state: str) -> Attempt:
        """Use up the state with which a provider sent somebody back. Raises `SignInFailed`."""
        attempt = await self._store.take_attempt_state(hash_token(state)) if is_token(state) else None
        if attempt is None:
            raise SignInFailed("used")
        return attempt

    def check_back(self, attempt: Attempt, provider: str, window_hash: bytes | None) -> None:
        """Whether this browser may finish this attempt with this provider now. Raises `SignInFailed`."""
        if not _is_window(attempt, window_hash):
            raise SignInFailed("wrong_window")
        if attempt.provider != provider:  # state belongs to one issuer (RFC 9700, 4.4)
            raise SignInFailed("unproven", f"state of {attempt.provider} at {provider}")
        self.check_open(attempt)

    def check_open(self, attempt: Attempt) -> None:
        """Whether it can still be finished. Raises `SignInFailed`."""
        if attempt.status != "started":
            raise SignInFailed("cancelled")
        if attempt.created_at <= self._oldest():
            raise SignInFailed("expired")

    def minutes_left(self, attempt: Attempt) -> int:
        """Until it can no longer be finished, rounded up."""
        return -((self._oldest() - attempt.created_at) // 60_000)

    async def finish(self, attempt: Attempt, member: Member, replaced: bytes | None, device: str) -> str:
        """The token of the new first-party session of that member. Raises `SignInFailed` if it was cancelled since."""
        token, session = new_page_session(0, attempt.provider, self._now(), device)
        if not await self._store.finish_attempt(attempt.id, self._oldest(), self._now(), member, session, replaced):
            raise SignInFailed("cancelled")
        return token

    async def link(self, attempt: Attempt, member: Member, session_hash: bytes | None) -> None:
        """Give an identity to the person of the first-party session in which that was begun. Raises `SignInFailed`."""
        if session_hash is None or session_hash != attempt.session_hash:
            raise SignInFailed("wrong_window", "another first-party session")
        if not await self._store.link_attempt(attempt.id, self._oldest(), self._now(), member, session_hash):
            raise SignInFailed("expired")

    def is_linked(self, attempt: Attempt, session_hash: bytes) -> bool:
        """Whether it proved an identity to that first-party session just now, and nothing came of it yet."""
        waits = attempt.purpose == "link" and attempt.status == "finished"
        return waits and attempt.session_hash == session_hash and (attempt.finished_at or 0) > self._oldest()

    async def fail(self, attempt: Attempt, failure: SignInFailed) -> None:
        await self._store.close_attempt(attempt.id, "failed", failure.reason)

    async def cancel(self, attempt: Attempt) -> None:
        await self._store.close_attempt(attempt.id, "cancelled", "cancelled")

    async def find(self, secret: str, site: AuthSite) -> tuple[Attempt | None, str]:
        """The attempt of a comment form and how it stands: waiting, finished, done, cancelled or expired.

        An unknown secret waits: the form's own question may overtake its window. Who lost a race is told "done" and
        asks who they are.
        """
        attempt = await self._store.get_attempt_by_secret(hash_token(secret))
        if attempt is None:
            return None, "waiting"
        if attempt.site_id != site.id:
            return None, "expired"
        return attempt, self._standing(attempt)

    def _standing(self, attempt: Attempt) -> str:
        if attempt.status == "started":
            return "waiting" if attempt.created_at > self._oldest() else "expired"
        if attempt.status == "finished":
            return "finished" if (attempt.finished_at or 0) > self._now() - REDEEM_MS else "expired"
        return "done" if attempt.status == "redeemed" else "cancelled"

    async def redeem(self, secret: str, site: AuthSite, replaced: Sequence[bytes]) -> str | None:
        """The token of the new frame session, once; `replaced` sessions of that frame end."""
        now = self._now()
        token, session = new_frame_session(0, site.id, "", now)
        secret_hash = hash_token(secret)
        redeemed = await self._store.redeem_attempt(secret_hash, now - REDEEM_MS, now, session, replaced)
        return token if redeemed else None

    async def continue_as(self, attempt: Attempt, session: SessionRow) -> bool:
        return await self._store.continue_attempt(attempt.id, self._oldest(), self._now(), session.token_hash)

    def _oldest(self) -> int:
        return self._now() - WINDOW_MS


def _is_window(attempt: Attempt, window_hash: bytes | None) -> bool:
    return window_hash is not None and hmac.compare_digest(attempt.window_hash, window_hash)
