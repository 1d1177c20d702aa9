"""Sign-in with Mastodon and its relatives: the person names their server, and we register there.

The server is anybody's, so nothing that it says counts for more than it. Its addresses are on its own origin; it is
asked by a client that reaches public hosts alone; who it says somebody is, must be an address of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import httpx2
import idna
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auth.callback import come_back
from auth.clients import Client, Clients, ClientStore
from auth.endings import Endings
from auth.errors import SignInFailed, TooMany, sentence
from auth.identity import Identity
from auth.oauth import OAuth
from auth.origins import host_of, origin_of
from auth.providers import Provider
from auth.service import Service
from auth.steps import Steps
from auth.store import Attempt

NAME = "mastodon"
MAX_HOST = 253  # RFC 1035, 2.3.4
_NO_SERVER = "That is not the name of a server. It looks like mastodon.social, or @you@mastodon.social."
# An address, or the name of somebody, or only the server's.
_TYPED = re.compile(r"(?:https?://|@?[\w.-]+@)?([^/?#@]+)(?:[/?#].*)?", re.IGNORECASE)
# At least two labels, the last one of letters: no IP address, no port, nothing of the local network.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")


class MastodonSetup(NamedTuple):
    """What the application hands in. `http` reaches public hosts alone."""

    http: httpx2.AsyncClient
    store: ClientStore
    secret_keys: Sequence[str]


class MastodonWay:
    def __init__(self, service: Service, endings: Endings, setup: MastodonSetup) -> None:
        self._service = service
        self._endings = endings
        self._oauth = OAuth(service.origin, setup.http, service.now)
        self._clients = Clients(setup.store, setup.http, setup.secret_keys, service.now)
        self._steps = Steps(service, endings, NAME)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/auth/mastodon/server", self._steps.step(self._named), methods=["POST"]),
            Route("/auth/mastodon/{host}/callback", self.callback, methods=["GET"]),
        ]

    async def leave(self, _request: Request, attempt: Attempt, _provider: Provider, *, choose: bool) -> Response:
        """The page that asks for the server."""
        self._service.attempts.check_open(attempt)
        return await self._page(attempt, choose=choose)

    async def _named(self, request: Request, attempt: Attempt, fields: Mapping[str, str]) -> Response:
        """On to the server that was named. A mistake is told in the form: it may be one of a letter."""
        typed, choose = fields.get("server", ""), "choose" in fields
        server = server_of(typed)
        if not server:
            return await self._page(attempt, typed, _NO_SERVER, 422, choose=choose)
        try:
            await self._service.limit("sign-in", str(request.state.client_address))
            client = await self._client(server)
        except TooMany as error:
            return await self._page(attempt, typed, error.message, error.status, choose=choose)
        except SignInFailed as failure:
            return await self._page(attempt, typed, sentence(failure.reason, host_of(server)), 422, choose=choose)
        await self._service.attempts.name_server(attempt, server)
        challenge = await self._service.attempts.challenge(attempt)
        url = await self._oauth.authorize_url(self._row(server, client), challenge, choose=choose)
        return self._service.pages.page("leave.html", url=url, provider=host_of(server))

    async def callback(self, request: Request) -> Response:
        async def identify(attempt: Attempt, _provider: Provider) -> Identity:
            if attempt.server != f"https://{request.path_params['host']}":
                raise SignInFailed("unproven", f"state of {attempt.server} at another server's callback")
            return await self._identify(attempt, request.query_params)

        return await come_back(self._service, self._endings, request, NAME, identify)

    async def _identify(self, attempt: Attempt, answer: Mapping[str, str]) -> Identity:
        server = attempt.server
        client = await self._clients.find(server, self._oauth.redirect_uri(self._row(server)))
        if client is None:
            raise SignInFailed("rejected", f"no client at {server} any more")
        row = self._row(server, client)
        identity = await self._oauth.identify(row, answer, nonce=attempt.nonce, verifier=attempt.verifier)
        if origin_of(identity.subject) != server:
            raise SignInFailed("unproven", f"{server} speaks for another server")
        return identity

    async def _client(self, server: str) -> Client:
        return await self._clients.get(server, self._oauth.redirect_uri(self._row(server)), self._service.origin)

    def _row(self, server: str, client: Client | None = None) -> Provider:
        row = replace(self._service.provider(NAME).at(server), server=host_of(server))
        if client is None:
            return row
        return replace(row, client_id=client.id, client_secret=client.secret, scopes=(client.scope,))

    async def _page(
        self, attempt: Attempt, typed: str = "", error: str = "", status: int = 200, *, choose: bool
    ) -> Response:
        host, _ = await self._service.place(attempt)
        return self._service.pages.page(
            "mastodon.html",
            status=status,
            window=attempt.id,
            host=host or host_of(self._service.origin),
            choose=choose,
            typed=typed,
            error=error,
        )


def server_of(typed: str) -> str:
    """The origin of the server that somebody named, by its name, an address on it, or their own name there; "" for
    what names no public host.
    """
    match = _TYPED.fullmatch(typed.strip())
    host = match[1].removesuffix(".") if match else ""
    if not 0 < len(host) <= MAX_HOST:
        return ""
    try:
        host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:  # idna.IDNAError is one
        return ""
    return f"https://{host}" if len(host) <= MAX_HOST and _HOST.fullmatch(host) else ""
