"""Microsoft. https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="microsoft",
    label="Microsoft",
    # By Graph and not by ID token: with the tenant "common" the issuer differs for each tenant.
    issuer="https://graph.microsoft.com",
    authorize="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    exchange="https://login.microsoftonline.com/common/oauth2/v2.0/token",
    userinfo="https://graph.microsoft.com/v1.0/me",
    scopes=("User.Read",),
    fields=Fields(
        subject=("{id}",),
        name=("{displayName}",),
        username=(),
        email=("{mail}",),  # userPrincipalName is no proof of an address
        email_verified="",  # a tenant's administrator may set any address
        avatar=(),
        profile=(),
    ),
    choose={"prompt": "select_account"},
)
