"""Patreon. https://docs.patreon.com/#oauth"""

from auth.identity import Fields
from auth.providers.row import Provider

_MEMBERS = "email,full_name,is_email_verified,thumb_url,url,vanity"

ROW = Provider(
    name="patreon",
    label="Patreon",
    issuer="https://www.patreon.com",
    authorize="https://www.patreon.com/oauth2/authorize",
    scopes=("identity", "identity[email]"),
    exchange="https://www.patreon.com/api/oauth2/token",
    userinfo=f"https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D={_MEMBERS}",
    fields=Fields(
        subject=("{data.id}",),
        name=("{data.attributes.full_name}", "{data.attributes.vanity}"),
        username=("{data.attributes.vanity}",),
        email=("{data.attributes.email}",),
        email_verified="data.attributes.is_email_verified",
        avatar=("{data.attributes.thumb_url}",),
        profile=("{data.attributes.url}",),
    ),
    verifies_email=True,
)
