"""Slack. https://docs.slack.dev/authentication/sign-in-with-slack"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="slack",
    label="Slack",
    issuer="https://slack.com",
    authorize="https://slack.com/openid/connect/authorize",
    pkce=False,  # to switch it on makes the app a public client, and cannot be undone
    exchange="https://slack.com/api/openid.connect.token",
    jwks="https://slack.com/openid/connect/keys",
    userinfo="https://slack.com/api/openid.connect.userInfo",
    fields=Fields(
        subject=("{https://slack.com/team_id}:{https://slack.com/user_id}",),  # a user's id is one of the workspace
        username=(),
        email_verified="",  # a workspace's administrator may set any address
        profile=(),
    ),
)
