"""GET /admin/people/{site}/{id}: what is known of a person, and what can be done about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response

from widget.admin_views.log import deed_view
from widget.admin_views.people import person_view
from widget.admin_views.rows import row_views
from widget.cursors import after_place
from widget.handlers.admin import deeds
from widget.handlers.admin.desk import Desk, Outcome, at_desk, show
from widget.moderation import judging, sweeping
from widget.moderation.judging import Judged
from widget.moderation.queue import Ref, read_record
from widget.policy import ROLES
from widget.store.sites import Site


async def _page(desk: Desk) -> Response:
    path = desk.request.path_params
    record = await read_record(desk.core, desk.visitor, path["site"], path["id"], desk.asked("cursor"))
    return await show(
        desk,
        "person.html",
        here="",
        staff=record.staff,
        site=path["site"],
        person=person_view(path["site"], record, desk.service.providers, desk.core.db.now()),
        bans=judging.BANS,
        roles=ROLES,
        rows=row_views(record.rows, record.reports, desk.core.db.now()),
        deeds=[deed_view(deed) for deed in record.deeds],
        next_url=f"{desk.request.url.path}?cursor={after_place(record.next)}" if record.next else "",
        first_url=desk.request.url.path if desk.asked("cursor") else "",
    )


async def _act(desk: Desk) -> Outcome:
    """What the buttons about the person do; those at comments and deeds are the same as everywhere."""
    judge = _VERBS.get(desk.form.get("do", ""))
    if judge is None:
        return await deeds.act(desk)
    site = await desk.service.sites.get(desk.request.path_params["site"])
    batches = await judge(desk, site, desk.request.path_params["id"])
    return Outcome([Ref(site.name, batch) for batch in batches])


async def _ban(desk: Desk, site: Site, person: str) -> list[str]:
    until = judging.end_of_ban(desk.form.get("until", ""), desk.core.db.now())
    return _batch(await judging.ban(desk.core, site, desk.actor, person, until, desk.form.get("reason", "")))


async def _unban(desk: Desk, site: Site, person: str) -> list[str]:
    return _batch(await judging.unban(desk.core, site, desk.actor, person))


async def _shadow(desk: Desk, site: Site, person: str) -> list[str]:
    return _batch(await judging.shadow(desk.core, site, desk.actor, person))


async def _trust(desk: Desk, site: Site, person: str) -> list[str]:
    return _batch(await judging.trust(desk.core, site, desk.actor, person, trusted=True))


async def _untrust(desk: Desk, site: Site, person: str) -> list[str]:
    return _batch(await judging.trust(desk.core, site, desk.actor, person, trusted=False))


async def _note(desk: Desk, site: Site, person: str) -> list[str]:
    return _batch(await judging.note(desk.core, site, desk.actor, person, desk.form.get("note", "")))


async def _role(desk: Desk, site: Site, person: str) -> list[str]:
    return _batch(await judging.give_role(desk.core, site, desk.actor, person, desk.form.get("role", "")))


async def _reject_all(desk: Desk, site: Site, person: str) -> list[str]:
    return await sweeping.reject_all(desk.core, site, desk.actor, person)


def _batch(judged: Judged) -> list[str]:
    return [judged.batch] if judged.batch else []


_VERBS: Mapping[str, Callable[[Desk, Site, str], Awaitable[list[str]]]] = {
    "ban": _ban,
    "unban": _unban,
    "shadow": _shadow,
    "trust": _trust,
    "untrust": _untrust,
    "note": _note,
    "role": _role,
    "reject_all": _reject_all,
}

person = at_desk(_page, _act)
