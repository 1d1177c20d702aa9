"""Asks for a page and runs every check on it."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from auth import Provider
from widget.db import Database, unix_ms
from widget.doctor.checks import Case, check_page
from widget.doctor.findings import Finding, problem, warning
from widget.doctor.page import read_page
from widget.doctor.service import check_clock, check_providers, check_service, check_ways
from widget.public_http import Place
from widget.settings import Settings
from widget.store import sites
from widget.url_parts import BadUrl, is_loopback, split_url

MAX_BYTES = 4 << 20  # of a page


async def examine(
    url: str,
    settings: Settings,
    db: Database,
    providers: Mapping[str, Provider],
    *,
    http: httpx2.AsyncClient,
    public_http: httpx2.AsyncClient,
) -> list[Finding]:
    """`public_http` fetches the page, which anybody may have named; `http` our own address and the providers."""
    try:
        answer = await public_http.get(url, follow_redirects=True)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        said = str(error) or type(error).__name__
        return [problem(f"{url} cannot be read from here: {said}.", "Is the address right, and public?")]
    found = str(answer.url)
    first = [warning(f"{url} leads on to {found}, which is what was looked at.")] if found != url else []
    if answer.status_code != 200 or "html" not in answer.headers.get("content-type", ""):
        kind = answer.headers.get("content-type", "no type")
        return [
            *first,
            problem(f"{found} is no page: status {answer.status_code}, {kind}.", "Name a page of the site."),
        ]
    page = read_page(found, answer.headers, answer.text)
    by_name = {site.name: site for site in await db.read(sites.list_sites)}
    named = by_name.get(page.tags[-1].get("data-site", "")) if page.tags else None
    return [
        *first,
        *check_page(Case(page, settings.public_url, by_name, named)),
        *await check_service(http, settings.public_url, named, found),
        *check_ways(named, providers),
        *[finding async for finding in check_providers(http, settings.public_url, providers)],
        *check_clock(answer.headers, unix_ms()),
    ]


def places_here(url: str, settings: Settings) -> dict[str, Place]:
    """Pages on this machine may be looked at where the service itself is on it, for its owner's own trials."""
    try:
        parts = split_url(url)
    except BadUrl:
        return {}
    host, _, port = parts.netloc.partition(":")
    if not is_loopback(settings.public_url) or not is_loopback(f"{parts.scheme}://{parts.netloc}"):
        return {}
    return {host: Place("127.0.0.1", int(port or 80))}
