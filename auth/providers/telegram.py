"""Telegram. https://core.telegram.org/bots/telegram-login"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="telegram",
    label="Telegram",
    issuer="https://oauth.telegram.org",
    authorize="https://oauth.telegram.org/auth",
    scopes=("openid", "profile"),
    exchange="https://oauth.telegram.org/token",
    client_auth="basic",
    jwks="https://oauth.telegram.org/.well-known/jwks.json",
    algorithms=("RS256", "ES256", "EdDSA"),  # whichever is chosen for the bot
    fields=Fields(
        subject=("{id}",),  # the number that Telegram knows people by everywhere; `sub` is another
        # The second of each is what the login widget of earlier years says.
        name=("{name}", "{first_name} {last_name}", "{first_name}"),
        username=("{preferred_username}", "{username}"),
        email=(),
        email_verified="",
        avatar=("{picture}", "{photo_url}"),
        profile=("https://t.me/{preferred_username}", "https://t.me/{username}"),
    ),
)
