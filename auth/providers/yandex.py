"""Yandex. https://yandex.com/dev/id/doc/en/"""

from __future__ import annotations

from collections.abc import Mapping

from auth.identity import Fields
from auth.providers.row import Claims, Provider


def _without_empty_avatar(claims: Claims, _answer: Mapping[str, str]) -> Claims:
    """Who has no picture has the address of an empty one."""
    return {**claims, "default_avatar_id": ""} if claims.get("is_avatar_empty") else claims


ROW = Provider(
    name="yandex",
    label="Yandex",
    issuer="https://oauth.yandex.com",
    authorize="https://oauth.yandex.com/authorize",
    scopes=("login:info", "login:email", "login:avatar"),
    choose={"force_confirm": "yes"},
    exchange="https://oauth.yandex.com/token",
    userinfo="https://login.yandex.ru/info?format=json",
    scheme="OAuth",
    adjust=_without_empty_avatar,
    fields=Fields(
        subject=("{id}",),
        name=("{real_name}", "{display_name}", "{login}"),
        username=("{login}",),
        email=("{default_email}",),
        email_verified="",
        avatar=("https://avatars.yandex.net/get-yapic/{default_avatar_id}/islands-200",),
        profile=(),
    ),
)
