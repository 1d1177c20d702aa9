"""What an issuer says of itself: its endpoints (OpenID Connect Discovery 1.0) and its keys (RFC 7517)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import httpx2

from auth.errors import SignInFailed
from auth.origins import is_loopback, origin_of
from auth.outbound import fetch, read_object
from auth.providers import Provider

KEPT_MS = 3_600_000
KEYS_AGAIN_MS = 60_000  # a token with an unknown key may ask for the keys again, but not more often
# Signatures by the issuer's private key. Never "none", never HMAC (its key would be a public one), whatever is said.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class _Kept(NamedTuple):
    at: int
    value: dict[str, Any]


class Discovery:
    def __init__(self, http: httpx2.AsyncClient, now: Callable[[], int]) -> None:
        self._http = http
        self._now = now
        self._kept: dict[str, _Kept] = {}

    async def complete(self, provider: Provider) -> Provider:
        """The row with its endpoints. Raises `SignInFailed` for an issuer that does not say them rightly."""
        if not provider.discover:
            return provider
        url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        return _completed(provider, await self._get(url, KEPT_MS))

    async def get_keys(self, provider: Provider, *, again: bool = False) -> dict[str, Any]:
        """The issuer's JSON Web Key Set; `again` where a token names a key that is not in it."""
        return await self._get(provider.jwks, KEYS_AGAIN_MS if again else KEPT_MS)

    async def _get(self, url: str, age: int) -> dict[str, Any]:
        kept = self._kept.get(url)
        if kept is None or kept.at <= self._now() - age:
            kept = _Kept(self._now(), read_object(await fetch(self._http, url), url))
            self._kept[url] = kept
        return kept.value


def _completed(provider: Provider, document: dict[str, Any]) -> Provider:
    if document.get("issuer") != provider.issuer:  # Discovery, 4.3: exactly, so that none speaks for another
        raise SignInFailed("unproven", f"the document of {provider.issuer} names another issuer")
    algorithms = _texts(document, "id_token_signing_alg_values_supported") or ["RS256"]
    return replace(
        provider,
        authorize=_endpoint(provider, document, "authorization_endpoint"),
        exchange=_endpoint(provider, document, "token_endpoint"),
        jwks=_endpoint(provider, document, "jwks_uri"),
        userinfo=_endpoint(provider, document, "userinfo_endpoint") if "userinfo_endpoint" in document else "",
        algorithms=tuple(name for name in ALGORITHMS if name in algorithms),
        client_auth=_client_auth(document),
        scopes=_scopes(provider, document),
        sends_iss=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(provider: Provider, document: dict[str, Any], name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or origin_of(url) is None:
        raise SignInFailed("unreadable", f"{name} of {provider.issuer} is no address")
    if not url.startswith("https://") and not (is_loopback(url) and is_loopback(provider.issuer)):
        raise SignInFailed("unproven", f"{name} of {provider.issuer} is not https")
    return url


def _client_auth(document: dict[str, Any]) -> Literal["basic", "post"]:
    methods = _texts(document, "token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "basic" if "client_secret_basic" in methods else "post"


def _scopes(provider: Provider, document: dict[str, Any]) -> tuple[str, ...]:
    known = _texts(document, "scopes_supported")
    return tuple(scope for scope in provider.scopes if not known or scope in known or scope == "openid")


def _texts(document: dict[str, Any], name: str) -> list[str]:
    value = document.get(name)
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
