"""VK. https://id.vk.ru/about/business/go/docs/ru/vkid/latest/vk-id/connection/api-integration/api-description"""

from auth.identity import Fields
from auth.providers.row import Provider

ROW = Provider(
    name="vk",
    label="VK",
    needs=("id",),  # the code is proved by PKCE and by `device_id`, which comes back with it
    issuer="https://id.vk.com",
    authorize="https://id.vk.ru/authorize",
    scopes=("email",),
    choose={"prompt": "login"},
    exchange="https://id.vk.ru/oauth2/auth",
    echoes=("device_id", "state"),
    userinfo="https://id.vk.ru/oauth2/user_info",
    posts_token=True,
    fields=Fields(
        subject=("{user.user_id}",),
        name=("{user.first_name} {user.last_name}", "{user.first_name}"),
        username=(),
        email=("{user.email}",),
        email_verified="",  # its field "verified" is about the person
        avatar=("{user.avatar}",),
        profile=(),
    ),
)
