"""GET /admin/people: the people of a site."""

from __future__ import annotations

from starlette.responses import Response

from widget.admin_views.addresses import people_address
from widget.admin_views.people import listed_view
from widget.cursors import after_person
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.moderation.people_list import SoughtPeople, read_people


async def _list(desk: Desk) -> Response:
    sought = SoughtPeople(*(desk.asked(name) for name in ("site", "q", "kind", "cursor")))
    found = await read_people(desk.core, desk.visitor, sought)
    query = {"site": sought.site, "q": sought.words, "kind": found.kind}
    return await show(
        desk,
        "people.html",
        here="people",
        staff=found.staff,
        sought=sought,
        site=found.site,
        kind=found.kind,
        rows=[listed_view(found.site, person) for person in found.rows],
        next_url=people_address(**query, cursor=after_person(found.next)) if found.next is not None else "",
        first_url=people_address(**query) if sought.cursor else "",
    )


people = at_desk(_list)
