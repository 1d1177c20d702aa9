"""GET /admin: what waits, and finding comments."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from widget.admin_views.addresses import inbox_address
from widget.admin_views.rows import row_views
from widget.admin_views.words import date
from widget.cursors import after_place
from widget.handlers.admin.deeds import act
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.ids import time_of
from widget.moderation.queue import COUNTED_TO, MOST_PER_PAGE, PER_PAGE, TABS, Inbox, Sought, read_inbox

LABELS = {"pending": "Pending", "reported": "Reported", "spam": "Spam", "all": "All"}
_FILTERS = {"site": "site", "q": "words", "person": "person", "page": "page", "address": "address"}


async def _page(desk: Desk) -> Response:
    tab = desk.asked("tab")
    sought = Sought(
        tab=tab if tab in TABS else TABS[0],
        site=desk.asked("site"),
        words=desk.asked("q"),
        person=desk.asked("person"),
        page=desk.asked("page"),
        address=desk.asked("address"),
        cursor=desk.asked("cursor"),
        many=desk.asked("show") == str(MOST_PER_PAGE),
    )
    found = await read_inbox(desk.core, desk.visitor, sought)
    rows = row_views(found.rows, found.reports, desk.core.db.now())
    return await show(
        desk, "inbox.html", here="inbox", staff=found.staff, sought=sought, rows=rows, **_ways(found, sought)
    )


def _ways(found: Inbox, sought: Sought) -> dict[str, object]:
    """Where the page leads to."""
    query = {name: getattr(sought, field) for name, field in _FILTERS.items()}
    shown = {"tab": sought.tab, "show": str(MOST_PER_PAGE) if sought.many else ""}
    tabs = [(name, LABELS[name], _number(found.counts.get(name)), inbox_address(tab=name, **query)) for name in TABS]
    went_through = bool(sought.words or sought.address) and found.next is not None and len(found.rows) < PER_PAGE
    return {
        "tabs": tabs,
        "next_url": inbox_address(**shown, **query, cursor=after_place(found.next)) if found.next else "",
        "first_url": inbox_address(**shown, **query) if sought.cursor else "",
        "many_url": "" if sought.many or not found.next else inbox_address(**{**shown, "show": "200"}, **query),
        "looked_to": date(time_of(found.next.id)) if went_through and found.next else "",
        "of_person": found.person.name if found.person else "",
        "of_page": found.rows[0].page_title or found.rows[0].page_url if sought.page and found.rows else "",
        "all_people_url": inbox_address(**shown, **{**query, "person": ""}),
        "all_pages_url": inbox_address(**shown, **{**query, "page": ""}),
        "all_addresses_url": inbox_address(**shown, **{**query, "address": ""}),
        "of_address": next((row.address for row in found.rows if row.address), "") if sought.address else "",
    }


def _number(count: int | None) -> str:
    """“” for what is not counted."""
    if count is None:
        return ""
    return f"{COUNTED_TO:,}+" if count > COUNTED_TO else f"{count:,}"


async def without_slash(_request: Request) -> Response:
    """For who typed one too many."""
    return RedirectResponse("/admin", 308)


inbox = at_desk(_page, act)
