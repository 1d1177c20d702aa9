"""GitLab. https://docs.gitlab.com/api/oauth2/"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="gitlab",
    label="GitLab",
    issuer="https://gitlab.com",
    authorize="https://gitlab.com/oauth/authorize",
    exchange="https://gitlab.com/oauth/token",
    userinfo="https://gitlab.com/api/v4/user",
    scopes=("read_user",),
    fields=Fields(
        subject=("{id}",),
        name=("{name}", "{username}"),
        username=("{username}",),
        email_verified="confirmed_at",
        avatar=("{avatar_url}",),
        profile=("{web_url}",),
    ),
)
