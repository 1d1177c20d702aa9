"""What a form of the thread does: POST to the document's own address, with the field `action`.

Without script the answer is the document again (303, or with the error and the text still in the form); with
`Palaver-Fragment` it is the changed part, or the error as JSON. Both go the same way through the same verbs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from auth import Caller, frame_cookie, has_probe
from widget import comments, likes, posting
from widget.core import Actor
from widget.documents import FIRST_PARTY, FRAME, Document, read_document
from widget.errors import Invalid, PalaverError
from widget.guests import Guest
from widget.handlers import tools
from widget.handlers.deed import Deed, Form, back, changed
from widget.handlers.embed import form_again, fragment, headers_of, is_fragment
from widget.handlers.requests import read_form, service_of, site_of, writer_of
from widget.posting import Draft
from widget.render import Wanted
from widget.store.likes import DISLIKE, LIKE
from widget.views import FormView
from widget.written import check_text, render


async def frame(request: Request) -> Response:
    """POST /embed/{site}"""
    return await _act(request, read_document(await site_of(request), FRAME, request.query_params))


async def page(request: Request) -> Response:
    """POST /thread/{site}"""
    return await _act(request, read_document(await site_of(request), FIRST_PARTY, request.query_params))


async def _act(request: Request, document: Document) -> Response:
    form = await read_form(request)
    try:
        actor, visitor, caller = await writer_of(request, document.site, document.base)
        if form.get("action") == "signout":
            if visitor is not None:
                await service_of(request).auth.end_session(visitor)
            return back(document)
        act = ACTIONS.get(form.get("action", ""))
        if act is None:
            raise Invalid("This form says nothing that can be done here.", code="bad_action")
        return await act(Deed(request, document, actor, caller, form))
    except PalaverError as error:  # and not a request of another origin, which could put words into the form
        if is_fragment(request):
            raise
        wanted = _form_again(form, error) if form.get("action") in _WITH_TEXT else Wanted(error=error.message)
        response = await form_again(request, document, wanted, error.status)
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response


async def _post(deed: Deed) -> Response:
    request, document, form = deed.request, deed.document, deed.form
    draft = Draft(
        page=document.page,
        title=form.get("title", ""),
        parent_id=form.get("parent", ""),
        text=form.get("text", ""),
        guest=_guest(form),
        key=form.get("key", ""),
        trap=form.get("subject", ""),
        agent=request.headers.get("user-agent", ""),
        proof=form.get("proof", "") if is_fragment(request) else None,
    )
    posted = await posting.post(deed.core, document.site, deed.actor, draft)
    author = Actor(posted.comment.person_id, posted.comment.provider, deed.actor.address)
    response = await changed(deed._replace(actor=author), posted.page, posted.comment, "item", 201)
    if posted.session:
        give_session(request, response, document.site.id, posted.session, deed.caller)
    return response


def give_session(request: Request, response: Response, site_id: int, token: str, caller: Caller) -> None:
    """A cookie where it will come back (or nothing else is possible), else a bearer token for the script to keep."""
    path = request.scope["path"]
    scripted = path.startswith("/api/") or (is_fragment(request) and not path.startswith(f"/{FIRST_PARTY}/"))
    if caller is Caller.BROWSER and (has_probe(request) or not scripted):
        response.headers.append("Set-Cookie", frame_cookie(site_id, token))
    else:
        response.headers["Palaver-Token"] = token


async def _edit(deed: Deed) -> Response:
    form, agent = deed.form, deed.request.headers.get("user-agent", "")
    done = await comments.edit(
        deed.core, deed.document.site, deed.actor, form.get("comment", ""), form.get("text", ""), agent
    )
    return await changed(deed, done.page, done.comment, "article")


async def _delete(deed: Deed) -> Response:
    done = await comments.delete(deed.core, deed.document.site, deed.actor, deed.form.get("comment", ""))
    if is_fragment(deed.request) and not done.comment.replies:
        return Response(status_code=200, headers=headers_of(deed.document))
    return await changed(deed, done.page, done.comment, "article")


async def _like(deed: Deed) -> Response:
    action, site = deed.form["action"], deed.document.site
    value = DISLIKE if action.endswith("dislike") else LIKE
    given = not action.startswith("un")
    done = await likes.like(deed.core, site, deed.actor, deed.form.get("comment", ""), value, given=given)
    return await changed(deed, done.page, done.comment, "likes")


async def _preview(deed: Deed) -> Response:
    await deed.core.limits.check("preview", deed.actor.address, deed.core.db.now())
    html = Markup(await render(check_text(deed.form.get("text", ""))))  # noqa: S704
    if is_fragment(deed.request):
        return fragment(deed.request, deed.document, "preview", html=html)
    return await form_again(deed.request, deed.document, _form_again(deed.form, preview=html))


ACTIONS: Mapping[str, Callable[[Deed], Awaitable[Response]]] = {
    "post": _post,
    "preview": _preview,
    "edit": _edit,
    "delete": _delete,
    "like": _like,
    "unlike": _like,
    "dislike": _like,
    "undislike": _like,
    **tools.ACTIONS,
}
_WITH_TEXT = ("post", "preview", "edit")


def _guest(form: Form) -> Guest | None:
    if not {"name", "email", "website"} & form.keys():
        return None
    return Guest(form.get("name", ""), form.get("email", ""), form.get("website", ""))


def _form_again(form: Form, error: PalaverError | None = None, preview: Markup | None = None) -> Wanted:
    """The same form with all that was written in it, and what is wrong or how it will look."""
    again = FormView(
        action="edit" if form.get("comment") else "post",
        comment=form.get("comment", ""),
        parent=form.get("parent", ""),
        text=form.get("text", ""),
        name=form.get("name", ""),
        email=form.get("email", ""),
        website=form.get("website", ""),
        key=form.get("key", ""),
        error=error.message if error else "",
        fields=error.fields if error else {},
        preview=preview,
    )
    return Wanted(reply=again.parent, edit=again.comment, form=again)
