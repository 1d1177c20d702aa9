"""One's own account: a page of first-party forms. Each deed answers with the page again, and says what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from auth import Attempt, Visitor, check_change, page_cookie
from widget import account, erasing, exporting, joining
from widget.account_page import NOTHING, TOLD, Said, account_view, half_view, read_place
from widget.errors import Conflict, Invalid, PalaverError, Unauthorised
from widget.handlers.requests import read_form, service_of
from widget.html import PAGE_HEADERS
from widget.service import Service

Handler = Callable[[Request], Awaitable[Response]]
_DOWNLOAD = {
    **PAGE_HEADERS,
    "Content-Type": "application/json",
    "Content-Disposition": 'attachment; filename="palaver-account.json"',
}


class Deed(NamedTuple):
    """What somebody who signed in just now asks for."""

    request: Request
    service: Service
    visitor: Visitor
    form: Mapping[str, str]

    @property
    def identity(self) -> str:
        return self.form.get("identity", "")


def _opened(handler: Callable[[Deed], Awaitable[Response]]) -> Handler:
    """Whoever did not sign in just now is asked to, and what they typed is kept."""

    async def handle(request: Request) -> Response:
        service = service_of(request)
        form: Mapping[str, str] = {}
        if request.method == "POST":
            check_change(request.headers, service.origin)
            form = await read_form(request)
        try:
            visitor = account.check_open(service.core, await service.auth.page_visitor(request))
            return await handler(Deed(request, service, visitor, form))
        except Unauthorised:
            status = 403 if request.method == "POST" else 200
            return _html(service, "sign_in.html", status, providers=service.providers, typed=form.get("name"))

    return handle


@_opened
async def page(deed: Deed) -> Response:
    """GET /account; `w` names the window in which a further identity was proved, `told` what was just done."""
    query = deed.request.query_params
    linked = await deed.service.auth.linked(deed.request, deed.visitor, query.get("w", ""))
    if linked is not None and linked.person_id != deed.visitor.person_id:
        return await _join_page(deed, linked)
    told = "linked" if linked is not None else query.get("told", "")
    return await _page(deed, Said(notice=TOLD.get(told, "")))


@_opened
async def change(deed: Deed) -> Response:
    """POST /account, with the field `action`."""
    act = _ACTIONS.get(deed.form.get("action", ""))
    try:
        if act is None:
            raise Invalid("This form says nothing that can be done here.", code="bad_action")
        return _see("/account?" + urlencode({"told": await act(deed)}))
    except Unauthorised:
        raise
    except PalaverError as error:
        said = Said(error=error.message, fields=error.fields, typed=deed.form.get("name"))
        response = await _page(deed, said, error.status)
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        return response


async def _rename(deed: Deed) -> str:
    await account.rename(deed.service.core, deed.visitor, deed.form.get("name", ""))
    return "renamed"


async def _follow(deed: Deed) -> str:
    await account.follow(deed.service.core, deed.visitor, deed.identity)
    return "renamed"


async def _picture(deed: Deed) -> str:
    await account.use_picture(deed.service.core, deed.service.pictures, deed.visitor, deed.identity)
    return "picture"


async def _draw(deed: Deed) -> str:
    await account.draw(deed.service.core, deed.visitor)
    return "picture"


async def _unlink(deed: Deed) -> str:
    await account.unlink(deed.service.core, deed.visitor, deed.identity, deed.service.auth.providers)
    return "unlinked"


async def _join(deed: Deed) -> str:
    linked = await deed.service.auth.linked(deed.request, deed.visitor, deed.form.get("w", ""))
    if linked is None:
        raise Conflict("That sign-in was used, or is too long ago. Please link the account again.", code="link_again")
    await joining.join(deed.service.core, deed.visitor, linked.id)
    return "joined"


async def _claim(deed: Deed) -> str:
    name = deed.form.get("page", "")
    place = read_place(name)
    if place is None and name != "all":
        raise Invalid("This form names no page.", code="bad_page")
    await joining.claim(deed.service.core, deed.visitor, place)
    return "claimed"


async def _end(deed: Deed) -> str:
    await account.end_session(deed.service.core, deed.visitor, deed.form.get("session", ""))
    return "ended"


async def _end_others(deed: Deed) -> str:
    await account.end_others(deed.service.core, deed.visitor)
    return "ended_others"


_ACTIONS: Mapping[str, Callable[[Deed], Awaitable[str]]] = {
    "rename": _rename,
    "follow": _follow,
    "picture": _picture,
    "draw": _draw,
    "unlink": _unlink,
    "join": _join,
    "claim": _claim,
    "end": _end,
    "end_others": _end_others,
}


@_opened
async def export(deed: Deed) -> Response:
    """GET /account/export"""
    parts = await exporting.export(deed.service.core, deed.visitor)
    return StreamingResponse(parts, headers=_DOWNLOAD)


@_opened
async def erasure(deed: Deed) -> Response:
    """GET /account/erase: what it means, and the button."""
    return await _erasure_page(deed)


@_opened
async def erase(deed: Deed) -> Response:
    """POST /account/erase"""
    keep, sure = deed.form.get("comments") == "keep", deed.form.get("sure") == "yes"
    try:
        await erasing.erase(deed.service.core, deed.visitor, keep_comments=keep, sure=sure)
    except Invalid as error:
        return await _erasure_page(deed, error.status, keep=keep, error=error.message)
    response = _see("/account/erased")
    response.headers.append("Set-Cookie", page_cookie(""))
    return response


async def erased(request: Request) -> Response:
    """GET /account/erased"""
    return _html(service_of(request), "erased.html")


async def _page(deed: Deed, said: Said = NOTHING, status: int = 200) -> Response:
    service = deed.service
    found = await account.read(service.core, deed.visitor)
    offered = service.pictures.offered
    view = account_view(found, service.providers, deed.visitor.token_hash, said, pictures=offered)
    return _html(service, "page.html", status, account=view)


async def _join_page(deed: Deed, linked: Attempt) -> Response:
    halves = await joining.compare(deed.service.core, deed.visitor, linked.person_id or 0)
    if halves is None:
        return await _page(deed)
    mine, other = (half_view(half, deed.service.providers) for half in halves)
    return _html(deed.service, "join.html", mine=mine, other=other, w=linked.id)


async def _erasure_page(deed: Deed, status: int = 200, *, keep: bool = False, error: str = "") -> Response:
    found = await account.read(deed.service.core, deed.visitor)
    return _html(deed.service, "erase.html", status, comments=found.comments, keep=keep, error=error)


def _see(address: str) -> Response:
    """See Other (RFC 9110, 15.4.4)."""
    return RedirectResponse(address, 303, PAGE_HEADERS)


def _html(service: Service, template: str, status: int = 200, **values: object) -> Response:
    return HTMLResponse(service.html.render(f"account/{template}", **values), status, PAGE_HEADERS)
