"""GitHub. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="github",
    label="GitHub",
    issuer="https://github.com",
    authorize="https://github.com/login/oauth/authorize",
    exchange="https://github.com/login/oauth/access_token",
    userinfo="https://api.github.com/user",
    emails="https://api.github.com/user/emails",
    scopes=("user:email",),  # who somebody is, is public
    fields=Fields(
        subject=("{id}",),
        name=("{name}", "{login}"),
        username=("{login}",),
        avatar=("{avatar_url}",),
        profile=("{html_url}",),
    ),
    choose={"prompt": "select_account"},
    verifies_email=True,
)
