"""WordPress.com. https://developer.wordpress.com/docs/api/oauth2/"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="wordpress",
    label="WordPress.com",
    issuer="https://wordpress.com",
    authorize="https://public-api.wordpress.com/oauth2/authorize",
    exchange="https://public-api.wordpress.com/oauth2/token",
    userinfo="https://public-api.wordpress.com/rest/v1.1/me/",
    scopes=("auth",),  # any other binds the token to one blog
    fields=Fields(
        subject=("{ID}",),
        name=("{display_name}", "{username}"),
        username=("{username}",),
        avatar=("{avatar_URL}",),
        profile=("{profile_URL}",),
    ),
    verifies_email=True,
)
