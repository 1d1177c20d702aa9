"""Sites by name, kept for a second: each request names one, and they hardly ever change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from auth import AuthSite
from widget.cache import TRUST
from widget.core import Core
from widget.documents import FIRST_PARTY
from widget.errors import NotFound, Unavailable
from widget.events import Event, SiteChanged
from widget.page_key import is_site_url
from widget.site_keys import sso_keys
from widget.sites import NAME, unknown_site
from widget.store import sites as store
from widget.store.sites import Site

MAX_SITES = 10_000


class SiteDirectory:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._sites: dict[str, tuple[Site, float]] = {}

    def hear(self, event: Event) -> None:
        if isinstance(event, SiteChanged):
            changed = event.site_name  # which former names lead to, too
            for name in [name for name, (site, _) in self._sites.items() if changed in (name, site.name)]:
                del self._sites[name]

    async def get(self, name: str) -> Site:
        """Raises `NotFound` (unknown_site), or `Unavailable` for a site that was not known before the database went."""
        known = self._sites.get(name)
        if known is not None and time.monotonic() - known[1] < TRUST:
            return known[0]
        checked = time.monotonic()
        try:
            site = await self._core.db.read(store.get_site, name) if NAME.fullmatch(name) else None
        except Unavailable:
            if known is not None:
                return known[0]  # so that a form which cannot be saved can be shown again
            raise
        if site is None:
            self._sites.pop(name, None)
            raise unknown_site()
        if len(self._sites) >= MAX_SITES:
            self._sites.clear()
        self._sites[name] = (site, checked)
        return site


class SitesForAuth:
    """The directory as sign-in asks for it (`auth.SiteDirectory`)."""

    def __init__(self, core: Core, directory: SiteDirectory) -> None:
        self._core = core
        self._directory = directory

    async def get(self, name: str) -> AuthSite | None:
        try:
            site = await self._directory.get(name)
        except NotFound:
            return None
        return self._for_auth(site)

    async def get_by_id(self, site_id: int) -> AuthSite | None:
        site = await self._core.db.read(store.get_site_by_id, site_id)
        return self._for_auth(site) if site else None

    def _for_auth(self, site: Site) -> AuthSite:
        keys = sso_keys(self._core.secret_keys, site) if site.sso else ()
        return AuthSite(site.id, site.name, site.origins, keys, site.former_names, tuple(site.providers.split()))

    def is_site_url(self, url: str, origins: Sequence[str]) -> bool:
        return is_site_url(url, origins)

    def thread_url(self, site_name: str, page_url: str, page_id: str = "") -> str:
        """The first-party page of a thread: path and query."""
        query = {name: value for name, value in (("url", page_url), ("id", page_id)) if value}
        return f"/{FIRST_PARTY}/{site_name}?{urlencode(query)}"
