"""GET /admin/pages/{site}/{id}: one page, what can be done about it, and a merge before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from starlette.responses import Response

from widget import pages
from widget.admin_views.log import deed_view
from widget.admin_views.pages import closing_view, page_view, part_views, preview_view
from widget.errors import Conflict, Invalid
from widget.handlers.admin import deeds
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.moderation import merging
from widget.moderation.page_list import read_page, read_preview
from widget.moderation.queue import Ref
from widget.page_key import SiteAddress, page_key
from widget.policy import DAY
from widget.store.sites import Site

MAX_DAYS = 36_500


async def _page(desk: Desk) -> Response:
    path = desk.request.path_params
    found = await read_page(desk.core, desk.visitor, path["site"], path["id"])
    now = desk.core.db.now()
    return await show(
        desk,
        "page.html",
        here="",
        staff=found.staff,
        site=found.site.name,
        page=page_view(found.site, found.page, now),
        whole=page_view(found.site, found.whole, now) if found.whole else None,
        locked=found.page.locked,
        title=found.page.title,
        to=desk.asked("to"),
        closing=closing_view(found.site, found.page),
        parts=part_views(found, now),
        deeds=[deed_view(deed) for deed in found.deeds],
    )


async def _merge_page(desk: Desk) -> Response:
    path = desk.request.path_params
    to, into = desk.asked("to").strip(), desk.asked("into")
    try:
        found = await read_preview(desk.core, desk.visitor, path["site"], path["id"], to, into)
    except (Invalid, Conflict) as error:
        return await _page(desk._replace(error=error))
    preview = preview_view(found, desk.core.db.now())
    return await show(desk, "merge.html", here="", staff=found.staff, site=found.site.name, preview=preview)


async def _act(desk: Desk) -> Outcome:
    """What the buttons about the page do; those at deeds are the same as everywhere."""
    verb, _, which = desk.form.get("do", "").partition(" ")
    act = _VERBS.get(verb)
    if act is None:
        return await deeds.act(desk)
    site = await desk.service.sites.get(desk.request.path_params["site"])
    batch = await act(desk, site, desk.request.path_params["id"], which)
    return Outcome([Ref(site.name, batch)] if batch else [])


async def _lock(desk: Desk, site: Site, page: str, _which: str) -> str | None:
    return await pages.lock_by_id(desk.core, site, desk.actor, page, locked=True)


async def _unlock(desk: Desk, site: Site, page: str, _which: str) -> str | None:
    return await pages.lock_by_id(desk.core, site, desk.actor, page, locked=False)


async def _close(desk: Desk, site: Site, page: str, _which: str) -> str | None:
    return await pages.set_end(desk.core, site, desk.actor, page, _end(desk))


def _end(desk: Desk) -> int | None:
    """What the form says of when the page closes, as `pages.set_end` takes it. Raises `Invalid`."""
    when = desk.form.get("when", "")
    if when in ("site", "never"):
        return None if when == "site" else 0
    if when == "days":
        days = desk.form.get("days", "").strip()
        if not days.isascii() or not days.isdecimal() or not 1 <= int(days[:6]) <= MAX_DAYS:
            raise Invalid(f"Say in how many days, from 1 to {MAX_DAYS:,}.", code="bad_days")
        return desk.core.db.now() + int(days[:6]) * DAY
    try:
        day = datetime.fromisoformat(desk.form.get("date", "").strip()[:10]).replace(tzinfo=UTC)
        return max(1, int(day.timestamp() * 1000))
    except ValueError:
        raise Invalid("Say on which day, as in 2027-05-03.", code="bad_date") from None


async def _title(desk: Desk, site: Site, page: str, _which: str) -> str | None:
    return await pages.rename(desk.core, site, desk.actor, page, desk.form.get("title", ""))


async def _merge(desk: Desk, site: Site, page: str, which: str) -> str:
    return (await merging.merge(desk.core, site, desk.actor, page, which)).batch


async def _move(desk: Desk, site: Site, page: str, which: str) -> str:
    to = page_key(which, None, SiteAddress(site.origins, site.keep_query, site.hash_routes))
    return (await merging.move(desk.core, site, desk.actor, page, to)).batch


_VERBS: Mapping[str, Callable[[Desk, Site, str, str], Awaitable[str | None]]] = {
    "lock": _lock,
    "unlock": _unlock,
    "close": _close,
    "title": _title,
    "merge": _merge,
    "move": _move,
}

page = at_desk(_page, _act)
merge = at_desk(_merge_page)
