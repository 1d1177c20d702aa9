"""GET /admin/comments/{site}/{id}: a comment between what it answers and what answers it."""

from __future__ import annotations

from starlette.responses import Response

from widget.admin_views.log import deed_view
from widget.admin_views.rows import near_views, row_view
from widget.handlers.admin.deeds import act
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.moderation.queue import read_in_place


async def _page(desk: Desk) -> Response:
    path = desk.request.path_params
    found = await read_in_place(desk.core, desk.visitor, path["site"], path["id"])
    return await show(
        desk,
        "comment.html",
        here="",
        staff=found.staff,
        row=row_view(found.comment, found.reports, desk.core.db.now()),
        ancestors=near_views(found, found.ancestors),
        following=near_views(found, found.following),
        deeds=[deed_view(deed) for deed in found.deeds],
    )


comment = at_desk(_page, act)
