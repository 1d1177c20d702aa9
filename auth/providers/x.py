"""X. https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
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
)
