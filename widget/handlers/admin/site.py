"""GET /admin/sites/{site}: its tag, origins, name and key, who comments there, and its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response, StreamingResponse

from widget import policy
from widget.admin_views.log import deed_view
from widget.admin_views.sites import badged_views, site_address, tabs, use_views
from widget.handlers.admin import deeds
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.html import PAGE_HEADERS
from widget.moderation import configuring
from widget.moderation.configuring import fingerprint
from widget.moderation.overview import read_overview, read_site
from widget.moderation.queue import Ref
from widget.site_verbs import tag
from widget.store.sites import Site
from widget.transfer.exports import EVERYTHING, FORMATS, open_export


async def _page(desk: Desk, key: str = "") -> Response:
    """`key` is shown this once."""
    found = await read_overview(desk.core, desk.visitor, desk.request.path_params["site"])
    at, providers = found.at, desk.service.providers
    return await show(
        desk,
        "site.html",
        here="sites",
        staff=at.staff,
        owner=at.owner,
        site=at.site,
        tabs=tabs(at.site, ""),
        tag=tag(at.site, desk.service.origin),
        seen=fingerprint(at.site, ["origins"]),
        uses=use_views(found, providers),
        badged=badged_views(found),
        deeds=[deed_view(deed) for deed in found.deeds],
        key=key,
        formats={name: known.label for name, known in FORMATS.items()},
    )


async def _act(desk: Desk) -> Outcome | Response:
    deed = _DEEDS.get(desk.form.get("do", ""))
    if deed is None:
        return await deeds.act(desk)
    return await deed(desk, await desk.service.sites.get(desk.request.path_params["site"]))


async def _set_origins(desk: Desk, site: Site) -> Outcome:
    pairs = {"origins": desk.form.get("origins", "")}
    origin = desk.service.origin
    return _done(
        site.name,
        await configuring.set_up(
            desk.core, site, desk.actor, pairs, desk.form.get("seen", ""), own_origin=origin, offered=()
        ),
    )


async def _rename(desk: Desk, site: Site) -> Outcome:
    name = desk.form.get("name", "").strip()
    batch = await configuring.rename(desk.core, site, desk.actor, name)
    return _done(name, batch)._replace(address=site_address(name))


async def _show_key(desk: Desk, site: Site) -> Response:
    return await _page(desk, await configuring.show_key(desk.core, site, desk.actor))


async def _new_key(desk: Desk, site: Site) -> Response:
    return await _page(desk, await configuring.show_key(desk.core, site, desk.actor, renew=True))


async def _remove(desk: Desk, site: Site) -> Outcome:
    await configuring.remove(desk.core, site, desk.actor, desk.form.get("typed", ""))
    return Outcome([], address="/admin/sites")


def _done(name: str, batch: str | None) -> Outcome:
    return Outcome([Ref(name, batch)] if batch else [])


_DEEDS: Mapping[str, Callable[[Desk, Site], Awaitable[Outcome | Response]]] = {
    "origins": _set_origins,
    "rename": _rename,
    "key": _show_key,
    "new_key": _new_key,
    "remove": _remove,
}


async def _export(desk: Desk) -> Response:
    """What the site has, for owners: e-mail addresses are in it. `person` is in the link on the page of one."""
    at = await read_site(desk.core, desk.visitor, desk.request.path_params["site"])
    policy.can_own(owner=at.owner)
    await desk.core.limits.check("export", str(desk.visitor.person_id), desk.core.db.now())
    name = desk.asked("format") or EVERYTHING
    _, parts = await open_export(
        desk.core.db, at.site.name, name, page=desk.asked("page").strip(), person=desk.asked("person")
    )
    chosen = FORMATS[name]
    named = {"Content-Disposition": f'attachment; filename="palaver-{at.site.name}.{chosen.ending}"'}
    return StreamingResponse(parts, headers={**PAGE_HEADERS, **named, "Content-Type": chosen.media_type})


site = at_desk(_page, _act)
export = at_desk(_export)
