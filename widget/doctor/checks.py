"""The checks of a page. Each is given what is known and yields what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from widget.doctor.csp import forbidding, parse_policy
from widget.doctor.findings import Finding, ok, problem, warning
from widget.doctor.page import Page
from widget.errors import Invalid
from widget.page_key import SiteAddress, is_site_url, page_key
from widget.store.sites import Site
from widget.url_parts import BadUrl, is_loopback, split_url


class Case(NamedTuple):
    """The page, this service's own origin, all sites by name, and the site that the page's tag names."""

    page: Page
    public_url: str
    sites: Mapping[str, Site]
    site: Site | None


def _tag(case: Case) -> Iterator[Finding]:
    page, loader = case.page, f"{case.public_url}/embed.js"
    example = f'<script async src="{loader}" data-site="NAME"></script>'
    if not page.tags:
        if any(frame.startswith(f"{case.public_url}/embed/") for frame in page.frames):
            yield ok("The comments stand in a frame that was written by hand; no script is needed.")
            return
        yield problem(
            "There is no tag of the comments in the page as it comes from the server.",
            f"Paste {example} where the comments shall be. If a script inserts it, this is only a remark.",
        )
        return
    if len(page.tags) > 1:
        yield problem(f"The tag is there {len(page.tags)} times; only the last one counts.", "Leave one of them.")
    source = page.tags[-1]["src"]
    if source.partition("?")[0] != loader:
        yield problem(f"The tag loads {source}, which is not this service.", f'Change it to src="{loader}".')
    else:
        yield ok(f"The tag loads {loader}.")


def _site(case: Case) -> Iterator[Finding]:
    if not case.page.tags:
        return
    name = case.page.tags[-1].get("data-site", "")
    if not name:
        yield problem("The tag has no data-site.", f"Add one; there are: {', '.join(case.sites) or 'no sites yet'}.")
    elif case.site is None:
        there = ", ".join(case.sites) or f"none yet; palaver site add {name} --origin {_origin(case.page.url)}"
        yield problem(f"There is no site “{name}” here.", f"There are: {there}.")
    elif not is_site_url(case.page.url, case.site.origins):
        origin = _origin(case.page.url)
        yield problem(
            f"{origin} is no origin of the site “{name}”, so browsers will not show the comments there.",
            f"palaver site set {name} origins={','.join((*case.site.origins, origin))}",
        )
    else:
        yield ok(f"The page belongs to the site “{name}”.")


def _identity(case: Case) -> Iterator[Finding]:
    """Which thread the page has, and whether that can be meant."""
    if case.site is None or not is_site_url(case.page.url, case.site.origins):
        return
    tag = case.page.tags[-1] if case.page.tags else {}
    url = tag.get("data-url") or _canonical(case) or case.page.url
    try:
        key = page_key(url, tag.get("data-page-id"), _address(case.site))
    except Invalid as error:
        yield problem(error.message, "Mend data-page-id or data-url in the tag, or leave it out.")
        return
    yield ok(f"Its thread is “{key.key}”.")
    if not tag.get("data-page-id") and key.key != page_key(case.page.url, None, _address(case.site)).key:
        yield warning(
            f"The page says that its address is {url}; every page that says so has the same comments.",
            "That is right for copies of one page. If it stands on all pages, mend the template.",
        )


def _canonical(case: Case) -> str:
    """What the loader takes: a canonical link on the same host, with or without `www.`."""
    found = next(iter(case.page.canonical), "")
    return found if found and _bare_host(found) == _bare_host(case.page.url) else ""


def _canonical_elsewhere(case: Case) -> Iterator[Finding]:
    if len(case.page.canonical) > 1:
        yield warning("The page has several canonical links; the first one counts.", "Leave one of them.")
    for found in case.page.canonical[:1]:
        if _bare_host(found) != _bare_host(case.page.url):
            yield warning(
                f"The canonical link leads to another host ({found}), so it does not say which thread this is.",
                "If the same article is on both hosts, give both tags the same data-page-id.",
            )


def _policy(case: Case) -> Iterator[Finding]:
    page, home = case.page, case.public_url
    nonces = [tag.get("nonce", "") for tag in page.tags[-1:]]
    script = forbidding(page.policies, "script-src-elem", f"{home}/embed.js", page=page.url, nonces=nonces)
    frame = forbidding(page.policies, "frame-src", f"{home}/embed/x", page=page.url)
    if script and page.tags:
        yield problem(
            f"The page's Content-Security-Policy keeps the script out: {script}", f"Add {home} to its script-src."
        )
    if frame:
        yield problem(
            f"The page's Content-Security-Policy keeps the frame out: {frame}", f"Add frame-src {home} to it."
        )
    if any(source.startswith(f"{home}/") for source in page.summaries):
        connect = forbidding(page.policies, "connect-src", f"{home}/api/v1/x", page=page.url)
        if connect:
            yield problem(
                f"The page's Content-Security-Policy lets no script ask for counts or latest comments: {connect}",
                f"Add connect-src {home} to it.",
            )
    for policy in page.policies:
        sandbox = parse_policy(policy).get("sandbox")
        if sandbox is not None and not {"allow-scripts", "allow-same-origin", "allow-popups"} <= set(sandbox):
            yield problem(
                "The page's Content-Security-Policy puts it into a sandbox.",
                "Add allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox.",
            )
    if page.policies and not script and not frame:
        yield ok("The page's Content-Security-Policy lets script and frame in.")


def _isolation(case: Case) -> Iterator[Finding]:
    headers = case.page.headers
    if headers.get("cross-origin-embedder-policy", "unsafe-none").partition(";")[0].strip() != "unsafe-none":
        yield ok("The page isolates itself (COEP); the frame is made for that.")
    if headers.get("cross-origin-opener-policy", "unsafe-none").partition(";")[0].strip() != "unsafe-none":
        yield ok("The page cuts itself off from windows it opens (COOP); signing in needs no such tie.")


def _encryption(case: Case) -> Iterator[Finding]:
    if case.page.url.startswith("http://") and not is_loopback(_origin(case.page.url)):
        yield warning(
            "The page comes without encryption, so anybody on the way can change it, the comments' tag included.",
            "Serve it by https.",
        )


CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _tag,
    _site,
    _identity,
    _canonical_elsewhere,
    _policy,
    _isolation,
    _encryption,
)


def check_page(case: Case) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(case)


def _origin(url: str) -> str:
    parts = split_url(url)
    return f"{parts.scheme}://{parts.netloc}"


def _bare_host(url: str) -> str:
    try:
        return split_url(url).netloc.removeprefix("www.")
    except BadUrl:
        return ""


def _address(site: Site) -> SiteAddress:
    return SiteAddress(site.origins, site.keep_query, site.hash_routes)
