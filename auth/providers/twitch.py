"""Twitch. https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="twitch",
    label="Twitch",
    issuer="https://id.twitch.tv/oauth2",
    authorize="https://id.twitch.tv/oauth2/authorize",
    scopes=("user:read:email",),
    choose={"force_verify": "true"},
    exchange="https://id.twitch.tv/oauth2/token",
    userinfo="https://api.twitch.tv/helix/users",
    client_header="Client-Id",
    fields=Fields(
        subject=("{data.0.id}",),
        name=("{data.0.display_name}", "{data.0.login}"),
        username=("{data.0.login}",),
        email=("{data.0.email}",),
        email_verified="",
        avatar=("{data.0.profile_image_url}",),
        profile=("https://www.twitch.tv/{data.0.login}",),
    ),
)
