"""LinkedIn. https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="linkedin",
    label="LinkedIn",
    issuer="https://www.linkedin.com",
    authorize="https://www.linkedin.com/oauth/v2/authorization",
    pkce=False,  # a code_verifier beside the secret is answered by invalid_client
    exchange="https://www.linkedin.com/oauth/v2/accessToken",
    # Not by ID token: the nonce is not in it.
    userinfo="https://api.linkedin.com/v2/userinfo",
    fields=Fields(username=(), profile=()),
    verifies_email=True,
)
