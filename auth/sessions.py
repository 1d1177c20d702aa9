"""Sessions and their cookies.

Two kinds, which never share a name: the first-party one (Lax) of our own pages, and one for each site's frame (None,
Partitioned), which names its site and is no session anywhere else. Attributes: RFC 6265bis, CHIPS.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request

from auth.store import SessionRow
from auth.tokens import hash_token, is_token, new_token

DAY_SECONDS = 24 * 3600
SESSION_SECONDS = 180 * DAY_SECONDS  # the longest life of a session
IDLE_SECONDS = 60 * DAY_SECONDS  # unused for so long, it ends before
FRESH_SECONDS = 600  # what the account page asks for, and what linking identities needs
WINDOW_SECONDS = 600
PAGE_COOKIE = "__Host-palaver"
PROBE_COOKIE = "__Host-palaver-probe"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class Visitor(NamedTuple):
    """Who asks, by a session."""

    person_id: int
    provider: str  # "" for a guest
    token_hash: bytes
    bearer: bool  # by a token in the header, not by a cookie
    proved_at: int = 0  # when they last proved who they are, Unix ms

    def is_fresh(self, now: int) -> bool:
        """Whether they signed in within the last ten minutes."""
        return self.proved_at > now - FRESH_SECONDS * 1000


def new_page_session(person_id: int, provider: str, now: int, device: str = "") -> tuple[str, SessionRow]:
    return _new_session(person_id, None, provider, now, SESSION_SECONDS, device)


def new_frame_session(
    person_id: int, site_id: int, provider: str, now: int, *, device: str = "", seconds: int = SESSION_SECONDS
) -> tuple[str, SessionRow]:
    """The token for the browser and the row to keep; `provider` is "" for a guest."""
    return _new_session(person_id, site_id, provider, now, seconds, device)


def _new_session(
    person_id: int, site_id: int | None, provider: str, now: int, seconds: int, device: str
) -> tuple[str, SessionRow]:
    token = new_token()
    proved_at = now if provider else 0
    expires_at = now + seconds * 1000
    row = SessionRow(hash_token(token), person_id, site_id, provider, None, now, expires_at, now, proved_at, device)
    return token, row


def frame_cookie_name(site_id: int) -> str:
    """Ends in the site's id as it is written everywhere: 13 Crockford base32 characters."""
    return f"{PAGE_COOKIE}-" + "".join(_CROCKFORD[site_id >> shift & 31] for shift in range(60, -1, -5))


def frame_cookie(site_id: int, token: str) -> str:
    """The Set-Cookie value of a frame session; with an empty token it deletes the cookie."""
    return _frame_cookie(frame_cookie_name(site_id), token, SESSION_SECONDS)


def probe_cookie() -> str:
    """The Set-Cookie value that finds out whether this frame's cookies come back. Only for answers to the frame."""
    return _frame_cookie(PROBE_COOKIE, "1", SESSION_SECONDS)


def has_probe(request: Request) -> bool:
    return PROBE_COOKIE in request.cookies


def _frame_cookie(name: str, value: str, seconds: int) -> str:
    return f"{name}={value}; Path=/; Max-Age={seconds if value else 0}; Secure; HttpOnly; SameSite=None; Partitioned"


def page_cookie(token: str) -> str:
    """The Set-Cookie value of a first-party session; with an empty token it deletes the cookie."""
    return _lax_cookie(PAGE_COOKIE, token, SESSION_SECONDS)


def window_cookie_name(window_id: str) -> str:
    return f"{PAGE_COOKIE}-window-{window_id}"


def window_cookie(window_id: str, token: str) -> str:
    return _lax_cookie(window_cookie_name(window_id), token, WINDOW_SECONDS)


def _lax_cookie(name: str, value: str, seconds: int) -> str:
    return f"{name}={value}; Path=/; Max-Age={seconds if value else 0}; Secure; HttpOnly; SameSite=Lax"


def cookie_hash(request: Request, name: str) -> bytes | None:
    """The hash of the token in that cookie, or None."""
    token = request.cookies.get(name, "")
    return hash_token(token) if is_token(token) else None


def bearer_hash(request: Request) -> bytes | None:
    """The hash of the token in the Authorization header (RFC 6750, 2.1), or None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return hash_token(token) if scheme.lower() == "bearer" and is_token(token) else None
