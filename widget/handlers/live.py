"""The stream of what changes in a thread, for those who have it open."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from widget.documents import read_page_key
from widget.errors import BadRequest, Forbidden
from widget.handlers.requests import service_of, site_of
from widget.live import Live, retry
from widget.store.sites import Site

_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx passes it on at once
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
MAX_VERSION = 2**63 - 1


async def stream(request: Request) -> Response:
    """GET /live/{site}?url=…|id=…&since=VERSION; `Last-Event-ID` is a later version.

    HEAD tells a script why it got no stream, for `EventSource` keeps the status to itself: 204 is for good, 503 is not.

    Nothing of the reader is in it. Pages of others cannot read it, and are kept from holding it open, too.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("This stream is for the comments alone.", code="other_origin")
    site = await site_of(request)
    query = request.query_params
    page = read_page_key(site, query.get("url"), query.get("id"))
    since = request.headers.get("last-event-id") or query.get("since", "0")
    if not (since.isascii() and since.isdecimal() and len(since) < 20 and int(since) <= MAX_VERSION):
        raise BadRequest("“since” is a version of the page: a whole number.", code="bad_since")
    if not site.live:
        return Response(status_code=204)  # a browser does not ask again (WHATWG HTML, 9.2.3)
    live = service_of(request).live
    live.check_room(request.state.client_address)
    if request.method == "HEAD":
        return Response()
    return LiveResponse(live, site, page.key, int(since), request.state.client_address)


class LiveResponse(Response):
    """Goes on until the reader leaves."""

    def __init__(self, live: Live, site: Site, page_key: str, since: int, address: str) -> None:
        super().__init__()
        self._live = live
        self._what = (site, page_key, since, address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        await send({"type": "http.response.body", "body": retry(2.0, 6.0), "more_body": True})
        await self._live.serve(*self._what, receive, send)
