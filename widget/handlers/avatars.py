"""The pictures of people."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from widget.errors import NotFound
from widget.handlers.requests import service_of
from widget.store.avatars import get_avatar

_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


async def avatar(request: Request) -> Response:
    """GET /avatar/{hash}.webp: another picture has another address."""
    name = request.path_params["avatar"]
    body = await service_of(request).core.db.read(get_avatar, name) if re.fullmatch("[0-9a-f]{32}", name) else None
    if body is None:
        raise NotFound("There is no such picture.")
    return Response(body, headers=_HEADERS, media_type="image/webp")
