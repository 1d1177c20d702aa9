"""Discord. https://docs.discord.com/developers/topics/oauth2"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
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
    verifies_email=True,
)
