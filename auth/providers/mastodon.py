"""Mastodon and its relatives, on any server. https://docs.joinmastodon.org/methods/oauth/"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="mastodon",
    label="Mastodon",
    way="mastodon",
    needs=("enabled",),
    issuer="{host}",
    authorize="{host}/oauth/authorize",
    scopes=("profile",),
    choose={"force_login": "true"},
    exchange="{host}/oauth/token",
    userinfo="{host}/api/v1/accounts/verify_credentials",
    fields=Fields(
        subject=("{url}",),  # `id` may be given out anew
        name=("{display_name}", "{username}"),
        username=("{username}",),
        email=(),
        email_verified="",
        avatar=("{avatar_static}", "{avatar}"),
        profile=("{url}",),
    ),
)
