"""Having a page looked at: by who looks after its site, and not too often."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor
from widget.core import Core
from widget.db import Tx
from widget.errors import Invalid
from widget.moderation.queue import Staff, staff_of
from widget.page_key import is_site_url
from widget.store.sites import Site, list_sites


class Overseen(NamedTuple):
    staff: Staff
    sites: list[Site]  # that they look after


async def read_overseen(core: Core, visitor: Visitor) -> Overseen:
    """Raises `Forbidden`."""
    return await core.db.read(_read_overseen, visitor)


def _read_overseen(tx: Tx, visitor: Visitor) -> Overseen:
    staff = staff_of(tx, visitor)
    return Overseen(staff, [site for site in list_sites(tx) if staff.site(site.name)])


async def check_examined(core: Core, overseen: Overseen, url: str) -> None:
    """Raises `Invalid` for a page of no site of theirs, and `TooMany`."""
    if not any(is_site_url(url, site.origins) for site in overseen.sites):
        sentence = "None of your sites has this address. To have comments there, add its origin to the site's."
        raise Invalid(sentence, code="foreign_url", fields={"url": sentence})
    await core.limits.check("doctor", str(overseen.staff.person_id), core.db.now())
