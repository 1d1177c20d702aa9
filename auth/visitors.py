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
        bearer = await self._get(sessions.bearer_hash(request))
        if bearer is not None and bearer.site_id == site_id:
            return _visitor(bearer, bearer=True)
        if not frame_cookies_count(request.headers, self._origin):
            return None
        session = await self._get(sessions.cookie_hash(request, sessions.frame_cookie_name(site_id)))
        return _visitor(session) if session is not None and session.site_id == site_id else None

    async def of_page(self, request: Request) -> Visitor | None:
        session = await self.page_session(request)
        return _visitor(session) if session is not None else None

    async def page_session(self, request: Request) -> SessionRow | None:
        if not page_cookies_count(request.headers, self._origin):
            return None
        session = await self._get(sessions.cookie_hash(request, sessions.PAGE_COOKIE))
        return session if session is not None and session.site_id is None else None

    async def _get(self, token_hash: bytes | None) -> SessionRow | None:
        if token_hash is None:
            return None
        now = self._now()
        session = await self._store.get_session(token_hash, now, now - sessions.IDLE_SECONDS * 1000)
        if session is not None and session.seen_at <= now - sessions.DAY_SECONDS * 1000:
            await self._store.touch_session(token_hash, now)
        return session


def _visitor(session: SessionRow, *, bearer: bool = False) -> Visitor:
    return Visitor(session.person_id, session.provider, session.token_hash, bearer, session.proved_at)
