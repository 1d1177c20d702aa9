"""What staff read of sites: which there are, how one is set up, who wears its badges."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor
from widget.core import Core
from widget.db import Tx
from widget.errors import NotFound
from widget.moderation.queue import DEEDS_SHOWN, Staff, find_site, staff_of
from widget.store import deeds, people
from widget.store import overview as store
from widget.store import sites as site_store
from widget.store.deeds import Deed
from widget.store.overview import Badged, Use
from widget.store.queue import StaffSite
from widget.store.sites import Site


class Sites(NamedTuple):
    staff: Staff
    owner: bool
    sites: list[Site]


class SiteAt(NamedTuple):
    """A site, and who looks at it."""

    staff: Staff
    owner: bool
    site: Site


class Overview(NamedTuple):
    at: SiteAt
    uses: list[Use]
    badged: list[Badged]
    deeds: list[Deed]  # what was last changed of it


async def read_sites(core: Core, visitor: Visitor) -> Sites:
    """Those that are theirs, by name. Raises `Forbidden`."""
    return await core.db.read(_read_sites, visitor)


def _read_sites(tx: Tx, visitor: Visitor) -> Sites:
    staff = staff_of(tx, visitor)
    theirs = {site.id for site in staff.sites}
    found = [site for site in site_store.list_sites(tx) if site.id in theirs]
    return Sites(staff, people.is_owner(tx, visitor.person_id), found)


async def read_site(core: Core, visitor: Visitor, name: str) -> SiteAt:
    """By its name, or one that it had. Raises `Forbidden` and `NotFound`, also for a site that others look after."""
    return await core.db.read(_read_site, visitor, name)


def _read_site(tx: Tx, visitor: Visitor, name: str) -> SiteAt:
    staff = staff_of(tx, visitor)
    site = site_store.get_site(tx, name)
    find_site(staff, site.name if site else name)
    if site is None:
        raise NotFound("You look after no site of that name.", code="unknown_site")
    return SiteAt(staff, people.is_owner(tx, visitor.person_id), site)


async def read_overview(core: Core, visitor: Visitor, name: str) -> Overview:
    """As `read_site`, with what its people do there."""
    return await core.db.read(_read_overview, visitor, name)


def _read_overview(tx: Tx, visitor: Visitor, name: str) -> Overview:
    at = _read_site(tx, visitor, name)
    site = at.site
    return Overview(
        at,
        store.list_uses(tx, site.id),
        store.list_badged(tx, site.id),
        deeds.list_deeds_on(tx, StaffSite(site.id, site.name), "site", site.id, DEEDS_SHOWN),
    )
