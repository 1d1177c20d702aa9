"""/admin/link: the printed address, a button, and an owner. The address alone changes nothing, for programs that look
through messages follow links.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from auth import check_change, page_cookie
from widget.errors import PalaverError
from widget.handlers.requests import read_form, service_of
from widget.html import PAGE_HEADERS
from widget.moderation import owners


async def link(request: Request) -> Response:
    """GET /admin/link?t="""
    return await _page(request, request.query_params.get("t", ""))


async def claim(request: Request) -> Response:
    """POST /admin/link"""
    service = service_of(request)
    check_change(request.headers, service.origin)
    form = await read_form(request)
    visitor = await service.auth.page_visitor(request)
    token, name = form.get("t", ""), form.get("name", "")
    try:
        claimed = await owners.claim(service.core, token, visitor, name)
    except PalaverError as error:
        return await _page(request, token, error, name)
    response = RedirectResponse("/admin", 303, PAGE_HEADERS)
    if claimed.session is not None:
        response.headers.append("Set-Cookie", page_cookie(claimed.session))
    return response


async def _page(request: Request, token: str, error: PalaverError | None = None, typed: str = "") -> Response:
    service = service_of(request)
    visitor = await service.auth.page_visitor(request)
    found = await owners.look_at(service.core, token, visitor)
    if error is None and not found.usable:
        error = owners.used_up()
    html = service.html.render(
        "admin/link.html",
        token=token,
        link=found,
        providers=service.providers,
        error=error.message if error else "",
        typed=typed,
    )
    return HTMLResponse(html, error.status if error else 200, PAGE_HEADERS)
