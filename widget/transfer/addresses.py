"""Which page of the site an address in an export is: as it stands, moved by `--map`, or none of ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from widget.errors import Invalid
from widget.page_key import PageKey, SiteAddress, normalise_origin, page_key
from widget.store.sites import Site
from widget.transfer.report import counted
from widget.url_parts import BadUrl, split_url

FOREIGN = "page of another host"
NO_PAGE = "page without an address"
NAMED_ORIGINS = 5

_MAPPING = re.compile(r"(https?://[^\s=]+|/[^\s=]*)=(https?://\S+|/\S*)", re.IGNORECASE)


class Mapping(NamedTuple):
    """Addresses that begin with `old`, as far as a part of the path ends there, begin with `new` instead.

    Each is an address, or the beginning of a path on whatever host.
    """

    old: str
    new: str


class Refused(NamedTuple):
    """Why a page is not taken; `origin` where that is none of the site's."""

    reason: str
    origin: str = ""


def parse_mapping(text: str) -> Mapping:
    """`https://old.example=https://blog.example`, `/blog/=/posts/`. Raises `Invalid` for anything else."""
    found = _MAPPING.fullmatch(text)
    if found is None:
        sentence = f"“{text}” is not OLD=NEW, each an address (https://…) or the beginning of a path (/…)."
        raise Invalid(sentence, code="bad_mapping")
    old, new = (value if value.startswith("/") else _normal(value) for value in found.groups())
    return Mapping(old, new)


class Addresses:
    """Keeps, for the report, which mappings were used and which origins were refused."""

    def __init__(self, site: Site, mappings: Sequence[Mapping], *, any_host: bool) -> None:
        self._site = site
        self._mappings = sorted(mappings, key=lambda mapping: -len(mapping.old))  # the most particular first
        self._any_host = any_host
        self._used: set[Mapping] = set()

    def page(self, url: str) -> PageKey | Refused:
        """Of an address as an export has it. A path alone is one of the site's first origin."""
        try:
            address = self._moved(_normal(self._site.origins[0] + url if _is_path(url) else url))
            origins = [_origin(address)] if self._any_host else self._site.origins
            return page_key(address, None, SiteAddress(origins, self._site.keep_query, self._site.hash_routes))
        except Invalid as error:
            return Refused(FOREIGN, _origin(address)) if error.code == "foreign_url" else Refused(NO_PAGE)

    def _moved(self, address: str) -> str:
        """By at most one mapping of an address, and then by at most one of a path."""
        for paths in (False, True):
            origin = _origin(address)
            for mapping in self._mappings:
                rest = address.removeprefix((origin if paths else "") + mapping.old)
                if _is_path(mapping.old) == paths and rest != address and _is_whole(mapping.old, rest):
                    self._used.add(mapping)
                    address = (origin if _is_path(mapping.new) else "") + _joined(mapping.new, rest)
                    break
        return address

    def unused(self) -> list[str]:
        """A sentence for each mapping that no address began with."""
        return [
            f"No page begins with {mapping.old}, which --map names."
            for mapping in self._mappings
            if mapping not in self._used
        ]

    def about(self, foreign: Counter[str]) -> str:
        """A sentence on comments of other origins, by how many there are of each, with what would bring them in."""
        origins = [origin for origin, _ in foreign.most_common()]
        more = f" and {len(origins) - NAMED_ORIGINS:,} more" if len(origins) > NAMED_ORIGINS else ""
        return (
            f"{counted(foreign.total(), 'comment')} on pages of origins that the site does not list: "
            f"{', '.join(origins[:NAMED_ORIGINS])}{more}. Move them with --map {origins[0]}={self._site.origins[0]} "
            "(once for each), add the origins to the site, or take the pages as they are with --any-host."
        )


def _is_whole(old: str, rest: str) -> bool:
    """Whether a part of the path ends where `old` ends."""
    return old.endswith("/") or not rest or rest[0] in "/?#"


def _joined(new: str, rest: str) -> str:
    return new + rest if rest[:1] in {"", "?", "#"} else f"{new.rstrip('/')}/{rest.lstrip('/')}"


def _is_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//")


def _normal(url: str) -> str:
    """With scheme and host as `normalise_origin` has them, so that addresses can be compared from the front."""
    try:
        parts = split_url(url.strip())
    except BadUrl as error:
        raise Invalid(f"The address “{url[:200]}” {error}.", code="bad_url") from None
    query = "" if parts.query is None else f"?{parts.query}"
    fragment = "" if parts.fragment is None else f"#{parts.fragment}"
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}{fragment}"


def _origin(address: str) -> str:
    parts = split_url(address)
    return normalise_origin(f"{parts.scheme}://{parts.netloc}")
