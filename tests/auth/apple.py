"""A made-up Apple that speaks as Apple does: signed client secrets, an answer by POST, the name once."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.auth.issuer import Issuer
from tests.auth.world import HOME, Clock, query_of

APPLE = "https://appleid.apple.com"
CLIENT, TEAM, KEY_ID = "example.comments.signin", "TEAM123456", "KEY1234567"
SUBJECT = "000313.c9720f41e9434e18987a.1218"
_PRIVATE = ec.generate_private_key(ec.SECP256R1())
PRIVATE_KEY = _PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Apple:
    """`claims` are laid over the ID token's; `secrets` are the client's secrets that came."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key: RSAKey = Issuer.another_key()
        self._nonces: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.secrets: list[dict[str, Any]] = []

    def agree(self, authorize_url: str, user: dict[str, Any] | None = None, **changes: str) -> dict[str, str]:
        """The person agrees; the form that their browser then posts to the redirect URI."""
        assert authorize_url.startswith(f"{APPLE}/auth/authorize?")
        query = query_of(authorize_url)
        assert query["response_mode"] == "form_post"
        assert (query["client_id"], query["redirect_uri"]) == (CLIENT, f"{HOME}/auth/apple/callback")
        assert query["scope"] == "name email"
        code = f"code-{len(self._nonces)}"
        self._nonces[code] = query["nonce"]
        form = {"code": code, "state": query["state"], **changes}
        return {**form, "user": json.dumps(user)} if user is not None else form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        match urlsplit(str(request.url)).path:
            case "/auth/keys":
                return JSONResponse({"keys": [{**self._key.as_dict(private=False), "kid": self._key.kid}]})
            case "/auth/token":
                return self._token(dict(parse_qsl((await request.body()).decode())))
        raise AssertionError(f"unexpected request to {request.url}")

    def _token(self, form: dict[str, str]) -> Response:
        if not self._is_our_client(form):
            return JSONResponse({"error": "invalid_client"}, 400)
        nonce = self._nonces.pop(form["code"], None)
        if nonce is None or form["redirect_uri"] != f"{HOME}/auth/apple/callback":
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = self._clock() // 1000
        claims = {
            "iss": APPLE,
            "aud": CLIENT,
            "sub": SUBJECT,
            "iat": now,
            "exp": now + 86_400,
            "nonce": nonce,
            "nonce_supported": True,
            "email": "abc@privaterelay.appleid.example",
            "email_verified": "true",
            "is_private_email": "true",
            **self.claims,
        }
        token = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key, algorithms=["RS256"])
        answer = {"access_token": "a.made.up", "token_type": "Bearer", "expires_in": 3600, "id_token": token}
        return JSONResponse(answer)

    def _is_our_client(self, form: dict[str, str]) -> bool:
        key = ECKey.import_key(_PRIVATE.public_key())
        try:
            token = jwt.decode(form["client_secret"], key, algorithms=["ES256"])
        except JoseError:
            return False
        self.secrets.append(token.claims)
        now = self._clock() // 1000
        claims = token.claims
        named = (claims["iss"], claims["sub"], claims["aud"], token.header["kid"]) == (TEAM, CLIENT, APPLE, KEY_ID)
        return named and form["client_id"] == CLIENT and claims["iat"] <= now < claims["exp"]
