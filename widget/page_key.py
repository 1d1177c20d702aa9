"""Which thread a URL is. Pure: the host page's claim goes in, a key and a clean link come out.

An explicit id wins (`id:…`); else the URL without everything that does not tell two pages apart (`url:…`):
scheme, `www.`, default port, fragment, dot segments (RFC 3986, 5.2.4), duplicate and trailing slashes, `index.*` and
tracking parameters. The other parameters are kept and sorted, the case of the path is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from widget.errors import Invalid
from widget.url_parts import (
    BadUrl,
    SplitUrl,
    clean_query,
    encode_path,
    normal_percent,
    remove_dot_segments,
    split_url,
)

MAX_URL = 2_000  # characters; a unique index row of PostgreSQL holds 2,704 bytes
MAX_PAGE_ID = 500  # characters: at most 2,000 bytes of UTF-8

# What a template or a script prints when it has no id: each would put every page of the site into one thread.
NO_IDS = frozenset({"", "null", "undefined", "none", "nan", "[object object]"})

_INDEX = re.compile(r"index\.[a-z0-9]+", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class SiteAddress(msgspec.Struct, frozen=True):
    """What of a site decides which page a URL is. `origins` come from `normalise_origin`."""

    origins: Sequence[str]
    keep_query: bool = True
    hash_routes: bool = False


class PageKey(NamedTuple):
    """`key` names the thread within its site; `url` is the link to its page ("" when only an id was given)."""

    key: str
    url: str


def page_key(url: str | None, page_id: str | None, site: SiteAddress) -> PageKey:
    """Name the thread of a page. `page_key(result.url, …)` gives the same result again.

    Raises `Invalid` (`bad_page_id`, `bad_url`, `foreign_url`).
    """
    key = None if page_id is None else "id:" + _clean_page_id(page_id)
    if url is None:
        if key is None:
            raise _bad_url("is missing: a page is named by its address, or by an id")
        return PageKey(key, "")
    parts = _site_parts(url, site)
    route = _route(parts.fragment, site.keep_query) if site.hash_routes else ""
    query = clean_query(parts.query) if site.keep_query else []
    path = remove_dot_segments(encode_path(parts.path))
    link = _join(f"{parts.scheme}://{parts.netloc}", path, query, route)
    if len(link) > MAX_URL:
        raise _bad_url(f"is longer than {MAX_URL:,} characters")
    if key is None:
        key = "url:" + _join(_bare_host(parts), _bare_path(path), _by_name(query), route)
    return PageKey(key, link)


def normalise_origin(value: str) -> str:
    """`https://Blog.Example:443/` → `https://blog.example`. Raises `Invalid` (`bad_origin`)."""
    if "*" in value:
        raise Invalid(f"“{value}” holds a wildcard: name every host, each as an origin of its own.", code="bad_origin")
    try:
        parts = split_url(value.strip(" "))
    except BadUrl as error:
        raise Invalid(f"“{value}” {error}. An origin looks like https://blog.example.", code="bad_origin") from None
    if parts.path not in {"", "/"} or parts.query is not None or parts.fragment is not None:
        raise Invalid(
            f"“{value}” is more than an origin: leave out what follows the host, as in {parts.scheme}://{parts.netloc}.",
            code="bad_origin",
        )
    return f"{parts.scheme}://{parts.netloc}"


def is_site_url(url: str, origins: Sequence[str]) -> bool:
    """Whether `url` is a page of the site: its host, with or without `www.`, over http or https, on the same port."""
    try:
        parts = split_url(url.strip(" "))
    except BadUrl:
        return False
    return _is_listed(parts, origins)


def _is_listed(parts: SplitUrl, origins: Sequence[str]) -> bool:
    host = _bare_host(parts)
    return any(_bare_host(split_url(origin)) == host for origin in origins)


def _site_parts(url: str, site: SiteAddress) -> SplitUrl:
    if len(url) > MAX_URL:
        raise _bad_url(f"is longer than {MAX_URL:,} characters")
    try:
        parts = split_url(url.strip(" "))
    except BadUrl as error:
        raise _bad_url(str(error)) from None
    if not _is_listed(parts, site.origins):
        raise Invalid(
            f"{parts.netloc} is not an address of this site: its owner can add it to the site's origins.",
            code="foreign_url",
            fields={"url": "This address does not belong to the site."},
        )
    return parts


def _bad_url(what: str) -> Invalid:
    return Invalid(f"The page's address {what}.", code="bad_url", fields={"url": f"This address {what}."})


def _clean_page_id(value: str) -> str:
    page_id = value.strip()
    if page_id.lower() in NO_IDS:
        what = "is empty or says that there is none"
    elif _CONTROL.search(page_id):
        what = "holds characters that cannot be written"
    elif len(page_id) > MAX_PAGE_ID:
        what = f"is longer than {MAX_PAGE_ID} characters"
    else:
        return page_id
    raise Invalid(f"The page's id {what}.", code="bad_page_id", fields={"id": f"This id {what}."})


def _bare_host(parts: SplitUrl) -> str:
    return parts.netloc.removeprefix("www.")


def _bare_path(path: str) -> str:
    segments = [segment for segment in path.split("/") if segment]
    while segments and _INDEX.fullmatch(segments[-1]):
        segments.pop()
    return "/" + "/".join(segments)


def _route(fragment: str | None, keep_query: bool) -> str:
    """The route in a fragment, as single-page sites write it (`#/…`, `#!…`); "" for any other and for the first page.

    A permalink adds `#comment-ID` to the page's address, route included: the second `#` ends the route.
    """
    route = (fragment or "").partition("#")[0]
    if not route.startswith(("/", "!")):
        return ""
    path, _, query = route.partition("?")
    pairs = _by_name(clean_query(query)) if keep_query else []
    path = normal_percent(path).rstrip("/")
    if path in {"", "!"}:
        path = f"{path}/" if pairs else ""
    return _join("", path, pairs, "")


def _by_name(pairs: list[str]) -> list[str]:
    return sorted(pairs, key=lambda pair: pair.partition("=")[0])  # stable: the values of one name keep their order


def _join(base: str, path: str, pairs: list[str], fragment: str) -> str:
    query = "&".join(pairs)
    return base + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
