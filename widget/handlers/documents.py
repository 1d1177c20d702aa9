"""Pages that belong to no site."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from widget.handlers.requests import service_of
from widget.html import PAGE_HEADERS
from widget.openapi import document


async def home(request: Request) -> Response:
    """GET /"""
    return HTMLResponse(service_of(request).html.render("home.html"), headers=PAGE_HEADERS)


async def privacy(request: Request) -> Response:
    """GET /privacy: how data is processed, for sites that have no page of their own on it."""
    return HTMLResponse(service_of(request).html.render("privacy.html"), headers=PAGE_HEADERS)


async def openapi(request: Request) -> Response:
    """GET /api/v1/openapi.json"""
    return Response(msgspec.json.encode(document(service_of(request).origin)), media_type="application/json")
