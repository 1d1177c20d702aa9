"""For orchestrators: is the process alive, may it get traffic?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from widget.errors import Unavailable
from widget.handlers.requests import service_of
from widget.store import sites

_HEADERS = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> Response:
    """GET /healthz: the process answers."""
    return PlainTextResponse("ok\n", headers=_HEADERS)


async def ready(request: Request) -> Response:
    """GET /readyz: the database answers too; 503 otherwise."""
    try:
        await service_of(request).core.db.read(sites.get_site, "")  # a seek that finds nothing
    except Unavailable:
        return PlainTextResponse("the database does not answer\n", 503, _HEADERS)
    return PlainTextResponse("ok\n", headers=_HEADERS)
