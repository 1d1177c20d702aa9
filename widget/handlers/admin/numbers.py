"""GET /admin/numbers: how much was written in the last day, week or month."""

from __future__ import annotations

from starlette.responses import Response

from widget.admin_views.numbers import HEIGHT, WIDTH, numbers_view
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.moderation.numbers import PERIODS, read_numbers

LABELS = {"day": "Day", "week": "Week", "month": "Month"}


async def _page(desk: Desk) -> Response:
    asked = desk.asked("for")
    chosen = asked if asked in PERIODS else "week"
    found = await read_numbers(desk.core, desk.visitor, desk.asked("site"), PERIODS[chosen])
    return await show(
        desk,
        "numbers.html",
        here="numbers",
        staff=found.staff,
        site=found.site,
        periods=LABELS,
        chosen=chosen,
        numbers=numbers_view(found),
        width=WIDTH,
        height=HEIGHT,
    )


numbers = at_desk(_page)
