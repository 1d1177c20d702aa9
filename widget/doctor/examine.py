"""Asks for a page and runs every check on it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx2

from auth import Provider
from widget.db import unix_ms
from widget.doctor.checks import Case, check_page
from widget.doctor.findings import Finding, problem, warning
from widget.doctor.page import read_page
from widget.doctor.service import check_clock, check_providers, check_service, check_ways
from widget.public_http import Place, public_client
from widget.store.sites import Site
from widget.url_parts import BadUrl, is_loopback, split_url

MAX_BYTES = 4 << 20  # of a page


@dataclass(frozen=True, slots=True)
class Doctor:
    """What it takes to look at pages. `http` asks for our own address and the providers; `instead` is that of
    `public_client`, which fetches the page, for anybody may have named it.
    """

    public_url: str
    providers: Mapping[str, Provider]
    http: httpx2.AsyncClient
    certificates: ssl.SSLContext
    instead: Mapping[str, Place] | None = None

    async def examine(self, url: str, known: Sequence[Site]) -> list[Finding]:
        """Of the sites here, no others are named than those that are `known` to who asks."""
        here = {**places_here(url, self.public_url), **(self.instead or {})}
        async with public_client(self.certificates, max_bytes=MAX_BYTES, instead=here) as public_http:
            return await examine(url, self.public_url, known, self.providers, http=self.http, public_http=public_http)


async def examine(
    url: str,
    public_url: str,
    known: Sequence[Site],
    providers: Mapping[str, Provider],
    *,
    http: httpx2.AsyncClient,
    public_http: httpx2.AsyncClient,
) -> list[Finding]:
    """As `Doctor.examine`."""
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
    page = await asyncio.to_thread(read_page, found, answer.headers, answer.text)  # a long one takes a second
    by_name = {site.name: site for site in known}
    named = by_name.get(page.tags[-1].get("data-site", "")) if page.tags else None
    return [
        *first,
        *check_page(Case(page, public_url, by_name, named)),
        *await check_service(http, public_url, named, found),
        *check_ways(named, providers),
        *[finding async for finding in check_providers(http, public_url, providers)],
        *check_clock(answer.headers, unix_ms()),
    ]


def places_here(url: str, public_url: str) -> dict[str, Place]:
    """Pages on this machine may be looked at where the service itself is on it, for its owner's own trials."""
    try:
        parts = split_url(url)
    except BadUrl:
        return {}
    host, _, port = parts.netloc.partition(":")
    if not is_loopback(public_url) or not is_loopback(f"{parts.scheme}://{parts.netloc}"):
        return {}
    return {host: Place("127.0.0.1", int(port or 80))}
