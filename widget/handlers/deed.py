"""One deed that a form of the thread asks for, and how it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth import Caller
from widget import ids
from widget.comments import unknown_comment
from widget.core import Actor, Core
from widget.db import Tx
from widget.documents import FRAME, Document
from widget.handlers.embed import fragment, headers_of, is_fragment
from widget.handlers.requests import service_of
from widget.render import thread_view
from widget.store import pages
from widget.store.comments import Comment, get_comment
from widget.store.pages import Page
from widget.threads import Reader, Thread, read_branch, read_reader
from widget.view_tree import find_view

Form = Mapping[str, str]


class Deed(NamedTuple):
    request: Request
    document: Document
    actor: Actor
    caller: Caller
    form: Form

    @property
    def core(self) -> Core:
        return service_of(self.request).core


async def changed(deed: Deed, page: Page, comment: Comment, part: str, status: int = 200) -> Response:
    """After a deed: the way back to the comment, or the changed part of it."""
    if not is_fragment(deed.request):
        return back(deed.document, comment)
    service = service_of(deed.request)
    thread, reader = await service.core.db.read(_read_one, deed.document, deed.actor, page, comment)
    view = thread_view(deed.document, thread, service.providers, deed.core.db.now(), reader)
    shown = find_view(view.comments, ids.encode(comment.id))
    if shown is None:
        raise unknown_comment()
    return fragment(deed.request, deed.document, part, status, comment=shown, thread=view)


def _read_one(tx: Tx, document: Document, actor: Actor, page: Page, comment: Comment) -> tuple[Thread, Reader]:
    return read_branch(tx, document.site, page, comment), read_reader(tx, document.site, page.key, actor)


def read_branch_of(tx: Tx, document: Document, actor: Actor, comment_id: str) -> tuple[Thread, Reader]:
    """A comment of the document's page below its ancestors; none of it where there is no such comment."""
    site, number = document.site, ids.decode(comment_id)
    page = pages.get_page(tx, site.id, document.page.key)
    comment = get_comment(tx, site.id, number) if number is not None else None
    thread = Thread(page, [], None, {})
    if page is not None and comment is not None and comment.page_id == page.id:
        thread = read_branch(tx, site, page, comment)
    return thread, read_reader(tx, site, document.page.key, actor)


def back(document: Document, comment: Comment | None = None) -> Response:
    """See Other (RFC 9110, 15.4.4): to this reader's document, at the comment."""
    extra = {"own": "1"} if document.base == FRAME else {}
    anchor = ""
    if comment is not None:
        anchor = f"#comment-{ids.encode(comment.id)}"
        if comment.status == "approved":
            extra["comment"] = ids.encode(comment.id)
    return RedirectResponse(document.address(**extra) + anchor, 303, headers_of(document))
