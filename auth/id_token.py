"""ID tokens: the checks of OpenID Connect Core, 3.1.3.7, by Authlib and joserfc.

Import this module late: the two libraries cost more time than all of start-up may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from auth.discovery import Discovery
from auth.errors import SignInFailed
from auth.providers import Provider

LEEWAY_SECONDS = 120
_KEY_TYPES = ("RSA", "EC", "OKP")


async def check(
    discovery: Discovery, provider: Provider, text: object, *, nonce: str, access_token: str, now: int
) -> Mapping[str, Any]:
    """The claims of a token that is right in signature, issuer, audience, nonce and time. Raises `SignInFailed`."""
    token = await verify(discovery, provider, text)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    parameters = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    try:
        CodeIDToken(token.claims, token.header, options, parameters).validate(now // 1000, LEEWAY_SECONDS)
    except (JoseError, TypeError, ValueError) as error:
        raise SignInFailed("unproven", f"ID token of {provider.name}: {error}") from error
    return token.claims


async def verify(discovery: Discovery, provider: Provider, text: object) -> jwt.Token:
    """A token that the issuer signed. Raises `SignInFailed`."""
    if not isinstance(text, str) or not provider.algorithms:  # joserfc takes an empty list for its own choice
        raise SignInFailed("unproven", f"no signed token from {provider.name}")
    try:
        try:
            return _decode(provider, text, await discovery.get_keys(provider))
        except InvalidKeyIdError:  # the issuer may have changed its keys
            return _decode(provider, text, await discovery.get_keys(provider, again=True))
    except (JoseError, TypeError, ValueError, RecursionError) as error:
        raise SignInFailed("unproven", f"token of {provider.name}: {type(error).__name__}") from error


def _decode(provider: Provider, text: str, key_set: Mapping[str, Any]) -> jwt.Token:
    registry = JWSRegistry(algorithms=provider.algorithms, strict_check_header=False)
    return jwt.decode(text, KeySet(_keys(key_set)), registry=registry)


def _keys(key_set: Mapping[str, Any]) -> list[Key]:
    """The keys that can sign; one that cannot be read does not spoil the others."""
    listed = key_set.get("keys")
    keys = []
    for data in listed if isinstance(listed, list) else []:
        if isinstance(data, dict) and data.get("kty") in _KEY_TYPES and data.get("use", "sig") == "sig":
            try:
                keys.append(JWKRegistry.import_key(data))
            except (JoseError, TypeError, ValueError, KeyError):
                continue
    return keys
