"""How providers answer: as recorded in outside files, or as written here for those that have none there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from auth import PROVIDER_KEYS, Provider, known_provider, openid_provider
from tests.auth.issuer import Issuer
from tests.auth.world import HOME, Clock
from tests.support.require import fixtures

OURS = Path(__file__).parent / "answers"
FILES = {"wordpress": "wordpress.com", "openid": "oidc-generic"}
SERVER = "social.example"
KEYS = {"id": "client", "secret": "secret", "host": "https://code.example", "enabled": "on"}


def row_of(name: str, **keys: str) -> Provider:
    """The row with made-up keys; a host only where it needs one, or where somebody named it."""
    if name == "openid":
        return openid_provider(name, "https://example.com", "client", "secret")
    needed = [key for key, is_needed in PROVIDER_KEYS[name].items() if is_needed]
    row = known_provider(name, {key: KEYS.get(key, "made up") for key in needed} | keys)
    if row.way == "mastodon":
        return replace(row.at(f"https://{SERVER}"), server=SERVER, client_id="client", client_secret="secret")
    return row


def known(name: str) -> dict[str, Any]:
    """What is known of a provider: endpoints, scopes, token_auth, token_response, responses."""
    ours = OURS / f"{name}.json"
    file = ours if ours.exists() else fixtures() / "oauth-userinfo" / f"{FILES.get(name, name)}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8").replace("{server}", SERVER))
    return found


def recorded(name: str) -> dict[str, Any]:
    """What the outside file says, also where we have one of our own."""
    file = fixtures() / "oauth-userinfo" / f"{name}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def response(known: dict[str, Any], name: str) -> Any:
    return next((found["body"] for found in known["responses"] if found["name"].startswith(name)), None)


class Answers:
    """A provider's token endpoint, keys and userinfo, as it is known to answer; `seen` are the requests."""

    key: RSAKey = Issuer.another_key()

    def __init__(self, row: Provider, known: dict[str, Any], clock: Clock, *, nonce: str = "n") -> None:
        self._row, self._known = row, known
        self._clock, self._nonce = clock, nonce
        self.form: dict[str, str] = {}
        self.seen: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.seen.append(request)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        path = request.url.path
        if path == urlsplit(self._row.exchange).path:
            self.form = form
            return self._token()
        if path == urlsplit(self._row.jwks).path:
            return JSONResponse({"keys": [{**self.key.as_dict(private=False), "kid": self.key.kid}]})
        token = self._known["token_response"]["access_token"]
        if self._row.posts_token:
            assert (request.method, form) == ("POST", {"client_id": "client", "access_token": token})
        else:
            assert request.headers["authorization"] == f"{self._row.scheme} {token}"
        return JSONResponse(response(self._known, "emails" if path.endswith("/emails") else "userinfo"))

    def _token(self) -> Response:
        answer = dict(self._known["token_response"])
        if self._row.jwks:
            answer["id_token"] = self._id_token()
        if self._row.name == "github":
            return Response(urlencode(answer), media_type="application/x-www-form-urlencoded")
        return JSONResponse(answer)

    def _id_token(self) -> str:
        now = self._clock() // 1000
        claims = {
            **response(self._known, "id_token"),
            "iss": self._row.issuer,
            "aud": self._row.client_id,
            "azp": self._row.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": self._nonce,
        }
        claims.pop("at_hash", None)  # of another access token
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key, algorithms=["RS256"])


AGENT = f"Palaver (+{HOME})"
