"""Which page of the site an address in an export is: as it stands, moved by `--map`, or none of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from widget.counted import counted
from widget.errors import Invalid
from widget.mapping import Mapping, Mappings, is_path, normal_address, origin_of
from widget.page_key import PageKey, SiteAddress, page_key
from widget.store.sites import Site

FOREIGN = "page of another host"
NO_PAGE = "page without an address"
NAMED_ORIGINS = 5


class Refused(NamedTuple):
    """Why a page is not taken; `origin` where that is none of the site's."""

    reason: str
    origin: str = ""


class Addresses:
    """Keeps, for the report, which mappings were used and which origins were refused."""

    def __init__(self, site: Site, mappings: Sequence[Mapping], *, any_host: bool) -> None:
        self._site = site
        self._mappings = Mappings(mappings)
        self._any_host = any_host

    def page(self, url: str) -> PageKey | Refused:
        """Of an address as an export has it. A path alone is one of the site's first origin."""
        try:
            address = self._mappings.moved(normal_address(self._site.origins[0] + url if is_path(url) else url))
            origins = [origin_of(address)] if self._any_host else self._site.origins
            return page_key(address, None, SiteAddress(origins, self._site.keep_query, self._site.hash_routes))
        except Invalid as error:
            return Refused(FOREIGN, origin_of(address)) if error.code == "foreign_url" else Refused(NO_PAGE)

    def unused(self) -> list[str]:
        """A sentence for each mapping that no address began with."""
        return [f"No page begins with {mapping.old}, which a mapping names." for mapping in self._mappings.unused()]

    def about(self, foreign: Counter[str]) -> str:
        """A sentence on comments of other origins, by how many there are of each, with what would bring them in."""
        origins = [origin for origin, _ in foreign.most_common()]
        more = f" and {len(origins) - NAMED_ORIGINS:,} more" if len(origins) > NAMED_ORIGINS else ""
        return (
            f"{counted(foreign.total(), 'comment')} on pages of origins that the site does not list: "
            f"{', '.join(origins[:NAMED_ORIGINS])}{more}. Move them with --map {origins[0]}={self._site.origins[0]} "
            "(once for each), add the origins to the site, or take the pages as they are with --any-host."
        )
