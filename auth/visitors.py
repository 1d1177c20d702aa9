"""Who asks? The answer by a session, for a frame and for our own pages, which never accept each other's."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from auth import sessions
from auth.csrf import frame_cookies_count, page_cookies_count
from auth.sessions import Visitor
from auth.store import AuthStore, SessionRow


class Visitors:
    def __init__(self, origin: str, store: AuthStore, now: Callable[[], int]) -> None:
        self._origin = origin
        self._store = store
        self._now = now

    async def of_frame(self, request: Request, site_id: int) -> Visitor | None:
        """By a bearer token, or by the frame's cookie where our own document sends it; on that site alone."""
        token_hash, bearer = sessions.bearer_hash(request), True
        if token_hash is None and frame_cookies_count(request.headers, self._origin):
            token_hash, bearer = sessions.cookie_hash(request, sessions.frame_cookie_name(site_id)), False
        session = await self._store.get_session(token_hash, self._now()) if token_hash else None
        if session is None or session.site_id != site_id:
            return None
        return Visitor(session.person_id, session.provider, session.token_hash, bearer)

    async def of_page(self, request: Request) -> Visitor | None:
        session = await self.page_session(request)
        return Visitor(session.person_id, session.provider, session.token_hash, bearer=False) if session else None

    async def page_session(self, request: Request) -> SessionRow | None:
        if not page_cookies_count(request.headers, self._origin):
            return None
        token_hash = sessions.cookie_hash(request, sessions.PAGE_COOKIE)
        session = await self._store.get_session(token_hash, self._now()) if token_hash else None
        return session if session is not None and session.site_id is None else None
