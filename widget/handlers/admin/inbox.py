"""GET /admin: what waits, and finding comments."""

from __future__ import annotations

from starlette.responses import Response

from widget.admin_views import date, inbox_address, row_view
from widget.cursors import after_place
from widget.handlers.admin.deeds import act
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.ids import time_of
from widget.moderation.queue import COUNTED_TO, MOST_PER_PAGE, PER_PAGE, TABS, Inbox, Sought, read_inbox

LABELS = {"pending": "Pending", "spam": "Spam", "all": "All"}


async def _page(desk: Desk) -> Response:
    tab = desk.asked("tab")
    sought = Sought(
        tab=tab if tab in TABS else TABS[0],
        site=desk.asked("site"),
        words=desk.asked("q"),
        person=desk.asked("person"),
        page=desk.asked("page"),
        cursor=desk.asked("cursor"),
        many=desk.asked("show") == str(MOST_PER_PAGE),
    )
    found = await read_inbox(desk.core, desk.visitor, sought)
    rows = [row_view(row, desk.core.db.now()) for row in found.rows]
    return await show(
        desk, "inbox.html", here="inbox", staff=found.staff, sought=sought, rows=rows, **_ways(found, sought)
    )


def _ways(found: Inbox, sought: Sought) -> dict[str, object]:
    """Where the page leads to."""
    query = {"site": sought.site, "q": sought.words, "person": sought.person, "page": sought.page}
    shown = {"tab": sought.tab, "show": str(MOST_PER_PAGE) if sought.many else ""}
    tabs = [(name, LABELS[name], _number(found.counts.get(name)), inbox_address(tab=name, **query)) for name in TABS]
    went_through = bool(sought.words) and found.next is not None and len(found.rows) < PER_PAGE
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
    }


def _number(count: int | None) -> str:
    """“” for what is not counted."""
    if count is None:
        return ""
    return f"{COUNTED_TO:,}+" if count > COUNTED_TO else f"{count:,}"


inbox = at_desk(_page, act)
