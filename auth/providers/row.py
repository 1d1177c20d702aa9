"""What there is to say of a provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from auth.identity import Fields, Identity, read_identity

OPENID_FIELDS = Fields()
Claims = Mapping[str, Any]
_ADDRESSES = ("issuer", "authorize", "exchange", "userinfo")


def as_told(claims: Claims, _answer: Mapping[str, str]) -> Claims:
    return claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One way to sign in.

    `issuer` stands in front of every subject, so it must never change once somebody has signed in. With `jwks` the
    answer is an OpenID Connect ID token, which must be right; without it, `userinfo` says who it is. `discover` leaves
    the endpoints to the issuer's own document.
    """

    name: str
    label: str
    issuer: str
    way: Literal["oauth", "email", "mastodon"] = "oauth"  # a key of `handlers.Auth`'s ways
    icon: str = ""

    # What the configuration must say of it, what it may say, and what it said.
    needs: tuple[str, ...] = ("id", "secret")
    takes: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    host: str = ""  # stands for "{host}" in the addresses, unless the configuration has another
    server: str = ""  # the name of the host that the person chose, where there are many (Mastodon)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    make_secret: Callable[[Provider, int], str] | None = None  # a new one for each sign-in (Apple); Unix ms

    # The way there and back.
    discover: bool = False
    authorize: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    scope_separator: str = " "
    choose: Mapping[str, str] = field(default_factory=dict)  # asks the provider to offer another account
    pkce: bool = True  # not where a provider refuses it (LinkedIn, Slack)
    response_mode: Literal["query", "form_post"] = "query"  # OAuth 2.0 Form Post Response Mode
    sends_iss: bool = False  # RFC 9207: an answer without `iss` is refused
    exchange: str = ""  # the token endpoint
    client_auth: Literal["basic", "post"] = "post"
    echoes: tuple[str, ...] = ()  # what of the answer goes back with the code (VK)

    # Who it is.
    jwks: str = ""
    algorithms: tuple[str, ...] = ("RS256",)
    userinfo: str = ""
    scheme: str = "Bearer"  # of the access token in the Authorization header (Yandex has its own)
    client_header: str = ""  # a header that holds the client's id beside the token (Twitch)
    posts_token: bool = False  # userinfo takes client's id and token in a form (VK)
    signs_requests: bool = False  # appsecret_proof (Facebook)
    emails: str = ""  # a second answer with a list of addresses (GitHub)
    adjust: Callable[[Claims, Mapping[str, str]], Claims] = as_told  # what `fields` cannot say; claims, answer
    fields: Fields = OPENID_FIELDS
    verifies_email: bool = False  # its "verified" may let a person claim guest comments

    @property
    def callback(self) -> str:
        """The path of its redirect URI. Each issuer has its own, so that no answer can be taken for another's (RFC
        9700, 4.4.2).
        """
        return f"/auth/{self.name}/{self.server}/callback" if self.server else f"/auth/{self.name}/callback"

    def at(self, host: str) -> Provider:
        """The row of one server, for those of which there are many."""
        addresses = {name: getattr(self, name).replace("{host}", host) for name in _ADDRESSES}
        return replace(self, host=host, **addresses)

    def identity(self, claims: Claims, answer: Mapping[str, str]) -> Identity | None:
        """Who the claims are about, or None where they do not say; `answer` is what came back with the code."""
        return read_identity(self.issuer, self.fields, self.adjust(claims, answer))
