"""GitLab. https://docs.gitlab.com/api/oauth2/"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="gitlab",
    label="GitLab",
    takes=("host",),
    host="https://gitlab.com",
    issuer="{host}",  # who somebody is, is a number that each server gives out anew
    authorize="{host}/oauth/authorize",
    exchange="{host}/oauth/token",
    userinfo="{host}/api/v4/user",
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
