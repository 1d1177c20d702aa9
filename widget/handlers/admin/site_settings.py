"""GET /admin/sites/{site}/{group}: settings that belong together, with a preview of those that are seen."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from widget.admin_views.sites import field_views, may_set, names_of, site_address, tabs
from widget.errors import Invalid, NotFound
from widget.handlers.admin import deeds
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.html import FRAMING_HEADERS, PAGE_HEADERS, PREVIEW_HEADERS
from widget.moderation import configuring
from widget.moderation.configuring import fingerprint
from widget.moderation.overview import read_site
from widget.moderation.queue import Ref
from widget.preview import preview_view
from widget.sites import GROUPS

LOOKS = "looks"


async def _page(desk: Desk) -> Response:
    path = desk.request.path_params
    group = _group(path["group"])
    at = await read_site(desk.core, desk.visitor, path["site"])
    mistakes = desk.error.fields if desk.error else {}
    if mistakes:
        desk = desk._replace(error=Invalid("Nothing is saved yet: see what is said below."))
    response = await show(
        desk,
        "site_settings.html",
        here="sites",
        staff=at.staff,
        site=at.site,
        group=group,
        title=GROUPS[group],
        tabs=tabs(at.site, group),
        may=may_set(group, owner=at.owner),
        fields=field_views(at.site, group, desk.form, mistakes),
        seen=fingerprint(at.site, names_of(group)),
        preview=site_address(at.site.name, "preview") if group == LOOKS else "",
    )
    response.headers.update(FRAMING_HEADERS if group == LOOKS else PAGE_HEADERS)
    return response


def _group(name: str) -> str:
    if name not in GROUPS:
        raise NotFound("There is no such page.", code="unknown_page")
    return name


async def _act(desk: Desk) -> Outcome:
    if desk.form.get("do") != "save":
        return await deeds.act(desk)
    path, form = desk.request.path_params, desk.form
    site = await desk.service.sites.get(path["site"])
    pairs = {name: form[name] for name in names_of(_group(path["group"])) if name in form}
    offered = [provider.name for provider in desk.service.providers]
    batch = await configuring.set_up(
        desk.core, site, desk.actor, pairs, form.get("seen", ""), own_origin=desk.service.origin, offered=offered
    )
    return Outcome([Ref(site.name, batch)] if batch else [])


async def _preview(desk: Desk) -> Response:
    """How a thread looks with the looks that the address says."""
    at = await read_site(desk.core, desk.visitor, desk.request.path_params["site"])
    thread = preview_view(at.site, desk.request.query_params, desk.service.providers, desk.core.db.now())
    return HTMLResponse(desk.service.html.render("admin/preview.html", thread=thread), headers=PREVIEW_HEADERS)


settings = at_desk(_page, _act)
preview = at_desk(_preview)
