"""LINE. https://developers.line.biz/en/docs/line-login/integrate-line-login/"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="line",
    label="LINE",
    issuer="https://access.line.me",
    authorize="https://access.line.me/oauth2/v2.1/authorize",
    scopes=("profile",),
    choose={"disable_auto_login": "true"},
    exchange="https://api.line.me/oauth2/v2.1/token",
    # Not by ID token: LINE signs those of websites by HMAC, with a key that is not for signatures.
    userinfo="https://api.line.me/v2/profile",
    fields=Fields(
        subject=("{userId}",),
        name=("{displayName}",),
        username=(),
        email=(),
        email_verified="",
        avatar=("{pictureUrl}",),
        profile=(),
    ),
)
