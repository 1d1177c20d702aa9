"""What sign-in needs kept, and from whom it learns about sites. The application implements both protocols.

Every method of `AuthStore` is one transaction; where it changes a step of an attempt it is one conditional UPDATE, and
says whether it was the one that did it. Times are Unix milliseconds; `since` is the oldest time that still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

NAMELESS = "Anonymous"  # who signs in and never told a name


class Attempt(NamedTuple):
    """One sign-in under way: started → finished → redeemed, or cancelled, or failed with a reason.

    Only hashes are kept of what proves something: the window's cookie, the secret V of the comment form (None without
    scripts), the state at the provider (None before and after).
    """

    id: str
    window_hash: bytes
    secret_hash: bytes | None
    purpose: str  # comment (on a site), account, admin, link (a further identity of who is signed in)
    site_id: int | None  # None: not on a site
    page_url: str  # "" if it is not one of the site's; for `admin` a path of our own
    page_id: str  # the page's own id, where it has one
    provider: str
    created_at: int
    server: str = ""  # the origin that the person named, where the provider has many (Mastodon)
    status: str = "started"
    reason: str = ""
    state_hash: bytes | None = None
    nonce: str = ""
    verifier: str = ""  # PKCE
    answer: str = ""  # of a provider that answers by a form of its own (Apple), until our GET reads it
    person_id: int | None = None
    session_hash: bytes | None = None  # the first-party session that finished it
    finished_at: int | None = None


class SessionRow(NamedTuple):
    token_hash: bytes
    person_id: int
    site_id: int | None  # None: first-party; else the frame session of that site
    provider: str  # "" for a guest
    parent_hash: bytes | None  # the first-party session that a frame session came from
    created_at: int
    expires_at: int
    seen_at: int  # exact to a day
    proved_at: int  # when somebody last proved who they are; 0 for a guest
    device: str  # what its owner knows it by: “Firefox on Linux”


class Member(NamedTuple):
    """An identity as it is kept. The e-mail address is never used to find anybody."""

    issuer: str
    subject: str
    provider: str
    name: str  # fit to be shown; "" where none was told (Apple tells it once)
    email: str
    email_verified: bool  # and the word on that counts (a provider's row, our own code)
    avatar: str  # an address, or ""


class AuthStore(Protocol):
    async def add_attempt(self, attempt: Attempt) -> bool:
        """False if its secret is known already. Drops attempts of past days."""
        ...

    async def get_attempt(self, attempt_id: str) -> Attempt | None: ...

    async def get_attempt_by_secret(self, secret_hash: bytes) -> Attempt | None: ...

    async def set_attempt_state(
        self, attempt_id: str, since: int, state_hash: bytes, nonce: str, verifier: str
    ) -> bool: ...

    async def take_attempt_state(self, state_hash: bytes) -> Attempt | None:
        """Use the state up. The attempt as it was, to the one caller who did it."""
        ...

    async def set_attempt_server(self, attempt_id: str, since: int, server: str) -> bool: ...

    async def set_attempt_answer(self, state_hash: bytes, since: int, answer: str) -> bool:
        """Keep the answer of a provider that posts it, once for each state."""
        ...

    async def finish_attempt(
        self, attempt_id: str, since: int, now: int, member: Member, session: SessionRow, replaced: bytes | None
    ) -> bool:
        """started → finished: find or add the person (`session.person_id` is ignored) and add their new session.

        `replaced` is the first-party session that the window had: it ends, and frame sessions of the same person that
        came from it now belong to the new one, so that logging out there still ends it.
        """
        ...

    async def link_attempt(self, attempt_id: str, since: int, now: int, member: Member, session_hash: bytes) -> bool:
        """started → finished, with the person whom the identity belongs to now: an identity that nobody has becomes
        one of the person of that first-party session."""
        ...

    async def continue_attempt(self, attempt_id: str, since: int, now: int, session_hash: bytes) -> bool:
        """started → finished, as the person of a first-party session that the window has."""
        ...

    async def redeem_attempt(
        self, secret_hash: bytes, since: int, now: int, session: SessionRow, replaced: Sequence[bytes]
    ) -> bool:
        """finished → redeemed, on `session.site_id`: add the frame session of the person who finished it.

        `session.person_id`, `provider` and `parent_hash` come from the attempt; False also when that first-party
        session has ended since. The `replaced` sessions of the same site end.
        """
        ...

    async def add_sso_session(
        self,
        site_id: int,
        jti_hash: bytes,
        expires_at: int,
        member: Member,
        session: SessionRow,
        replaced: Sequence[bytes],
    ) -> bool:
        """Use up a token of a site's own accounts and add the frame session of its person; False if it was used
        before. The `replaced` sessions of the same site end.
        """
        ...

    async def close_attempt(self, attempt_id: str, status: str, reason: str) -> bool:
        """started → failed, or started or finished → cancelled."""
        ...

    async def get_session(self, token_hash: bytes, now: int, idle_since: int) -> SessionRow | None:
        """A session that has not ended and was seen after `idle_since`."""
        ...

    async def touch_session(self, token_hash: bytes, now: int) -> None:
        """It was seen now."""
        ...

    async def get_person_name(self, person_id: int) -> str: ...

    async def end_session(self, token_hash: bytes) -> None:
        """End a session. A frame session takes the first-party session it came from along, a first-party session
        the frame sessions that came from it."""
        ...

    async def end_person_sessions(self, person_id: int) -> None: ...


class AuthSite(NamedTuple):
    id: int
    name: str
    origins: tuple[str, ...]  # normalised, as browsers write them
    sso_keys: tuple[bytes, ...] = ()  # of its own accounts; none: it has none
    former_names: tuple[str, ...] = ()  # which its server may sign for still
    providers: tuple[str, ...] = ()  # whose people take part there; none: those of all


class SiteDirectory(Protocol):
    async def get(self, name: str) -> AuthSite | None: ...

    async def get_by_id(self, site_id: int) -> AuthSite | None: ...

    def is_site_url(self, url: str, origins: Sequence[str]) -> bool: ...

    def thread_url(self, site_name: str, page_url: str, page_id: str = "") -> str:
        """The first-party page of a thread: where a sign-in without scripts ends."""
        ...
