"""GET /admin/log: what was done, newest first."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from widget.admin_views.log import deed_view
from widget.cursors import after_place
from widget.handlers.admin.deeds import act
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.moderation.log import read_log


async def _page(desk: Desk) -> Response:
    site, cursor = desk.asked("site"), desk.asked("cursor")
    found = await read_log(desk.core, desk.visitor, site, cursor)
    kept = {"site": site} if site else {}
    return await show(
        desk,
        "log.html",
        here="log",
        staff=found.staff,
        site=site,
        deeds=[deed_view(deed) for deed in found.deeds],
        next_url=f"/admin/log?{urlencode({**kept, 'cursor': after_place(found.next)})}" if found.next else "",
        first_url=f"/admin/log?{urlencode(kept)}" if cursor else "",
    )


log = at_desk(_page, act)
