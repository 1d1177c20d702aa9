"""GET /admin/sites/{site}/{group}: settings that belong together, how they look, and what rules would have done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import HTMLResponse, Response

from widget.admin_views.sites import field_views, may_set, names_of, site_address, tabs
from widget.admin_views.trials import TrialView, trial_view
from widget.errors import Invalid, NotFound
from widget.handlers.admin import deeds
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.html import FRAMING_HEADERS, PAGE_HEADERS, PREVIEW_HEADERS
from widget.moderation import configuring
from widget.moderation.configuring import fingerprint
from widget.moderation.overview import read_site
from widget.moderation.queue import Ref
from widget.moderation.trying import try_rules
from widget.preview import preview_view
from widget.sites import GROUPS

LOOKS, TRIED = "looks", "spam"


async def _page(desk: Desk, trial: TrialView | None = None) -> Response:
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
        seen=desk.form["seen"] if trial else fingerprint(at.site, names_of(group)),
        tries=group == TRIED,
        trial=trial,
        preview=site_address(at.site.name, "preview") if group == LOOKS else "",
    )
    response.headers.update(FRAMING_HEADERS if group == LOOKS else PAGE_HEADERS)
    return response


def _group(name: str) -> str:
    if name not in GROUPS:
        raise NotFound("There is no such page.", code="unknown_page")
    return name


async def _act(desk: Desk) -> Outcome | Response:
    deed = _DEEDS.get(desk.form.get("do", ""))
    return await (deed(desk) if deed else deeds.act(desk))


async def _save(desk: Desk) -> Outcome:
    site = await desk.service.sites.get(desk.request.path_params["site"])
    offered = [provider.name for provider in desk.service.providers]
    seen, origin = desk.form.get("seen", ""), desk.service.origin
    batch = await configuring.set_up(
        desk.core, site, desk.actor, _pairs(desk), seen, own_origin=origin, offered=offered
    )
    return Outcome([Ref(site.name, batch)] if batch else [])


async def _try(desk: Desk) -> Response:
    site = await desk.service.sites.get(desk.request.path_params["site"])
    trial = await try_rules(desk.core, site, desk.actor, _pairs(desk))
    return await _page(desk, trial_view(site.name, trial))


def _pairs(desk: Desk) -> dict[str, str]:
    """The settings of the group as they were typed."""
    names, form = names_of(_group(desk.request.path_params["group"])), desk.form
    return {name: form[name] for name in names if name in form}


_DEEDS: Mapping[str, Callable[[Desk], Awaitable[Outcome | Response]]] = {"save": _save, "try": _try}


async def _preview(desk: Desk) -> Response:
    """How a thread looks with the looks that the address says."""
    at = await read_site(desk.core, desk.visitor, desk.request.path_params["site"])
    thread = preview_view(at.site, desk.request.query_params, desk.service.providers, desk.core.db.now())
    return HTMLResponse(desk.service.html.render("admin/preview.html", thread=thread), headers=PREVIEW_HEADERS)


settings = at_desk(_page, _act)
preview = at_desk(_preview)
