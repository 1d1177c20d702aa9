"""The JSON interface: /api/v1/{site}/… (`api.py` has its shapes, `routes.py` its addresses)."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from auth import check_personal, probe_cookie
from widget import comments, cursors, likes, posting
from widget.api import (
    CommentIn,
    HtmlOut,
    LikedOut,
    LikersOut,
    PersonOut,
    RepliesOut,
    TextIn,
    comment_out,
    me_out,
    thread_out,
)
from widget.documents import read_page_key, read_sort
from widget.guests import Guest
from widget.handlers.actions import give_session
from widget.handlers.requests import read_json, reader_of, service_of, site_of, writer_of
from widget.html import BRIEF
from widget.labels import provider_label
from widget.policy import is_closed
from widget.posting import Draft
from widget.store.likes import DISLIKE, LIKE
from widget.threads import read_reader, read_replies, read_thread
from widget.written import check_text, render

PUBLIC = {"Cache-Control": BRIEF}
PRIVATE = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "same-origin"}


def json_answer(body: Any, status: int = 200, headers: dict[str, str] = PRIVATE) -> Response:
    kept = {**headers, "X-Content-Type-Options": "nosniff"}
    return Response(msgspec.json.encode(body), status, kept, "application/json")


async def thread(request: Request) -> Response:
    """GET …/thread?url=|id=&sort=&cursor="""
    site, query = await site_of(request), request.query_params
    page = read_page_key(site, query.get("url"), query.get("id"))
    sort = read_sort(site, query.get("sort"))
    db = service_of(request).core.db
    found = await db.read(read_thread, site, page.key, sort, query.get("cursor"))
    closed = is_closed(site, found.page, db.now())
    return json_answer(thread_out(found, page, closed=closed), headers=PUBLIC)


async def replies(request: Request) -> Response:
    """GET …/comments/{id}/replies?cursor="""
    site, cursor = await site_of(request), request.query_params.get("cursor")
    found = await service_of(request).core.db.read(read_replies, site, request.path_params["id"], cursor)
    return json_answer(RepliesOut([comment_out(row) for row in found.comments], found.next), headers=PUBLIC)


async def likers(request: Request) -> Response:
    """GET …/comments/{id}/likes?cursor="""
    site, cursor = await site_of(request), request.query_params.get("cursor")
    after = cursors.read_person(cursor) if cursor else -1
    found = await likes.list_likers(service_of(request).core, site, request.path_params["id"], after)
    following = cursors.after_person(found.people[-1].person_id) if found.more else None
    return json_answer(LikersOut([PersonOut(person.name, person.url or None) for person in found.people], following))


async def post(request: Request) -> Response:
    """POST …/comments"""
    site = await site_of(request)
    actor, _, caller = await writer_of(request, site)
    body = await read_json(request, CommentIn)
    draft = Draft(
        page=read_page_key(site, body.url, body.id),
        title=body.title,
        parent_id=body.parent_id or "",
        text=body.text,
        guest=Guest(body.guest.name, body.guest.email, body.guest.website) if body.guest else None,
        key=request.headers.get("idempotency-key", ""),
        agent=request.headers.get("user-agent", ""),
        proof=body.proof,
    )
    posted = await posting.post(service_of(request).core, site, actor, draft)
    response = json_answer(comment_out(posted.comment, own=True), 201)
    if posted.session:
        give_session(request, response, site.id, posted.session, caller)
    return response


async def edit(request: Request) -> Response:
    """PATCH …/comments/{id}"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    body = await read_json(request, TextIn)
    core, agent = service_of(request).core, request.headers.get("user-agent", "")
    done = await comments.edit(core, site, actor, request.path_params["id"], body.text, agent)
    return json_answer(comment_out(done.comment, own=True))


async def delete(request: Request) -> Response:
    """DELETE …/comments/{id}"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    done = await comments.delete(service_of(request).core, site, actor, request.path_params["id"])
    return json_answer(comment_out(done.comment))


async def like(request: Request) -> Response:
    """PUT or DELETE …/comments/{id}/like"""
    return await _like(request, LIKE)


async def dislike(request: Request) -> Response:
    """PUT or DELETE …/comments/{id}/dislike"""
    return await _like(request, DISLIKE)


async def _like(request: Request, value: int) -> Response:
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    core, comment_id, given = service_of(request).core, request.path_params["id"], request.method == "PUT"
    done = await likes.like(core, site, actor, comment_id, value, given=given)
    comment = done.comment
    return json_answer(LikedOut(comment.likes, comment.score, done.value == LIKE, done.value == DISLIKE))


async def preview(request: Request) -> Response:
    """POST …/preview"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    body = await read_json(request, TextIn)
    core = service_of(request).core
    await core.limits.check("preview", actor.address, core.db.now())
    return json_answer(HtmlOut(await render(check_text(body.text))))


async def me(request: Request) -> Response:
    """GET …/me?url=|id=: what is laid over the cached thread for this reader."""
    check_personal(request.headers)
    site, query, service = await site_of(request), request.query_params, service_of(request)
    page = read_page_key(site, query.get("url"), query.get("id"))
    actor = await reader_of(request, site)
    reader = await service.core.db.read(read_reader, site, page.key, actor)
    label = provider_label(site, reader.provider, service.providers)
    response = json_answer(me_out(reader, label, site.edit_window))
    if "sec-fetch-site" in request.headers:
        response.headers.append("Set-Cookie", probe_cookie())
    return response
