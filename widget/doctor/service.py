"""The checks of this service itself: what a browser on that page would get from it."""

from __future__ import annotations

import email.utils
from collections.abc import AsyncIterator, Iterator, Mapping
from urllib.parse import urlencode

import httpx2

from auth import Provider, probe_provider
from widget.db import unix_ms
from widget.doctor.csp import parse_policy
from widget.doctor.findings import Finding, ok, problem, warning
from widget.store.sites import Site
from widget.url_parts import is_loopback

CLOCK_SECONDS = 60


async def check_service(http: httpx2.AsyncClient, public_url: str, site: Site | None, page_url: str) -> list[Finding]:
    """Ask for the loader and the frame as a browser would, past every proxy that stands before us."""
    if not public_url.startswith("https://") and not is_loopback(public_url):
        return [problem(f"{public_url} is without encryption; sign-in needs https.", "Set public_url to https://….")]
    name = site.name if site is not None else ""
    try:
        loader = await http.get(f"{public_url}/embed.js")
        frame = await http.get(f"{public_url}/embed/{name}?{urlencode({'url': page_url})}") if name else None
    except httpx2.HTTPError as error:
        said = f"{public_url} does not answer from here ({type(error).__name__})."
        return [problem(said, "Is the service running, and does its name lead here? Browsers must reach it.")]
    return [*_loader(loader), *(_frame(frame, page_url) if frame is not None else ())]


def _loader(answer: httpx2.Response) -> Iterator[Finding]:
    kind = answer.headers.get("content-type", "no type")
    if answer.status_code != 200 or "javascript" not in kind:
        said = f"{answer.url} answers with status {answer.status_code} and {kind}."
        yield problem(said, "The proxy must pass every path on to the service.")


def _frame(answer: httpx2.Response, page_url: str) -> Iterator[Finding]:
    if answer.status_code != 200:
        return  # what is wrong with the site or the address stands among the page's findings
    if "x-frame-options" in answer.headers:
        yield problem("Something before the service adds X-Frame-Options to the frame.", "Switch it off in the proxy.")
    ancestors = parse_policy(answer.headers.get("content-security-policy", "")).get("frame-ancestors", [])
    origin = "/".join(page_url.split("/", 3)[:3])
    if origin not in ancestors:
        yield problem(
            f"The frame may not be shown on {origin}: its frame-ancestors are {' '.join(ancestors) or 'missing'}.",
            "If the site's origins are right, something before the service changes its headers.",
        )
    else:
        yield ok(f"Browsers may show the frame on {origin}.")


def check_ways(site: Site | None, providers: Mapping[str, Provider]) -> Iterator[Finding]:
    """Can anybody comment at all?"""
    if providers or (site is not None and site.sso):
        return
    if site is not None and not site.guests:
        yield problem(
            "Nobody can comment: guests may not, and no provider has keys.",
            f"palaver site set {site.name} guests=on, or give keys to a provider.",
        )
    else:
        yield warning("No provider has keys, so readers comment as guests only.", "docs/sign-in.md says how.")


async def check_providers(
    http: httpx2.AsyncClient, public_url: str, providers: Mapping[str, Provider]
) -> AsyncIterator[Finding]:
    for provider in providers.values():
        if provider.way != "oauth":
            continue
        wrong = await probe_provider(provider, public_url, http, unix_ms)
        callback = f"{public_url}/auth/{provider.name}/callback"
        yield (
            problem(wrong, f"The redirect URI is {callback}")
            if wrong
            else ok(f"{provider.label} takes sign-ins from here; the redirect URI is {callback}.")
        )


def check_clock(headers: Mapping[str, str], now: int) -> Iterator[Finding]:
    """Against the page's server; `now` is Unix milliseconds. Tokens are good for minutes only."""
    try:
        theirs = email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()
    except ValueError:
        return
    apart = round(abs(now / 1000 - theirs))
    if apart > CLOCK_SECONDS:
        yield problem(
            f"The clock here and the page's server's are {apart} seconds apart; sign-in fails where ours is wrong.",
            "Let the system set its clock by NTP.",
        )
