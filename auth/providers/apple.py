"""Apple. https://developer.apple.com/documentation/signinwithapplerestapi

With a scope, Apple posts its answer; the name comes once, with the first sign-in ever. The client's secret is a token
that we sign ourselves.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from auth.identity import Fields
from auth.providers.row import Claims, Provider

SECRET_SECONDS = 300  # six months are allowed, and none but this one request needs it


class _User(msgspec.Struct):
    name: dict[str, str]


def _with_name(claims: Claims, answer: Mapping[str, str]) -> Claims:
    """The name stands beside the code, not signed: a person can write into it what they like, as into any name. Of the
    address that stands there too, the ID token has the signed one.
    """
    try:
        user = msgspec.json.decode(answer.get("user", ""), type=_User)
    except (msgspec.MsgspecError, RecursionError):
        return claims
    return {**claims, "name": user.name}


def _make_secret(row: Provider, now: int) -> str:
    """https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret"""
    from joserfc import jwt  # noqa: PLC0415 - as all that signs: it costs more time than start-up may
    from joserfc.jwk import ECKey  # noqa: PLC0415

    seconds = now // 1000
    claims = {
        "iss": row.keys["team"],
        "sub": row.client_id,
        "aud": row.issuer,
        "iat": seconds,
        "exp": seconds + SECRET_SECONDS,
    }
    header = {"alg": "ES256", "kid": row.keys["key_id"]}
    return jwt.encode(header, claims, ECKey.import_key(row.keys["private_key"]), algorithms=["ES256"])


ROW = Provider(
    name="apple",
    label="Apple",
    needs=("id", "team", "key_id", "private_key"),
    make_secret=_make_secret,
    issuer="https://appleid.apple.com",
    authorize="https://appleid.apple.com/auth/authorize",
    scopes=("name", "email"),
    response_mode="form_post",
    exchange="https://appleid.apple.com/auth/token",
    jwks="https://appleid.apple.com/auth/keys",
    adjust=_with_name,
    fields=Fields(
        name=("{name.firstName} {name.lastName}", "{name.firstName}", "{name.lastName}"),
        username=(),
        avatar=(),
        profile=(),
    ),
    verifies_email=True,
)
