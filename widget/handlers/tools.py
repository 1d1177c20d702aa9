"""What the forms of moderators do in the thread itself. After each stands what was done, with its undo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import RedirectResponse, Response

from widget import pages
from widget.documents import FRAME
from widget.errors import Conflict
from widget.handlers.deed import Deed, read_branch_of
from widget.handlers.embed import fragment, headers_of, is_fragment, with_tools
from widget.handlers.requests import service_of
from widget.moderation import judging, pinning, undoing
from widget.moderation.deciding import VERBS, Choice, decide
from widget.render import thread_view
from widget.view_tree import find_view


async def _decide(deed: Deed) -> str | None:
    """Raises `Conflict` where another decided since the moderator looked."""
    choice = Choice(deed.form.get("comment", ""), deed.form.get("seen", ""))
    done = await decide(deed.core, deed.document.site, deed.actor, [choice], deed.form["action"])
    if done.missed:
        raise Conflict(done.missed[0].sentence, code="changed_meanwhile")
    return done.batch


async def _pin(deed: Deed) -> str | None:
    pinned = deed.form["action"] == "pin"
    done = await pinning.pin(deed.core, deed.document.site, deed.actor, deed.form.get("comment", ""), pinned=pinned)
    return done.batch


async def _ban(deed: Deed) -> str | None:
    person, until = deed.form.get("person", ""), judging.end_of_ban(deed.form.get("until", ""), deed.core.db.now())
    reason = deed.form.get("reason", "")
    return (await judging.ban(deed.core, deed.document.site, deed.actor, person, until, reason)).batch


async def _unban(deed: Deed) -> str | None:
    return (await judging.unban(deed.core, deed.document.site, deed.actor, deed.form.get("person", ""))).batch


async def _lock(deed: Deed) -> str | None:
    document, locked = deed.document, deed.form["action"] == "lock"
    return await pages.lock(deed.core, document.site, deed.actor, document.page.key, locked=locked)


async def _undo(deed: Deed) -> str | None:
    return (await undoing.undo(deed.core, deed.document.site, deed.actor, deed.form.get("batch", ""))).batch


def _told(act: Callable[[Deed], Awaitable[str | None]]) -> Callable[[Deed], Awaitable[Response]]:
    """Does the deed, and answers with the comment it was about, or else with what stands above the thread."""

    async def answer(deed: Deed) -> Response:
        batch = await act(deed) or ""
        if is_fragment(deed.request):
            return await _part(deed, batch)
        document, comment = deed.document, deed.form.get("comment", "")
        said = {name: value for name, value in (("moderate", comment), ("done", batch)) if value}
        own = {"own": "1"} if document.base == FRAME else {}
        anchor = f"#comment-{comment}" if comment else ""
        return RedirectResponse(document.address(**own, **said) + anchor, 303, headers_of(document))

    return answer


async def _part(deed: Deed, batch: str) -> Response:
    document, comment, service = deed.document, deed.form.get("comment", ""), service_of(deed.request)
    wanted = await with_tools(deed.request, document, deed.actor, comment, batch)
    thread, reader = await service.core.db.read(read_branch_of, document, deed.actor, comment)
    view = thread_view(document, thread, service.providers, deed.core.db.now(), reader, wanted)
    shown = find_view(view.comments, comment)
    if shown is None:
        return fragment(deed.request, document, "desk", thread=view)
    return fragment(deed.request, document, "article", comment=shown, thread=view)


ACTIONS: Mapping[str, Callable[[Deed], Awaitable[Response]]] = {
    **dict.fromkeys(VERBS, _told(_decide)),
    "pin": _told(_pin),
    "unpin": _told(_pin),
    "ban": _told(_ban),
    "unban": _told(_unban),
    "lock": _told(_lock),
    "unlock": _told(_lock),
    "undo": _told(_undo),
}
