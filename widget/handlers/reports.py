"""What a reader has against a comment: by JSON, and on a page of its own that needs no script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from widget import ids, reporting
from widget.api import ReportIn
from widget.comments import unknown_comment
from widget.documents import FIRST_PARTY
from widget.errors import PalaverError
from widget.handlers.comments import PRIVATE
from widget.handlers.requests import read_form, read_json, reader_of, service_of, site_of, writer_of
from widget.html import PAGE_HEADERS


async def find(request: Request) -> Response:
    """GET /report/{site}/?comment=ID: where a button leads that is the same at each comment, which compresses well."""
    site, number = await site_of(request), ids.decode(request.query_params.get("comment", ""))
    if number is None:
        raise unknown_comment()
    return RedirectResponse(f"/report/{site.name}/{ids.encode(number)}", 303, PAGE_HEADERS)


async def form(request: Request) -> Response:
    """GET /report/{site}/{id}"""
    return await _form(request)


async def send(request: Request) -> Response:
    """POST /report/{site}/{id}"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site, FIRST_PARTY)
    fields = await read_form(request)
    reason, note = fields.get("reason", ""), fields.get("note", "")
    try:
        await reporting.report(service_of(request).core, site, actor, request.path_params["id"], reason, note)
    except PalaverError as error:
        return await _form(request, error, note)
    return RedirectResponse("/report/thanks", 303, PAGE_HEADERS)


async def thanks(request: Request) -> Response:
    """GET /report/thanks"""
    return _html(request, 200, done=True)


async def report(request: Request) -> Response:
    """POST /api/v1/{site}/comments/{id}/report"""
    site = await site_of(request)
    actor, _, _ = await writer_of(request, site)
    body = await read_json(request, ReportIn)
    core = service_of(request).core
    await reporting.report(core, site, actor, request.path_params["id"], body.reason, body.note)
    return Response(status_code=204, headers=PRIVATE)


async def _form(request: Request, error: PalaverError | None = None, note: str = "") -> Response:
    site = await site_of(request)
    actor = await reader_of(request, site, FIRST_PARTY)
    status, found = error.status if error else 200, None
    try:
        found = await reporting.read_reported(service_of(request).core, site, actor, request.path_params["id"])
    except PalaverError as refusal:
        error, status = refusal, refusal.status
    message = error.message if error else ""
    response = _html(request, status, found=found, error=message, reasons=reporting.REASONS, note=note)
    if error is not None and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _html(request: Request, status: int, **values: object) -> Response:
    html = service_of(request).html.render("report.html", **{"done": False, "error": "", **values})
    return HTMLResponse(html, status, PAGE_HEADERS)
