"""Which document a request is for, and the addresses inside it: pure.

A document is a page's thread in one sort, language and theme, in the frame (`/embed`) or on its own (`/thread`). Its
address is made from what was understood, not from what was sent, so that all spellings share one cached answer.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from widget.errors import Invalid
from widget.page_key import PageKey, SiteAddress, page_key
from widget.sites import LANGUAGES, SORTS, THEMES
from widget.store.sites import Site

FRAME, FIRST_PARTY = "embed", "thread"


class Document(NamedTuple):
    site: Site
    base: str  # FRAME or FIRST_PARTY
    page: PageKey
    sort: str
    lang: str
    theme: str

    def address(self, **extra: str) -> str:
        """Path and query; `extra` parameters stand last."""
        query = {"url": self.page.url} if self.page.url else {}
        if self.page.key.startswith("id:"):
            query["id"] = self.page.key.removeprefix("id:")
        for name in ("sort", "lang", "theme"):
            if getattr(self, name) != getattr(self.site, name):
                query[name] = getattr(self, name)
        return f"/{self.base}/{self.site.name}?{urlencode({**query, **extra})}"


def read_document(site: Site, base: str, query: Mapping[str, str]) -> Document:
    """Raises `Invalid`: `bad_url`, `foreign_url`, `bad_page_id`, `bad_sort`, `bad_theme`."""
    return Document(
        site,
        base,
        read_page_key(site, query.get("url"), query.get("id")),
        read_sort(site, query.get("sort")),
        *read_look(site, query),
    )


def read_look(site: Site, query: Mapping[str, str]) -> tuple[str, str]:
    """Language and theme. Raises `Invalid`: `bad_theme`."""
    return _language(site, query.get("lang", "")), _choice("theme", query.get("theme"), THEMES, site.theme)


def read_page_key(site: Site, url: str | None, page_id: str | None) -> PageKey:
    """Raises `Invalid`: `bad_url`, `foreign_url`, `bad_page_id`."""
    return _page_key(url, page_id, SiteAddress(site.origins, site.keep_query, site.hash_routes))


# The same pages are named again and again, and taking an address apart costs more than looking a row up.
_page_key = functools.lru_cache(maxsize=500)(page_key)


def read_sort(site: Site, sort: str | None) -> str:
    return _choice("sort", sort, SORTS, site.sort)


def _choice(name: str, value: str | None, choices: tuple[str, ...], default: str) -> str:
    if not value:
        return default
    if value not in choices:
        sentence = f"“{name}” is one of {', '.join(choices)}."
        raise Invalid(sentence, code=f"bad_{name}", fields={name: sentence})
    return value


def _language(site: Site, tag: str) -> str:
    """The language of ours nearest to a tag (RFC 5646): by its primary subtag, else the site's."""
    primary = tag.lower().partition("-")[0]
    return primary if primary in LANGUAGES else site.lang
