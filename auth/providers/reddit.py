"""Reddit. https://github.com/reddit-archive/reddit/wiki/OAuth2"""

from __future__ import annotations

from collections.abc import Mapping

from auth.identity import Fields
from auth.providers.row import Claims, Provider


def _unescaped(claims: Claims, _answer: Mapping[str, str]) -> Claims:
    """The picture's address is written as in HTML."""
    icon = claims.get("icon_img")
    return {**claims, "icon_img": icon.replace("&amp;", "&")} if isinstance(icon, str) else claims


ROW = Provider(
    name="reddit",
    label="Reddit",
    issuer="https://www.reddit.com",
    authorize="https://www.reddit.com/api/v1/authorize",
    scopes=("identity",),
    exchange="https://www.reddit.com/api/v1/access_token",
    client_auth="basic",
    userinfo="https://oauth.reddit.com/api/v1/me",
    adjust=_unescaped,
    fields=Fields(
        subject=("{id}",),
        name=("{name}",),
        username=("{name}",),
        email=(),
        email_verified="",  # has_verified_email is about an address that we are not told
        avatar=("{icon_img}",),
        profile=("https://www.reddit.com/user/{name}/",),
    ),
)
