"""Facebook. https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="facebook",
    label="Facebook",
    issuer="https://www.facebook.com",
    # Without a version these lead to the oldest one that is served, so they do not expire.
    authorize="https://www.facebook.com/dialog/oauth",
    exchange="https://graph.facebook.com/oauth/access_token",
    userinfo="https://graph.facebook.com/me?fields=id,name,email,picture.width(200)",
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
)
