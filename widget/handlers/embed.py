"""The thread as HTML: in the frame (`/embed`) and as a page of its own (`/thread`).

The frame's bare address is one cached answer for everybody. Whatever is asked beyond it (`own=1`, a comment, more
replies …) is made for this request and kept by nobody. With `Palaver-Fragment` only the new part is answered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from widget import cursors, ids, likes
from widget.cache import Key, Rendered
from widget.comments import unknown_comment
from widget.core import NOBODY, Actor
from widget.db import Tx
from widget.documents import FIRST_PARTY, FRAME, Document, read_document
from widget.errors import BadRequest, NotFound, Unavailable
from widget.handlers.cached import cached, raw
from widget.handlers.requests import reader_of, service_of, site_of
from widget.html import PAGE_HEADERS, STALE, frame_headers
from widget.moderation.in_thread import read_tools
from widget.pending import read_pending
from widget.policy import closes_at
from widget.render import Wanted, thread_view
from widget.store import pages
from widget.threads import NOBODY as NO_READER
from widget.threads import Reader, Thread, read_focused, read_reader, read_replies, read_thread, replies_thread
from widget.tools import told_view, tools_view
from widget.transfer import permalinks
from widget.view_tree import find_view, hanging_views
from widget.views import CommentView, ThreadView

_BEYOND = {
    "own",
    "reply",
    "edit",
    "delete",
    "comment",
    "preview",
    "cursor",
    "replies",
    "likes",
    "pending",
    "moderate",
    "done",
}


async def frame(request: Request) -> Response:
    """GET /embed/{site}"""
    document = read_document(await site_of(request), FRAME, request.query_params)
    if not _BEYOND.isdisjoint(request.query_params):
        return await personal(request, document)
    return await _cached(request, document)


async def page(request: Request) -> Response:
    """GET /thread/{site}: first-party, so always for this reader."""
    return await personal(request, read_document(await site_of(request), FIRST_PARTY, request.query_params))


def is_fragment(request: Request) -> bool:
    return "palaver-fragment" in request.headers


async def _cached(request: Request, document: Document) -> Response:
    service = service_of(request)

    async def reread() -> tuple[int, int]:
        return await service.core.db.read(pages.get_versions, document.site.id, document.page.key)

    async def build() -> Rendered:
        thread, now = await service.core.db.read(_read_shared, document)
        end, lasting = _end(closes_at(document.site, thread.page), now)
        headers = {**frame_headers(document.site, personal=False, lasting=lasting), "Vary": "Accept-Encoding"}
        return Rendered(
            lambda: service.html.document(thread_view(document, thread, service.providers, now)),
            [thread.page.key if thread.page else document.page.key],
            (document.site.version, thread.page.version if thread.page else 0),
            reread,
            raw(headers),
            end,
        )

    key = Key(document.site.name, document.page.key, document.page.url, document.sort, document.lang, document.theme)
    return await cached(request, document.site, key, build)


def _read_shared(tx: Tx, document: Document) -> tuple[Thread, int]:
    """The thread, and when that was (Unix ms)."""
    return read_thread(tx, document.site, document.page.key, document.sort), tx.now


def _end(closes: int | None, now: int) -> tuple[int | None, bool]:
    """When the document of a page that closes then is another one, and whether caches on the way may keep it long: once
    shortly before the page closes, so that none shows it afterwards, and once when it does.
    """
    if closes is None or closes <= now:
        return None, True
    return (closes - STALE, True) if now < closes - STALE else (closes, False)


async def personal(request: Request, document: Document) -> Response:
    """The document or the part of it that was asked for, made for this request. Raises `NotFound`, `BadRequest`."""
    query = request.query_params
    if "likes" in query:
        wanted = await _with_likers(request, document, query["likes"])
    elif "moderate" in query or "done" in query:
        actor = await reader_of(request, document.site, document.base)
        wanted = await with_tools(request, document, actor, query.get("moderate", ""), query.get("done", ""))
    else:
        wanted = Wanted(reply=query.get("reply", ""), edit=query.get("edit", ""), delete=query.get("delete", ""))
    own = document.base == FIRST_PARTY or "own" in query
    thread, view = await _view(request, document, query, wanted, own=own)
    if is_fragment(request):
        return _fragment(request, document, view, thread)
    return _document(request, document, view)


async def form_again(request: Request, document: Document, wanted: Wanted, status: int = 200) -> Response:
    """The document with a form that was not carried out. What was written in it outlives a comment that is gone (the
    form then stands at the end of the thread) and a database that does not answer (then there is only the form).
    """
    try:
        _, view = await _view(request, document, request.query_params, wanted, own=True)
    except (NotFound, BadRequest):
        _, view = await _view(request, document, {}, wanted.elsewhere(), own=True)
    except Unavailable:
        service = service_of(request)
        nothing = Thread(None, [], None, {})
        view = thread_view(document, nothing, service.providers, service.core.db.now(), NO_READER, wanted.elsewhere())
    return _document(request, document, view, status)


async def _view(
    request: Request, document: Document, query: Mapping[str, str], wanted: Wanted, *, own: bool
) -> tuple[Thread, ThreadView]:
    service = service_of(request)
    actor = await reader_of(request, document.site, document.base) if own else NOBODY
    read = service.core.db.read
    try:
        thread, reader = await read(_read, document, query, wanted, actor)
    except NotFound:
        if not query.get("comment"):
            raise
        place = document.site, document.page.key
        comment = await permalinks.follow(service.core, *place, query["comment"], request.state.client_address)
        thread, reader = await read(_read, document, {**query, "comment": comment}, wanted, actor)
    now = service.core.db.now()
    return thread, thread_view(document, thread, service.providers, now, reader if own else None, wanted)


def _document(request: Request, document: Document, view: ThreadView, status: int = 200) -> Response:
    return HTMLResponse(service_of(request).html.document(view), status, headers_of(document))


def _fragment(request: Request, document: Document, view: ThreadView, thread: Thread) -> Response:
    """The part that a GET asks for: names, further replies, what waits, a moderator's tools, or a page of roots."""
    query = request.query_params
    if "likes" in query:
        return fragment(request, document, "likers", comment=_found(view, query["likes"]), thread=view)
    if "replies" in query:
        ancestors = {ids.encode(comment.id) for comment in thread.comments[: thread.context]}
        root = _found(view, query["replies"])
        comments = hanging_views(view.comments, ancestors)
        return fragment(request, document, "replies", comment=root, comments=comments, thread=view)
    if "pending" in query:
        context = {ids.encode(comment.id) for comment in thread.comments[: thread.context]}
        return fragment(request, document, "pending", comments=hanging_views(view.comments, context), thread=view)
    if query.get("moderate"):
        return fragment(request, document, "article", comment=_found(view, query["moderate"]), thread=view)
    if "moderate" in query:
        return fragment(request, document, "desk", thread=view)
    return fragment(request, document, "roots", thread=view)


