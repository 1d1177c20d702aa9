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
    """GET /readyz: the database answers too; 503 otherwise. A backup that is overdue is told, and no reason to send
    readers elsewhere.
    """
    service = service_of(request)
    try:
        await service.core.db.read(sites.get_site, "")  # a seek that finds nothing
    except Unavailable:
        return PlainTextResponse("the database does not answer\n", 503, _HEADERS)
    overdue = service.backups is not None and service.backups.overdue
    return PlainTextResponse("ok\na backup is overdue\n" if overdue else "ok\n", headers=_HEADERS)
