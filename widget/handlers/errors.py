"""One place where errors become answers: JSON for programs and scripts, a page for people."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from auth import AuthError
from widget.errors import NotFound, PalaverError
from widget.handlers.requests import service_of
from widget.html import PAGE_HEADERS, WRONG_TAG_HEADERS, frame_headers
from widget.spam.proof import ProofNeeded

logger = logging.getLogger("palaver.errors")
CLIENT_CLOSED = 499  # as nginx logs it; HTTP has no word for it
Told = PalaverError | AuthError
_OF_THE_TAG = {"unknown_site", "foreign_url"}


async def told(request: Request, error: Exception) -> Response:
    """An error that says itself what the person should know."""
    assert isinstance(error, (PalaverError, AuthError))
    return answer(request, error)


async def http(request: Request, error: Exception) -> Response:
    """What the framework raises: unknown addresses and methods."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return answer(request, NotFound("There is nothing at this address."))
    known = PalaverError(f"{HTTPStatus(error.status_code).phrase}.", code=f"http_{error.status_code}")
    known.status = error.status_code
    return answer(request, known, headers=dict(error.headers or {}))


async def gone(_request: Request, error: Exception) -> Response:
    """Whoever asked left before all was read: nobody's mistake, and nobody reads the answer."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=CLIENT_CLOSED)


async def unforeseen(request: Request, error: Exception) -> Response:
    logger.error("unforeseen error", exc_info=error)
    number = getattr(request.state, "request_id", "")
    return answer(
        request, PalaverError(f"Something went wrong here; it was written down as {number}.", code="internal")
    )


HANDLERS = {
    PalaverError: told,
    AuthError: told,
    HTTPException: http,
    ClientDisconnect: gone,
    Exception: unforeseen,
}


def answer(request: Request, error: Told, headers: dict[str, str] | None = None) -> Response:
    extra = dict(headers or {})
    if error.retry_after is not None:
        extra["Retry-After"] = str(error.retry_after)
    if wants_json(request):
        extra["Cache-Control"] = "no-store"
        return JSONResponse(as_json(error), error.status, extra)
    wrong_tag = request.method == "GET" and request.url.path.startswith("/embed/") and error.code in _OF_THE_TAG
    about = {
        "message": error.message,
        "fields": {} if wrong_tag else error.fields,
        "status": error.status,
        "back": "" if wrong_tag else _way_back(request),
        "wrong_tag": wrong_tag,
    }
    html = service_of(request).html.render("error.html", **about)
    policy = WRONG_TAG_HEADERS if wrong_tag else {**PAGE_HEADERS, **_frame_policy(request)}
    return Response(html, error.status, {**policy, **extra})


def _way_back(request: Request) -> str:
    """From an error of a thread's document, the document itself: what else was asked of it is left out."""
    if not hasattr(request.state, "site"):
        return ""
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name in ("url", "id", "sort", "theme")
    ]
    return f"{request.url.path}?{urlencode(kept)}" if request.query_params.keys() - dict(kept).keys() else ""


def wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or "palaver-fragment" in request.headers


def as_json(error: Told) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.fields:
        body["fields"] = error.fields
    if isinstance(error, ProofNeeded):
        body["challenge"] = error.challenge
    return {"error": body}


def _frame_policy(request: Request) -> dict[str, str]:
    """In the frame of a site that exists, its pages may show the error; of one that does not, nobody."""
    site = getattr(request.state, "site", None)
    if site is None or not request.url.path.startswith(("/embed/", "/count/", "/latest/")):
        return {}
    return {**frame_headers(site, personal=True), "Cross-Origin-Opener-Policy": "unsafe-none"}
