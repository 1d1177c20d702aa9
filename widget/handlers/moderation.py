"""What moderators do by JSON: /api/v1/{site}/… (`api.py` has the shapes, `routes.py` the addresses)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from widget import ids, pages
from widget.api import BanIn, BannedOut, DecidedOut, LockedOut, PinnedOut, StatusIn, UndoIn, UndoneOut, comment_out
from widget.comments import unknown_comment
from widget.documents import read_page_key
from widget.errors import Conflict
from widget.handlers.comments import json_answer
from widget.handlers.requests import read_json, service_of, site_of, writer_of
from widget.moderation import judging, pinning, undoing
from widget.moderation.deciding import VERBS, Choice, decide
from widget.moderation.judging import DAY, FOR_GOOD, Judged

_VERBS = {status: verb for verb, status in VERBS.items()}


async def set_status(request: Request) -> Response:
    """PUT …/comments/{id}/status"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    body = await read_json(request, StatusIn)
    choice = Choice(request.path_params["id"], body.seen or "")
    done = await decide(service_of(request).core, site, actor, [choice], _VERBS[body.status], body.reason)
    if not done.comments:
        raise unknown_comment()
    if done.missed:
        raise Conflict(done.missed[0].sentence, code="changed_meanwhile")
    [comment] = done.comments
    author = ids.encode(comment.person_id) if comment.person_id is not None else None
    return json_answer(DecidedOut(comment_out(comment, own=True), author, done.batch))


async def pin(request: Request) -> Response:
    """PUT or DELETE …/comments/{id}/pin"""
    site, core = await site_of(request), service_of(request).core
    actor, _, _ = await writer_of(request, site)
    pinned = request.method == "PUT"
    done = await pinning.pin(core, site, actor, request.path_params["id"], pinned=pinned)
    return json_answer(PinnedOut(pinned, done.batch))


async def undo(request: Request) -> Response:
    """POST …/undo"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    body = await read_json(request, UndoIn)
    done = await undoing.undo(service_of(request).core, site, actor, body.id)
    return json_answer(UndoneOut(done.undone, done.kept, done.batch))


async def ban(request: Request) -> Response:
    """PUT …/people/{id}/ban"""
    site, core = await site_of(request), service_of(request).core
    actor, _, _ = await writer_of(request, site)
    body = await read_json(request, BanIn)
    until = FOR_GOOD if body.days is None else core.db.now() + body.days * DAY
    return _judged(await judging.ban(core, site, actor, request.path_params["id"], until, body.reason))


async def unban(request: Request) -> Response:
    """DELETE …/people/{id}/ban"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    return _judged(await judging.unban(service_of(request).core, site, actor, request.path_params["id"]))


def _judged(judged: Judged) -> Response:
    until = judged.person.banned_until
    told = ids.rfc3339(until) if 0 < until < FOR_GOOD else None
    return json_answer(BannedOut(until > 0, told, judged.batch))


async def lock(request: Request) -> Response:
    """PUT or DELETE …/lock?url=|id="""
    site, query = await site_of(request), request.query_params
    actor, _, _ = await writer_of(request, site)
    page = read_page_key(site, query.get("url"), query.get("id"))
    locked = request.method == "PUT"
    batch = await pages.lock(service_of(request).core, site, actor, page.key, locked=locked)
    return json_answer(LockedOut(locked, batch))
