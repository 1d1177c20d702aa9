"""An OpenID Connect issuer whose every answer a test can bend."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.auth.world import Clock, query_of

ISSUER = "https://idp.example"
SUBJECT = "248289761001"
Bend = Callable[[httpx2.Request], httpx2.Response]
_KEYS = [RSAKey.generate_key(2048, auto_kid=True) for _ in range(2)]


class Issuer:
    """`bent[path]` answers instead of us; `claims`, `header`, `document`, `userinfo` are laid over what is right."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.key: RSAKey | ECKey | OctKey = _KEYS[0]
        self.public_keys: list[Any] = [_KEYS[0]]
        self.bent: dict[str, Bend] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"sub": SUBJECT, "name": "Jane Doe", "email": "janedoe@example.com"}
        self.asked: list[str] = []
        self.silent = False  # answers nothing, until the caller gives up
        self._nonce = self._challenge = ""

    @staticmethod
    def another_key() -> RSAKey:
        return _KEYS[1]

    def agree(self, authorize_url: str, *, iss: str | None = ISSUER, issuer: str = ISSUER, **answer: str) -> str:
        """The person agrees at the address; where they are sent back to."""
        assert authorize_url.startswith(f"{issuer}/auth?")
        query = query_of(authorize_url)
        self._nonce, self._challenge = query["nonce"], query["code_challenge"]
        assert query["code_challenge_method"] == "S256"
        answer = {"code": "c0de", "state": query["state"], **({"iss": iss} if iss is not None else {}), **answer}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.asked.append(path)
        if self.silent:
            await asyncio.Event().wait()
        if path in self.bent:
            return self.bent[path](request)
        match path.removeprefix("/other"):
            case "/.well-known/openid-configuration":
                return httpx2.Response(200, json=self._document(ISSUER + path.partition("/.well-known")[0]))
            case "/token":
                return self._token(request)
            case "/jwks":
                keys = [{**key.as_dict(private=False), "kid": key.kid} for key in self.public_keys]
                return httpx2.Response(200, json={"keys": keys})
            case "/userinfo":
                assert request.headers["authorization"] == "Bearer access"
                return httpx2.Response(200, json=self.userinfo)
        raise AssertionError(f"unexpected request to {request.url}")

    def _document(self, issuer: str) -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.document,
        }

    def _token(self, request: httpx2.Request) -> httpx2.Response:
        form = dict(parse_qsl(request.content.decode()))
        assert request.headers["authorization"].startswith("Basic ")
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() == self._challenge
        answer = {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token()}
        return httpx2.Response(200, json=answer)

    def id_token(self) -> str:
        now = self._clock() // 1000
        claims = {
            "iss": ISSUER,
            "sub": SUBJECT,
            "aud": "palaver-client",
            "iat": now,
            "exp": now + 300,
            "nonce": self._nonce,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        if header["alg"] == "none":
            return ".".join([*map(_part, (header, claims)), ""])
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
