"""The demo's own sign-in provider: real OpenID Connect inside this process, with three made-up people and no password.

It speaks the protocol as issuers on the internet do (discovery, code with PKCE, ID token, userinfo; OpenID Connect Core
1.0, RFC 6749, 7636, 9207), so that signing in with it is signing in. It is mounted in demo mode alone.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlencode

import jinja2
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from auth import PAGE_HEADERS, Provider, openid_provider

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

PATH = "/demo/provider"
NAME = "demo"
CODE_MS = 60_000
TOKEN_MS = 60_000
PEOPLE = (
    {"sub": "mara", "name": "Mara Lindqvist", "preferred_username": "mara", "email": "mara@example.org"},
    {"sub": "tomas", "name": "Tomás Okafor", "preferred_username": "tomas", "email": "tomas@example.org"},
    {"sub": "yuki", "name": "Yuki Brandt", "preferred_username": "yuki", "email": "yuki@example.org"},
)
_BY_SUBJECT = {person["sub"]: person for person in PEOPLE}
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge")
_METHOD = "code_challenge_method"


class Grant(NamedTuple):
    """What a code, and then an access token, stands for."""

    subject: str
    challenge: str
    nonce: str
    expires_at: int  # Unix ms


class Refusal(Exception):
    """An error of RFC 6749, 4.1.2.1 or 5.2."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def demo_provider(public_url: str, templates: jinja2.Environment, now: Callable[[], int]) -> tuple[Starlette, Provider]:
    """The application to mount at `PATH`, and the row by which sign-in knows it."""
    issuer = public_url + PATH
    client = openid_provider(NAME, issuer, "palaver", secrets.token_urlsafe(32), label="Demo", icon=NAME)
    client = replace(client, verifies_email=True)  # what was written as a guest can be claimed, to try that too
    return DemoProvider(client, f"{public_url}/auth/{NAME}/callback", templates, now).application(), client


