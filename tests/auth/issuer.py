"""An OpenID Connect issuer whose every answer a test can bend."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.auth.world import Clock, query_of

ISSUER = "https://idp.example"
SUBJECT = "248289761001"
Bend = Callable[[Request], Response]
_KEYS = [RSAKey.generate_key(2048, auto_kid=True) for _ in range(2)]


class Issuer:
    """`bent[path]` answers instead of us; `claims`, `header`, `document`, `userinfo` are laid over what is right."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.key: RSAKey = _KEYS[0]
        self.public_keys: list[Any] = [_KEYS[0]]
        self.bent: dict[str, Bend] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"sub": SUBJECT, "name": "Jane Doe", "email": "janedoe@example.com"}
        self.asked: list[str] = []
        self.silent_at = ""  # a path where we answer nothing until the caller gives up
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if path == self.silent_at:
            await asyncio.Event().wait()
        if path in self.bent:
            return self.bent[path](request)
        match path.removeprefix("/other"):
            case "/.well-known/openid-configuration":
                return JSONResponse(self._document(ISSUER + path.partition("/.well-known")[0]))
            case "/token":
                return await self._token(request)
            case "/jwks":
                keys = [{**key.as_dict(private=False), "kid": key.kid} for key in self.public_keys]
                return JSONResponse({"keys": keys})
            case "/userinfo":
                assert request.headers["authorization"] == "Bearer access"
                return JSONResponse(self.userinfo)
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

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        assert request.headers["authorization"].startswith("Basic ")
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() == self._challenge
        answer = {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token()}
        return JSONResponse(answer)

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
        if header["alg"] == "HS256":  # with what everybody knows (RFC 8725, 2.1)
            signed = ".".join(map(_part, (header, claims)))
            mac = hmac.digest(self.key.as_pem(private=False), signed.encode(), hashlib.sha256)
            return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
