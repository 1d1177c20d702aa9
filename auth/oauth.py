"""The way to a provider and back: authorization code with PKCE (RFC 6749, 7636, 9207, 9700; OpenID Connect Core)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from auth.attempts import Challenge
from auth.discovery import Discovery
from auth.errors import SignInFailed
from auth.identity import Identity
from auth.origins import origin_of
from auth.outbound import Answer, fetch, read_json, read_object
from auth.providers import Provider

logger = logging.getLogger("palaver.auth")
# How providers say that the person did not agree: RFC 6749, 4.1.2.1, and Apple's and LinkedIn's own words.
_DENIED = {"access_denied", "user_cancelled_authorize", "user_cancelled_login"}


class OAuth:
    """`public_url` makes the redirect URIs; `Host` never does. It also tells a provider whose requests these are."""

    def __init__(self, public_url: str, http: httpx2.AsyncClient, now: Callable[[], int]) -> None:
        self._public_url = public_url
        self._http = http
        self._now = now
        self._discovery = Discovery(http, now)

    def redirect_uri(self, provider: Provider) -> str:
        return self._public_url + provider.callback

    async def authorize_url(self, provider: Provider, challenge: Challenge, *, choose: bool) -> str:
        """Where to send the reader; `choose` asks for the choice of another account. Raises `SignInFailed`."""
        row = await self._discovery.complete(provider)
        parameters = {
            "response_type": "code",
            "client_id": row.client_id,
            "redirect_uri": self.redirect_uri(row),
            "scope": row.scope_separator.join(row.scopes),
            "state": challenge.state,
            **({"code_challenge": _s256(challenge.verifier), "code_challenge_method": "S256"} if row.pkce else {}),
            **({"nonce": challenge.nonce} if row.jwks else {}),
            **({"response_mode": row.response_mode} if row.response_mode != "query" else {}),
            **(row.choose if choose else {}),
        }
        return f"{row.authorize}{'&' if '?' in row.authorize else '?'}{urlencode(parameters, quote_via=quote)}"

    async def identify(self, provider: Provider, answer: Mapping[str, str], *, nonce: str, verifier: str) -> Identity:
        """Who came back, from the provider's answer at the callback. Raises `SignInFailed`."""
        row = await self._discovery.complete(provider)
        _check_issuer(row, answer.get("iss"))
        if "error" in answer:
            raise SignInFailed("denied" if answer["error"] in _DENIED else "rejected", "at the callback")
        if not answer.get("code"):
            raise SignInFailed("unreadable", f"{row.name} sent no code")
        tokens = await self._exchange(row, answer, verifier)
        identity = row.identity(await self._claims(row, tokens, nonce), answer)
        if identity is None:
            raise SignInFailed("nameless", f"no subject from {row.name}")
        return await self._with_email(row, tokens, identity)

    async def _exchange(self, row: Provider, answer: Mapping[str, str], verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": self.redirect_uri(row),
            **({"code_verifier": verifier} if row.pkce else {}),
            **{name: answer[name] for name in row.echoes if name in answer},
        }
        headers = {}
        secret = row.make_secret(row, self._now()) if row.make_secret else row.client_secret
        if row.client_auth == "basic" and secret:
            headers["Authorization"] = _basic(row.client_id, secret)
        else:
            form["client_id"] = row.client_id
            form |= {"client_secret": secret} if secret else {}
        tokens = read_object(await self._fetch(row.exchange, headers, form), row.exchange)
        access_token, kind = tokens.get("access_token"), tokens.get("token_type", "bearer")
        if not isinstance(access_token, str) or not access_token.isascii() or not access_token.isprintable():
            raise SignInFailed("unreadable", f"{row.name} sent no access token")
        if not isinstance(kind, str) or kind.lower() != "bearer":  # RFC 6749, 7.1: not to be used
            raise SignInFailed("unreadable", f"{row.name} sent an unknown kind of token")
        return tokens

    async def _claims(self, row: Provider, tokens: dict[str, Any], nonce: str) -> Mapping[str, Any]:
        """The ID token's claims where there is one, and the userinfo of the same subject."""
        if not row.jwks:
            return await self._userinfo(row, tokens)
        from auth import id_token  # noqa: PLC0415 - Authlib costs more time than all of start-up may

        claims = await id_token.check(
            self._discovery,
            row,
            tokens.get("id_token"),
            nonce=nonce,
            access_token=tokens["access_token"],
            now=self._now(),
        )
        if not row.userinfo:
            return claims
        more = await self._userinfo(row, tokens)
        if more.get("sub") != claims["sub"]:  # OpenID Connect Core, 5.3.2
            raise SignInFailed("unproven", f"userinfo of {row.name} is about somebody else")
        return {**claims, **more}

    async def _userinfo(self, row: Provider, tokens: dict[str, Any]) -> Mapping[str, Any]:
        url, headers, form = row.userinfo, _bearer(row, tokens), None
        if row.signs_requests:  # Facebook: the app's secret proves that the token was not stolen
            proof = hmac.digest(row.client_secret.encode(), tokens["access_token"].encode(), hashlib.sha256).hex()
            url = f"{url}&appsecret_proof={proof}"
        if row.client_header:
            headers[row.client_header] = row.client_id
        if row.posts_token:
            headers, form = {}, {"client_id": row.client_id, "access_token": tokens["access_token"]}
        answer = await self._fetch(url, headers, form)
        if answer.content_type == "application/jwt" and answer.status == 200 and row.jwks:
            from auth import id_token  # noqa: PLC0415 - as above

            claims = (await id_token.verify(self._discovery, row, answer.body.decode("ascii", "replace"))).claims
            if claims.get("iss", row.issuer) != row.issuer or not _is_for(row.client_id, claims.get("aud")):
                raise SignInFailed("unproven", f"userinfo of {row.name} is for somebody else")
            return claims
        return read_object(answer, url)

    async def _with_email(self, row: Provider, tokens: dict[str, Any], identity: Identity) -> Identity:
        """GitHub lists addresses apart. Without the list, the public address stands; it is no reason to fail."""
        if not row.emails:
            return identity
        try:
            listed = read_json(await self._fetch(row.emails, _bearer(row, tokens)), row.emails)
        except SignInFailed as failure:
            logger.info("no list of addresses: %s", failure)
            return identity
        email = primary_email(listed)
        return identity._replace(email=email, email_verified=True) if email else identity

    async def _fetch(self, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> Answer:
        """Under a name of our own: Reddit turns away whoever has none."""
        named = {"User-Agent": f"Palaver (+{self._public_url})", **headers}
        return await fetch(self._http, url, headers=named, form=form)


def primary_email(listed: object) -> str | None:
    """The verified address to use, from GitHub's list."""
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    verified = [entry for entry in entries if entry.get("verified") is True and isinstance(entry.get("email"), str)]
    chosen = sorted(verified, key=lambda entry: entry.get("primary") is not True)
    return str(chosen[0]["email"]) if chosen else None


def _check_issuer(row: Provider, iss: str | None) -> None:
    """RFC 9207. Providers of whom only the address is known may name anything on their own origin."""
    if iss is None:
        if row.sends_iss:
            raise SignInFailed("unproven", f"the answer of {row.name} does not name its issuer")
    elif iss != row.issuer and (row.jwks or origin_of(iss) != origin_of(row.authorize)):
        raise SignInFailed("unproven", f"the answer to {row.name} is another issuer's")


def _s256(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both are form-encoded first."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _bearer(row: Provider, tokens: Mapping[str, Any]) -> dict[str, str]:
    return {"Authorization": f"{row.scheme} {tokens['access_token']}"}


def _is_for(client_id: str, audience: object) -> bool:
    return audience is None or audience == client_id or (isinstance(audience, list) and client_id in audience)
