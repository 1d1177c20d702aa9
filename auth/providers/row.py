"""What there is to say of a provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from auth.identity import Fields

OPENID_FIELDS = Fields()


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
    way: Literal["oauth", "email"] = "oauth"  # a key of `handlers.Auth`'s ways
    response_mode: Literal["query", "form_post"] = "query"  # OAuth 2.0 Form Post Response Mode
    authorize: str = ""
    exchange: str = ""  # the token endpoint
    userinfo: str = ""
    emails: str = ""  # a second answer with a list of addresses (GitHub)
    jwks: str = ""
    algorithms: tuple[str, ...] = ("RS256",)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    scope_separator: str = " "
    client_auth: Literal["basic", "post"] = "post"
    fields: Fields = OPENID_FIELDS
    choose: Mapping[str, str] = field(default_factory=dict)  # asks the provider to offer another account
    sends_iss: bool = False  # RFC 9207: an answer without `iss` is refused
    signs_requests: bool = False  # appsecret_proof (Facebook)
    verifies_email: bool = False  # its "verified" may let a person claim guest comments
    discover: bool = False
    icon: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
