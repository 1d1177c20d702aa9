"""Gitea and Forgejo. https://docs.gitea.com/development/oauth2-provider"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="gitea",
    label="Gitea",
    needs=("id", "secret", "host"),
    issuer="{host}",
    authorize="{host}/login/oauth/authorize",
    exchange="{host}/login/oauth/access_token",
    # Not by ID token: a server may sign them with a secret, and its versions differ in how they write their own name.
    userinfo="{host}/login/oauth/userinfo",
    fields=Fields(email_verified=""),
)
