"""/admin/sites/{site}/imports: a file from another system is taken, looked at, and imported when its owner says so."""

from __future__ import annotations

from starlette.responses import Response

from widget import ids
from widget.admin_views.imports import import_view, imports_address
from widget.admin_views.sites import tabs
from widget.errors import Invalid
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.handlers.uploads import receive_file
from widget.store.sites import Site
from widget.transfer import asking
from widget.transfer.files import MAX_FILE

_STATES = {"look": "looking", "import": "importing"}


async def _site(desk: Desk) -> Site:
    return await desk.service.sites.get(desk.request.path_params["site"])


async def _page(desk: Desk) -> Response:
    at, found = await asking.read_imports(desk.core, desk.visitor, desk.request.path_params["site"])
    views = [import_view(at.site, each, desk.core.db.now()) for each in found]
    return await show(
        desk,
        "imports.html",
        here="sites",
        staff=at.staff,
        site=at.site,
        tabs=tabs(at.site, "imports"),
        imports=views,
        max_gb=MAX_FILE >> 30,
    )


async def _upload(desk: Desk) -> Outcome:
    """Asked twice whether it may be: before a file of gigabytes is taken, and once it is there."""
    site, importer = await _site(desk), desk.service.importer
    await asking.check_free(desk.core, site, desk.actor)
    importer.files.make_folder()
    import_id = ids.new_id(desk.core.db.now())
    path = importer.files.path(site.id, import_id)
    name = await receive_file(desk.request, "file", path, MAX_FILE)
    try:
        await asking.add(desk.core, site, desk.actor, import_id, name)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    importer.wake()
    return Outcome([], address=imports_address(site.name, ids.encode(import_id)))


async def _one(desk: Desk) -> Response:
    path = desk.request.path_params
    at, found = await asking.read_import(desk.core, desk.visitor, path["site"], path["id"])
    view = import_view(at.site, found, desk.core.db.now())
    return await show(
        desk, "import.html", here="sites", staff=at.staff, site=at.site, tabs=tabs(at.site, "imports"), view=view
    )


async def _act(desk: Desk) -> Outcome:
    site, import_id, form = await _site(desk), desk.request.path_params["id"], desk.form
    deed = form.get("do", "")
    if deed == "stop":
        desk.service.importer.files.remove(await asking.stop(desk.core, site, desk.actor, import_id))
    elif deed in _STATES:
        mappings, any_host = form.get("mappings", ""), "any_host" in form
        await asking.proceed(desk.core, site, desk.actor, import_id, _STATES[deed], mappings, any_host=any_host)
        desk.service.importer.wake()
    else:
        raise Invalid("This form says nothing that can be done here.", code="bad_action")
    return Outcome([])


imports = at_desk(_page, _upload, form=False)
one = at_desk(_one, _act)
