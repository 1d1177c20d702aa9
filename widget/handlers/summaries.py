"""What host pages show of threads elsewhere: how many comments there are, and the latest. As JSON, which scripts of any
page may read, for it holds nothing of who asks; and as HTML, for pages without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from widget.api import CountsOut
from widget.cache import ANY, Rendered, SummaryKey
from widget.db import Tx
from widget.documents import FRAME, read_document, read_look, read_page_key
from widget.errors import Invalid
from widget.handlers.cached import cached, raw
from widget.handlers.requests import service_of, site_of
from widget.html import LASTING, frame_headers
from widget.latest import latest_out, latest_views
from widget.store.latest import Latest, list_latest
from widget.store.pages import Count, list_counts
from widget.store.sites import Site, get_version

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

    def write(found: list[Count]) -> str:
        approved = {count.asked: count.approved for count in found}
        return _json(CountsOut({asked: approved.get(key, 0) for asked, key in keys.items()}))

    key = SummaryKey(site.name, tuple(keys.values()), ("counts", *keys))
    return await _cached(request, site, key, partial(list_counts, site_id=site.id, keys=key.pages), write, _JSON)


async def count(request: Request) -> Response:
    """GET /count/{site}?url=|id=&theme=: the link alone, to be put into a page by its server; with a theme a document
    for a frame.
    """
    site, theme = await site_of(request), request.query_params.get("theme")
    document, html = read_document(site, FRAME, request.query_params), service_of(request).html

    def write(found: list[Count]) -> str:
        approved = sum(count.approved for count in found)
        return html.render("count.html", document=document, framed=bool(theme), count=approved)

    key = SummaryKey(site.name, (document.page.key,), ("count", document.page.url, document.lang, theme or ""))
    return await _cached(
        request, site, key, partial(list_counts, site_id=site.id, keys=key.pages), write, _of_frame(site)
    )


async def latest(request: Request) -> Response:
    """GET /api/v1/{site}/latest?limit="""
    site, origin, limit = await site_of(request), service_of(request).origin, _read_limit(request)

    def write(found: list[Latest]) -> str:
        return _json(latest_out(latest_views(origin, site, found)))

    key = SummaryKey(site.name, (ANY,), ("latest", str(limit)))
    return await _cached(request, site, key, partial(list_latest, site_id=site.id, limit=limit), write, _JSON)


async def latest_document(request: Request) -> Response:
    """GET /latest/{site}?limit=&theme=&lang="""
    site, service, limit = await site_of(request), service_of(request), _read_limit(request)
    lang, theme = read_look(site, request.query_params)

    def write(found: list[Latest]) -> str:
        comments = latest_views(service.origin, site, found)
        return service.html.render("latest.html", comments=comments, lang=lang, theme=theme)

    key = SummaryKey(site.name, (ANY,), ("latest document", str(limit), lang, theme))
    return await _cached(request, site, key, partial(list_latest, site_id=site.id, limit=limit), write, _of_frame(site))


class _Row(Protocol):
    @property
    def page(self) -> str:
        """The key of the page that holds the comments."""


Found = TypeVar("Found", bound=_Row)


async def _cached(
    request: Request,
    site: Site,
    key: SummaryKey,
    read: Callable[[Tx], list[Found]],
    write: Callable[[list[Found]], str],
    headers: Mapping[str, str],
) -> Response:
    db = service_of(request).core.db

    def read_all(tx: Tx) -> tuple[int | None, list[Found]]:
        return get_version(tx, site.id), read(tx)

    async def reread() -> object:
        version, rows = await db.read(read_all)
        return version, hash(tuple(rows))

    async def build() -> Rendered:
        rows = await db.read(read)
        pages = [*key.pages, *(row.page for row in rows)]
        return Rendered(partial(write, rows), pages, (site.version, hash(tuple(rows))), reread, raw(headers))

    return await cached(request, site, key, build)


def _read_limit(request: Request) -> int:
    given = request.query_params.get("limit", str(LATEST))
    if not re.fullmatch("[0-9]{1,3}", given) or not 1 <= int(given) <= MAX_LATEST:
        sentence = f"“limit” is a number from 1 to {MAX_LATEST}."
        raise Invalid(sentence, code="bad_limit", fields={"limit": sentence})
    return int(given)


def _json(answer: Any) -> str:
    return msgspec.json.encode(answer).decode()


def _of_frame(site: Site) -> dict[str, str]:
    return {**frame_headers(site, personal=False), "Vary": "Accept-Encoding"}
