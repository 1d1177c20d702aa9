"""GET /admin/pages: the pages of a site, and those that look like one."""

from __future__ import annotations

from starlette.responses import Response

from widget import pages as verbs
from widget.admin_views.addresses import pages_address
from widget.admin_views.pages import page_view, pair_view
from widget.cursors import after_page_place
from widget.errors import Invalid
from widget.handlers.admin import deeds
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.moderation.page_list import ORDERS, SoughtPages, read_alike, read_pages
from widget.moderation.queue import Ref


async def _list(desk: Desk) -> Response:
    order = desk.asked("order")
    sought = SoughtPages(
        desk.asked("site"), desk.asked("q"), order if order in ORDERS else ORDERS[0], desk.asked("cursor")
    )
    found = await read_pages(desk.core, desk.visitor, sought)
    query = {"site": sought.site, "q": sought.words, "order": order}
    return await show(
        desk,
        "pages.html",
        here="pages",
        staff=found.staff,
        sought=sought,
        site=found.site.name,
        rows=[page_view(found.site, page, desk.core.db.now()) for page in found.rows],
        looked=found.looked and found.next is not None,
        next_url=pages_address(**query, cursor=after_page_place(found.next)) if found.next else "",
        first_url=pages_address(**query) if sought.cursor else "",
    )


async def _alike(desk: Desk) -> Response:
    found = await read_alike(desk.core, desk.visitor, desk.asked("site"))
    return await show(
        desk,
        "alike.html",
        here="pages",
        staff=found.staff,
        site=found.site.name,
        pairs=[pair_view(found.site, pair, desk.core.db.now()) for pair in found.pairs],
    )


async def _tell_apart(desk: Desk) -> Outcome:
    """`do` is `differ site.id.id`, or what the buttons at deeds say."""
    verb, _, which = desk.form.get("do", "").partition(" ")
    if verb != "differ":
        return await deeds.act(desk)
    parts = which.split(".")
    if len(parts) != 3:
        raise Invalid("This form names no two pages.", code="bad_choice")
    site = await desk.service.sites.get(parts[0])
    batch = await verbs.tell_apart(desk.core, site, desk.actor, *parts[1:])
    return Outcome([Ref(site.name, batch)] if batch else [])


pages = at_desk(_list)
alike = at_desk(_alike, _tell_apart)
