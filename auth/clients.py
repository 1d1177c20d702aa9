"""How servers that people name know us: we register there once, and keep what they gave us, encrypted.

Mastodon's way of registering (https://docs.joinmastodon.org/methods/apps/), which its relatives share.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import httpx2
import msgspec

from auth.errors import SignInFailed
from auth.origins import host_of
from auth.outbound import fetch, read_object

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

MAX_LENGTH = 500  # of what a server calls us by
NARROW, WIDE = "profile", "read:accounts"  # the second for servers that do not know the first (Mastodon before 4.3)


class StoredClient(NamedTuple):
    server: str  # its origin
    client_id: str
    client_secret: bytes  # encrypted, together with the redirect URI: another one needs another registration
    scope: str
    created_at: int  # Unix ms


class ClientStore(Protocol):
    """Every method is one transaction; the application implements it."""

    async def get_client(self, server: str) -> StoredClient | None: ...

    async def set_client(self, client: StoredClient, replaced: str) -> bool:
        """Keep it in the place of the one with that client id ("": there was none); False if there is another now."""
        ...


class Client(NamedTuple):
    id: str
    secret: str
    scope: str


class Clients:
    """`http` reaches public hosts alone. Of `secret_keys` the first encrypts, all decrypt."""

    def __init__(
        self, store: ClientStore, http: httpx2.AsyncClient, secret_keys: Sequence[str], now: Callable[[], int]
    ) -> None:
        self._store = store
        self._http = http
        self._secret_keys = secret_keys
        self._now = now

    async def find(self, server: str, redirect_uri: str) -> Client | None:
        """As it is kept; None also where it was encrypted by a key that is gone."""
        return self._opened(await self._store.get_client(server), redirect_uri)

    async def get(self, server: str, redirect_uri: str, website: str) -> Client:
        """One that the server knows: as it is kept, or registered anew. Raises `SignInFailed`."""
        kept = await self._store.get_client(server)
        client = self._opened(kept, redirect_uri)
        if client is not None and await self._is_known(server, redirect_uri, client):
            return client
        client = await self._register(server, redirect_uri, website)
        sealed = self._fernet.encrypt(msgspec.json.encode((redirect_uri, client.secret)))
        stored = StoredClient(server, client.id, sealed, client.scope, self._now())
        if await self._store.set_client(stored, kept.client_id if kept is not None else ""):
            return client
        return await self.find(server, redirect_uri) or client  # somebody else was first: the code comes for theirs

    async def _is_known(self, server: str, redirect_uri: str, client: Client) -> bool:
        """Servers forget applications, and the person would find that out in front of an error page of theirs."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client.id,
            "client_secret": client.secret,
            "redirect_uri": redirect_uri,
            "scope": client.scope,
        }
        try:
            await self._ask(f"{server}/oauth/token", form)
        except SignInFailed as failure:
            if failure.reason == "unreachable":
                raise
            return False
        return True

    async def _register(self, server: str, redirect_uri: str, website: str) -> Client:
        form = {
            "client_name": f"Comments on {host_of(website)}",
            "redirect_uris": redirect_uri,
            "scopes": await self._scope(server),
            "website": website,
        }
        answer = await self._ask(f"{server}/api/v1/apps", form)
        client_id, secret = answer.get("client_id"), answer.get("client_secret")
        if not _is_plain(client_id) or not _is_plain(secret):
            raise SignInFailed("unreadable", f"no client of {server}")
        return Client(str(client_id), str(secret), form["scopes"])

    async def _scope(self, server: str) -> str:
        """The narrowest that says who somebody is, by the server's own word (RFC 8414)."""
        try:
            document = await self._ask(f"{server}/.well-known/oauth-authorization-server")
        except SignInFailed as failure:
            if failure.reason == "unreachable":
                raise
            return WIDE
        known = document.get("scopes_supported")
        return NARROW if isinstance(known, list) and NARROW in known else WIDE

    async def _ask(self, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        return read_object(await fetch(self._http, url, form=form), url)

    def _opened(self, kept: StoredClient | None, redirect_uri: str) -> Client | None:
        if kept is None:
            return None
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see _fernet

        try:
            kept_uri, secret = msgspec.json.decode(self._fernet.decrypt(kept.client_secret), type=tuple[str, str])
        except InvalidToken:
            return None
        return Client(kept.client_id, secret, kept.scope) if kept_uri == redirect_uri else None

    @functools.cached_property
    def _fernet(self) -> MultiFernet:
        """Keys by HKDF (RFC 5869), for this purpose alone. Imported late: it costs time that few starts need."""
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        def derived(key: str) -> Fernet:
            kdf = HKDF(SHA256(), 32, salt=None, info=b"palaver: secrets of clients")
            return Fernet(base64.urlsafe_b64encode(kdf.derive(key.encode())))

        return MultiFernet([derived(key) for key in self._secret_keys])


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_LENGTH and value.isascii() and value.isprintable()