class DemoProvider:
    def __init__(
        self, client: Provider, redirect_uri: str, templates: jinja2.Environment, now: Callable[[], int]
    ) -> None:
        self._client = client
        self._redirect_uri = redirect_uri
        self._templates = templates
        self._now = now
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}
        self._making_key: asyncio.Task[RSAKey] | None = None

    def application(self) -> Starlette:
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/authorize", self._authorize, methods=["GET"]),
            Route("/authorize", self._choose, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/jwks", self._jwks),
            Route("/userinfo", self._userinfo),
        ]
        return Starlette(routes=routes, exception_handlers={Refusal: _refuse})

    async def _discovery(self, _request: Request) -> Response:
        issuer = self._client.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "profile", "email"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _authorize(self, request: Request) -> Response:
        asked = self._asked(request.query_params)
        if isinstance(asked, Response):
            return asked
        page = self._templates.get_template("auth/demo.html")
        html = page.render(action=f"{PATH}/authorize", parameters=asked, people=PEOPLE)
        return HTMLResponse(html, headers=PAGE_HEADERS)

    async def _choose(self, request: Request) -> Response:
        form = await request.form()
        asked = self._asked(form)
        if isinstance(asked, Response):
            return asked
        subject = form.get("person")
        if subject not in _BY_SUBJECT:
            return self._back(asked, error="access_denied", error_description="The person said no.")
        code = secrets.token_urlsafe(32)
        expires_at = self._now() + CODE_MS
        self._codes = {**self._fresh(self._codes), code: _grant(str(subject), asked, expires_at)}
        return self._back(asked, code=code)

    def _asked(self, parameters: Mapping[str, Any] | FormData) -> dict[str, str] | Response:
        """The request to authorize, checked; else the answer to a bad one (RFC 6749, 4.1.2.1).

        Nobody is sent to an address that was not registered, exactly.
        """
        asked = {name: str(parameters.get(name, "")) for name in (*_ASKED, _METHOD)}
        if asked["client_id"] != self._client.client_id or asked["redirect_uri"] != self._redirect_uri:
            return PlainTextResponse("Unknown client or redirect URI.", 400)
        if asked["response_type"] != "code":
            return self._back(asked, error="unsupported_response_type")
        if "openid" not in asked["scope"].split():
            return self._back(asked, error="invalid_scope")
        if asked[_METHOD] != "S256" or len(asked["code_challenge"]) != 43:
            return self._back(asked, error="invalid_request", error_description="PKCE with S256 is required.")
        return asked

    def _back(self, asked: Mapping[str, str], **answer: str) -> Response:
        query = urlencode({**answer, "state": asked["state"], "iss": self._client.issuer})
        return RedirectResponse(f"{self._redirect_uri}?{query}", 303, {"Cache-Control": "no-store"})

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self._check_client(request, form)
        if form.get("grant_type") != "authorization_code":
            raise Refusal("unsupported_grant_type", "Only codes are exchanged here.")
        grant = self._fresh(self._codes).get(form.get("code", ""))
        self._codes.pop(form.get("code", ""), None)  # whatever comes of it, a code is shown once
        if grant is None or form.get("redirect_uri") != self._redirect_uri:
            raise Refusal("invalid_grant", "The code is used, too old, or none of ours.")
        if not hmac.compare_digest(_s256(form.get("code_verifier", "")), grant.challenge):
            raise Refusal("invalid_grant", "The verifier does not belong to the challenge.")
        access_token = secrets.token_urlsafe(32)
        self._tokens = {
            **self._fresh(self._tokens),
            access_token: grant._replace(expires_at=self._now() + TOKEN_MS),
        }
        answer = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": TOKEN_MS // 1000,
            "id_token": self._id_token(grant, await self._key()),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def _check_client(self, request: Request, form: Mapping[str, str]) -> None:
        """RFC 6749, 2.3.1: in the header or in the body. Raises `Refusal`."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            client_id, secret = _basic(pair)
        known = hmac.compare_digest(secret.encode(), self._client.client_secret.encode())
        if client_id != self._client.client_id or not known:
            raise Refusal("invalid_client", "Unknown client.")

    def _id_token(self, grant: Grant, key: RSAKey) -> str:
        from joserfc import jwt  # noqa: PLC0415 - as in `_make_key`

        now = self._now() // 1000
        claims = {
            "iss": self._client.issuer,
            "sub": grant.subject,
            "aud": self._client.client_id,
            "iat": now,
            "exp": now + TOKEN_MS // 1000,
            **({"nonce": grant.nonce} if grant.nonce else {}),
        }
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])

    async def _key(self) -> RSAKey:
        """Made once, when it is first needed, off the event loop."""
        if self._making_key is None:
            self._making_key = asyncio.create_task(asyncio.to_thread(_make_key))
        return await asyncio.shield(self._making_key)

    async def _jwks(self, _request: Request) -> Response:
        key = (await self._key()).as_dict(private=False)
        return JSONResponse({"keys": [{**key, "use": "sig", "alg": "RS256"}]})

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._fresh(self._tokens).get(token)
        if scheme.lower() != "bearer" or grant is None:
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return JSONResponse({**_BY_SUBJECT[grant.subject], "email_verified": True})

    def _fresh(self, grants: Mapping[str, Grant]) -> dict[str, Grant]:
        return {key: grant for key, grant in grants.items() if grant.expires_at > self._now()}


def _grant(subject: str, asked: Mapping[str, str], expires_at: int) -> Grant:
    return Grant(subject, asked["code_challenge"], asked["nonce"], expires_at)


def _basic(pair: str) -> tuple[str, str]:
    try:
        client_id, _, secret = base64.b64decode(pair, validate=True).decode("ascii").partition(":")
    except ValueError:
        return "", ""
    return unquote(client_id), unquote(secret)


@functools.cache
def _make_key() -> RSAKey:
    from joserfc.jwk import RSAKey  # noqa: PLC0415 - costs more time than all of start-up may

    return RSAKey.generate_key(2048, auto_kid=True)


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


async def _refuse(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    body = {"error": refusal.code, "error_description": refusal.description}
    return JSONResponse(body, 401 if refusal.code == "invalid_client" else 400, {"Cache-Control": "no-store"})
