"""Where the site itself says that its pages are now: each is asked, and permanent redirects are followed.

The addresses came from readers' browsers and old exports, so only those of the site's own hosts are asked, each public
(`public_http`), a few at once, and of an answer only its head is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urljoin

import httpx2

from widget.moving.planning import FOREIGN, Progress, Skipped
from widget.moving.wishes import Wish
from widget.page_key import is_site_url
from widget.store.page_list import Listed
from widget.url_parts import BadUrl, split_url

AT_ONCE = 4
MAX_HOPS = 5
PERMANENT, PASSING = (301, 308), (302, 303, 307)  # RFC 9110, 15.4
FRONT_PAGE = "leads to the front page"  # as sites do that give up a page
TOO_MANY = "redirects without end"
NO_ANSWER = "no answer"


class Redirects(NamedTuple):
    """Pages that moved, and those that do not lead to a page in the end. What just answers is neither."""

    wishes: list[Wish]
    skipped: list[Skipped]


async def find_redirects(
    http: httpx2.AsyncClient, pages: Sequence[Listed], origins: Sequence[str], progress: Progress | None = None
) -> Redirects:
    """`http` is a `public_client`; `progress` is told how many more pages were asked."""
    found = Redirects([], [])
    left = iter(pages)

    async def ask() -> None:
        for page in left:
            if page.url:
                _note(found, page, await _follow(http, page.url, origins))
            if progress:
                progress(1)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(ask())
    return found


class _End(NamedTuple):
    """How far permanent redirects lead, and why that is no page of the site; "" where it is one."""

    url: str
    wrong: str = ""


def _note(found: Redirects, page: Listed, end: _End) -> None:
    if end.wrong:
        found.skipped.append(Skipped(page.url, end.url, end.wrong))
    elif _is_front(end.url) and not _is_front(page.url):
        found.skipped.append(Skipped(page.url, end.url, FRONT_PAGE))
    elif end.url != page.url:
        found.wishes.append(Wish(page.url, end.url, page))


async def _follow(http: httpx2.AsyncClient, url: str, origins: Sequence[str]) -> _End:
    end, for_good = url, True
    for _ in range(MAX_HOPS + 1):
        if not is_site_url(url, origins):
            return _End(url, FOREIGN)
        try:
            async with http.stream("GET", url) as answer:
                status, location = answer.status_code, answer.headers.get("location", "")
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return _End(end, NO_ANSWER)
        if status not in (*PERMANENT, *PASSING) or not location:
            return _End(end, "" if status < 300 else f"answers {status}")
        for_good = for_good and status in PERMANENT
        url = _joined(url, location)
        end = url if for_good else end
    return _End(end, TOO_MANY)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return location  # no address of the site's


def _is_front(url: str) -> bool:
    try:
        parts = split_url(url)
    except BadUrl:
        return False
    return parts.path in {"", "/"} and not parts.query
