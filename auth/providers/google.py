"""Google. https://developers.google.com/identity/openid-connect/openid-connect"""

from auth.providers.row import Provider

ROW = Provider(
    name="google",
    label="Google",
    issuer="https://accounts.google.com",
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    exchange="https://oauth2.googleapis.com/token",
    jwks="https://www.googleapis.com/oauth2/v3/certs",
    choose={"prompt": "select_account"},
    verifies_email=True,
)
