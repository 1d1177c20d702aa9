"""GET /admin/sites: which there are; owners add one."""

from __future__ import annotations

from starlette.responses import Response

from widget.admin_views.sites import site_address
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.moderation import configuring
from widget.moderation.overview import read_sites


async def _page(desk: Desk) -> Response:
    found = await read_sites(desk.core, desk.visitor)
    return await show(desk, "sites.html", here="sites", staff=found.staff, owner=found.owner, sites=found.sites)


async def _add(desk: Desk) -> Outcome:
    form, origin = desk.form, desk.service.origin
    added = await configuring.add(desk.core, desk.actor, form.get("name", ""), form.get("origins", ""), origin)
    return Outcome([], address=site_address(added.name))


sites = at_desk(_page, _add)