def _found(view: ThreadView, comment_id: str) -> CommentView:
    found = find_view(view.comments, comment_id)
    if found is None:
        raise unknown_comment()
    return found


def fragment(request: Request, document: Document, part: str, status: int = 200, **values: object) -> Response:
    """A part of the document (`templates/fragments.html` lists them)."""
    return HTMLResponse(service_of(request).html.fragment(part, **values), status, headers_of(document))


def headers_of(document: Document) -> dict[str, str]:
    """Of a document that is made for one request."""
    return PAGE_HEADERS if document.base == FIRST_PARTY else frame_headers(document.site, personal=True)


def _read(tx: Tx, document: Document, query: Mapping[str, str], wanted: Wanted, actor: Actor) -> tuple[Thread, Reader]:
    site, key, sort = document.site, document.page.key, document.sort
    reader = read_reader(tx, site, key, actor)
    if "pending" in query:
        return read_pending(tx, site, pages.get_page(tx, site.id, key), reader), reader
    if "replies" in query:
        return replies_thread(read_replies(tx, site, query["replies"], query.get("cursor"))), reader
    pending = [comment.id for comment in reader.pending]
    if wanted.moderate:
        with contextlib.suppress(NotFound):  # it may have vanished by what was just done
            return read_focused(tx, site, key, sort, wanted.moderate, pending), reader
    linked = query.get("comment", "").removeprefix(permalinks.OWN)
    focus = linked or wanted.reply or wanted.edit or wanted.delete or wanted.likes
    if focus:
        return read_focused(tx, site, key, sort, focus, pending), reader
    cursor = query.get("cursor")
    return read_thread(tx, site, key, sort, cursor)._replace(earlier=bool(cursor)), reader


async def with_tools(request: Request, document: Document, actor: Actor, comment_id: str, batch_id: str = "") -> Wanted:
    """A moderator's tools at a comment, and what was just done. Raises what `can_moderate` raises."""
    core = service_of(request).core
    tools = await read_tools(core, document.site, actor, comment_id, batch_id)
    view = tools_view(document.site, tools, core.db.now())
    return Wanted(moderate=comment_id, tools=view, told=told_view(tools.deed, comment_id))


async def _with_likers(request: Request, document: Document, comment_id: str) -> Wanted:
    cursor = request.query_params.get("cursor")
    after = cursors.read_person(cursor) if cursor else -1
    found = await likes.list_likers(service_of(request).core, document.site, comment_id, after)
    following = cursors.after_person(found.people[-1].person_id) if found.more else ""
    return Wanted(likes=comment_id, likers=[person.name for person in found.people], likers_cursor=following)
