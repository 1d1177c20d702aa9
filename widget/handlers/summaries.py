"""What host pages show of threads elsewhere: how many comments there are, and the latest. As JSON, which scripts of any
page may read, for it holds nothing of who asks; and as HTML, for pages without scripts.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from widget import pages
from widget.api import CountsOut
from widget.cache import ANY, Rendered, SummaryKey
from widget.documents import FRAME, read_document, read_look, read_page_key
from widget.encodings import Headers
from widget.errors import Invalid
from widget.handlers.cached import cached, raw
from widget.handlers.requests import service_of, site_of
from widget.html import LASTING, frame_headers
from widget.latest import latest_out, latest_views
from widget.store.latest import list_latest
from widget.store.sites import Site

MAX_COUNTS = 200
LATEST, MAX_LATEST = 10, 50
_JSON = {
    "Content-Type": "application/json",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",  # a browser that sends cookies along takes no asterisk
    "Cache-Control": LASTING,
    "Vary": "Accept-Encoding",
}


async def counts(request: Request) -> Response:
    """GET /api/v1/{site}/counts?url=…&url=…&id=…"""
    site, query = await site_of(request), request.query_params
    urls, page_ids = query.getlist("url"), query.getlist("id")
    if len(urls) + len(page_ids) > MAX_COUNTS:
        raise Invalid(f"Ask for at most {MAX_COUNTS} pages at once.", code="too_many_urls")
    keys = {url: read_page_key(site, url, None).key for url in urls}
    keys |= {page_id: read_page_key(site, None, page_id).key for page_id in page_ids}
    keys = dict(sorted(keys.items()))  # in whatever order they are asked for

    async def build() -> Rendered:
        found = await pages.count(service_of(request).core, site, list(keys.values()))
        answer = CountsOut({asked: found[key].approved if key in found else 0 for asked, key in keys.items()})
        holders = [found[key].page if key in found else key for key in keys.values()]
        return Rendered(lambda: _json(answer), holders, None, raw(_JSON))

    return await cached(request, site, SummaryKey(site.name, tuple(keys.values()), ("counts", *keys)), build)


async def count(request: Request) -> Response:
    """GET /count/{site}?url=|id=&theme=: the link alone, to be put into a page by its server; with a theme a document
    for a frame.
    """
    site, theme = await site_of(request), request.query_params.get("theme")
    document, service = read_document(site, FRAME, request.query_params), service_of(request)
    page = document.page

    async def build() -> Rendered:
        found = (await pages.count(service.core, site, [page.key])).get(page.key)
        number, holder = (found.approved, found.page) if found else (0, page.key)
        return Rendered(
            lambda: service.html.render("count.html", document=document, framed=bool(theme), count=number),
            [holder],
            None,
            _of_frame(site),
        )

    form = ("count", page.url, document.lang, theme or "")
    return await cached(request, site, SummaryKey(site.name, (page.key,), form), build)


async def latest(request: Request) -> Response:
    """GET /api/v1/{site}/latest?limit="""
    site, service, limit = await site_of(request), service_of(request), _read_limit(request)

    async def build() -> Rendered:
        rows = await service.core.db.read(list_latest, site.id, limit)
        return Rendered(lambda: _json(latest_out(latest_views(service.origin, site, rows))), [ANY], None, raw(_JSON))

    return await cached(request, site, SummaryKey(site.name, (ANY,), ("latest", str(limit))), build)


async def latest_document(request: Request) -> Response:
    """GET /latest/{site}?limit=&theme=&lang="""
    site, service, limit = await site_of(request), service_of(request), _read_limit(request)
    lang, theme = read_look(site, request.query_params)

    async def build() -> Rendered:
        rows = await service.core.db.read(list_latest, site.id, limit)

        def write() -> str:
            comments = latest_views(service.origin, site, rows)
            return service.html.render("latest.html", comments=comments, lang=lang, theme=theme)

        return Rendered(write, [ANY], None, _of_frame(site))

    form = ("latest document", str(limit), lang, theme)
    return await cached(request, site, SummaryKey(site.name, (ANY,), form), build)


def _read_limit(request: Request) -> int:
    given = request.query_params.get("limit", str(LATEST))
    if not re.fullmatch("[0-9]{1,3}", given) or not 1 <= int(given) <= MAX_LATEST:
        sentence = f"“limit” is a number from 1 to {MAX_LATEST}."
        raise Invalid(sentence, code="bad_limit", fields={"limit": sentence})
    return int(given)


def _json(answer: Any) -> str:
    return msgspec.json.encode(answer).decode()


def _of_frame(site: Site) -> Headers:
    return raw({**frame_headers(site, personal=False), "Vary": "Accept-Encoding"})
