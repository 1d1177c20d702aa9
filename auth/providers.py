"""The providers: each is a row of data. To add one, add a row here and its mark in `static/icons/`.

Endpoints, scopes and fields are from the providers' own documentation; scopes are the least that tell who somebody is
and, where the provider has it, the e-mail address for the notices they ask for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from auth.identity import Fields
from auth.origins import is_loopback, origin_of

OPENID_FIELDS = Fields()
_CHOOSE = {"prompt": "select_account"}


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
    way: Literal["oauth"] = "oauth"  # a key of `handlers.Auth`'s ways
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
    client_secret: str = ""


_ROWS = (
    Provider(
        name="google",
        label="Google",
        issuer="https://accounts.google.com",
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        exchange="https://oauth2.googleapis.com/token",
        jwks="https://www.googleapis.com/oauth2/v3/certs",
        choose=_CHOOSE,
        verifies_email=True,
    ),
    Provider(
        name="github",
        label="GitHub",
        issuer="https://github.com",
        authorize="https://github.com/login/oauth/authorize",
        exchange="https://github.com/login/oauth/access_token",
        userinfo="https://api.github.com/user",
        emails="https://api.github.com/user/emails",
        scopes=("user:email",),  # who somebody is, is public
        fields=Fields(
            subject=("{id}",),
            name=("{name}", "{login}"),
            username=("{login}",),
            avatar=("{avatar_url}",),
            profile=("{html_url}",),
        ),
        choose=_CHOOSE,
        verifies_email=True,
    ),
    Provider(
        name="facebook",
        label="Facebook",
        issuer="https://www.facebook.com",
        # Without a version these lead to the oldest one that is served, so they do not expire.
        authorize="https://www.facebook.com/dialog/oauth",
        exchange="https://graph.facebook.com/oauth/access_token",
        userinfo="https://graph.facebook.com/me?fields=id,name,email",
        scopes=("public_profile", "email"),
        scope_separator=",",
        fields=Fields(
            subject=("{id}",),
            name=("{name}",),
            username=(),
            email_verified="",  # its field "verified" is about something else
            avatar=("{picture.data.url}",),
            profile=("{link}",),
        ),
        choose={"auth_type": "reauthenticate"},
        signs_requests=True,
    ),
    Provider(
        name="x",
        label="X",
        issuer="https://x.com",
        authorize="https://x.com/i/oauth2/authorize",
        exchange="https://api.x.com/2/oauth2/token",
        userinfo="https://api.x.com/2/users/me?user.fields=id,name,username,profile_image_url",
        scopes=("users.read", "tweet.read"),  # the second is demanded by users/me
        client_auth="basic",
        fields=Fields(
            subject=("{data.id}",),
            name=("{data.name}", "{data.username}"),
            username=("{data.username}",),
            email=(),
            email_verified="",
            avatar=("{data.profile_image_url}",),
            profile=("https://x.com/{data.username}",),
        ),
    ),
    Provider(
        name="wordpress",
        label="WordPress.com",
        issuer="https://wordpress.com",
        authorize="https://public-api.wordpress.com/oauth2/authorize",
        exchange="https://public-api.wordpress.com/oauth2/token",
        userinfo="https://public-api.wordpress.com/rest/v1.1/me/",
        scopes=("auth",),  # any other binds the token to one blog
        fields=Fields(
            subject=("{ID}",),
            name=("{display_name}", "{username}"),
            username=("{username}",),
            avatar=("{avatar_URL}",),
            profile=("{profile_URL}",),
        ),
    ),
    Provider(
        name="microsoft",
        label="Microsoft",
        # By Graph and not by ID token: with the tenant "common" the issuer differs for each tenant.
        issuer="https://graph.microsoft.com",
        authorize="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        exchange="https://login.microsoftonline.com/common/oauth2/v2.0/token",
        userinfo="https://graph.microsoft.com/v1.0/me",
        scopes=("User.Read",),
        fields=Fields(
            subject=("{id}",),
            name=("{displayName}",),
            username=(),
            email=("{mail}",),  # userPrincipalName is no proof of an address
            email_verified="",  # a tenant's administrator may set any address
            avatar=(),
            profile=(),
        ),
        choose=_CHOOSE,
    ),
    Provider(
        name="gitlab",
        label="GitLab",
        issuer="https://gitlab.com",
        authorize="https://gitlab.com/oauth/authorize",
        exchange="https://gitlab.com/oauth/token",
        userinfo="https://gitlab.com/api/v4/user",
        scopes=("read_user",),
        fields=Fields(
            subject=("{id}",),
            name=("{name}", "{username}"),
            username=("{username}",),
            email_verified="confirmed_at",
            avatar=("{avatar_url}",),
            profile=("{web_url}",),
        ),
    ),
    Provider(
        name="discord",
        label="Discord",
        issuer="https://discord.com",
        authorize="https://discord.com/oauth2/authorize",
        exchange="https://discord.com/api/oauth2/token",
        userinfo="https://discord.com/api/users/@me",
        scopes=("identify", "email"),
        fields=Fields(
            subject=("{id}",),
            name=("{global_name}", "{username}"),
            username=("{username}",),
            email_verified="verified",
            avatar=("https://cdn.discordapp.com/avatars/{id}/{avatar}.png",),
            profile=(),
        ),
    ),
)
_BY_NAME = {row.name: row for row in _ROWS}
PROVIDER_NAMES = tuple(_BY_NAME)


def known_provider(name: str, client_id: str, client_secret: str) -> Provider:
    """The row `name` (one of `PROVIDER_NAMES`) with the keys that the provider gave to this service."""
    return replace(_BY_NAME[name], client_id=client_id, client_secret=client_secret, icon=name)


def openid_provider(
    name: str, issuer: str, client_id: str, client_secret: str = "", *, label: str = "", icon: str = "openid"
) -> Provider:
    """Any OpenID Connect issuer, found by discovery. Raises `ValueError` with a sentence for the administrator."""
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name) is None or name in _BY_NAME:
        raise ValueError(f"“{name}” cannot name an issuer: use a-z, 0-9 and -, and no name of a known provider.")
    if origin_of(issuer) is None or "?" in issuer or "#" in issuer:
        raise ValueError(f"The issuer of “{name}” must be an address like https://login.example.org.")
    if not issuer.startswith("https://") and not is_loopback(issuer):
        raise ValueError(f"The issuer of “{name}” must begin with https:// (http:// is for this machine alone).")
    return Provider(
        name=name,
        label=label or name.replace("-", " ").title(),
        issuer=issuer,
        choose={"prompt": "login"},  # the one that every issuer knows (OpenID Connect Core, 3.1.2.1)
        discover=True,
        icon=icon,
        client_id=client_id,
        client_secret=client_secret,
    )
