"""The addresses of sign-in, and what the application asks of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import httpx2
import jinja2
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from auth.attempts import Attempts
from auth.callback import OAuthWay
from auth.email import EmailSetup, EmailWay
from auth.endings import Endings
from auth.frame import Frame, told_as_asked
from auth.mastodon import MastodonSetup, MastodonWay
from auth.oauth import OAuth
from auth.pages import Pages
from auth.providers import Provider
from auth.service import Service
from auth.sessions import Visitor
from auth.store import Attempt, AuthStore, SiteDirectory
from auth.visitors import Visitors
from auth.way import Way
from auth.window import Window


class Auth:
    """Sign-in, as the application holds it.

    `public_url` is our origin; `providers` are those that are offered, by name, `email_provider()` among them where
    `email` says how mail goes out, and Mastodon's where there is `mastodon`. `limit("sign-in", address)` raises
    `TooMany`; the address is `request.state.client_address`. So does `limit("mail", key)`, with a key for each e-mail
    address. `clean_name` and `clean_email` make fit to keep what a provider says, and answer "" or None for what is
    not. `now` gives Unix milliseconds.
    """

    def __init__(
        self,
        *,
        public_url: str,
        providers: Mapping[str, Provider],
        store: AuthStore,
        sites: SiteDirectory,
        templates: jinja2.Environment,
        http: httpx2.AsyncClient,
        now: Callable[[], int],
        limit: Callable[[str, str], Awaitable[None]],
        clean_name: Callable[[str], str],
        clean_email: Callable[[str], str | None],
        email: EmailSetup | None = None,
        mastodon: MastodonSetup | None = None,
    ) -> None:
        self.providers = providers
        self._store = store
        self._visitors = Visitors(public_url, store, now)
        service = Service(
            origin=public_url,
            providers=providers,
            store=store,
            sites=sites,
            pages=Pages(templates),
            now=now,
            limit=limit,
            clean_name=clean_name,
            clean_email=clean_email,
            attempts=Attempts(store, now),
            oauth=OAuth(public_url, http, now),
            visitors=self._visitors,
        )
        self._attempts = service.attempts
        endings = Endings(service)
        self._ways: dict[str, Way] = {"oauth": OAuthWay(service, endings)}
        if email is not None:
            self._ways["email"] = EmailWay(service, endings, email)
        if mastodon is not None:
            self._ways["mastodon"] = MastodonWay(service, endings, mastodon)
        self._window, self._frame = Window(service, endings, self._ways), Frame(service)

    def routes(self) -> list[BaseRoute]:
        window, frame = self._window, self._frame
        return [
            Route("/auth/{provider}/start", window.start, methods=["POST"]),
            Route("/auth/refused", window.refused),
            Route("/auth/window", window.window, methods=["GET"]),
            Route("/auth/window", window.continue_as, methods=["POST"]),
            Route("/auth/done", window.done),
            Route("/auth/redeem", told_as_asked(frame.redeem), methods=["POST"]),
            Route("/auth/sso", told_as_asked(frame.sso), methods=["POST"]),
            Route("/auth/cancel", told_as_asked(frame.cancel), methods=["POST"]),
            Route("/auth/logout", told_as_asked(frame.logout), methods=["POST"]),
            *(route for way in self._ways.values() for route in way.routes()),
        ]

    async def frame_visitor(self, request: Request, site_id: int) -> Visitor | None:
        """Who asks from the frame of that site: by its cookie, where our own document sends it, or a bearer token."""
        return await self._visitors.of_frame(request, site_id)

    async def page_visitor(self, request: Request) -> Visitor | None:
        """Who asks from our own pages, by the first-party session. Nothing else is accepted there."""
        return await self._visitors.of_page(request)

    async def linked(self, request: Request, visitor: Visitor, window_id: str) -> Attempt | None:
        """The sign-in by which this browser, in the session it asks by, proved a further identity within ten minutes;
        whose that is, its `person_id` says. None where it was none, or has been redeemed.
        """
        attempt = await self._window.attempt(request, window_id)
        return attempt if attempt and self._attempts.is_linked(attempt, visitor.token_hash) else None

    async def end_session(self, visitor: Visitor) -> None:
        """Log out: from a frame also the first-party session it came from, from a page also the frames' sessions."""
        await self._store.end_session(visitor.token_hash)
