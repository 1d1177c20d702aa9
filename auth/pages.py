"""Answers: the window's pages, redirects within this service, and small JSON. None is ever kept or framed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

PERSONAL_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with no-referrer a form's Origin would be "null"
    "X-Content-Type-Options": "nosniff",
}
PAGE_HEADERS = {
    **PERSONAL_HEADERS,
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Pages:
    def __init__(self, templates: jinja2.Environment) -> None:
        self._templates = templates

    def page(self, template: str, *, status: int = 200, cookies: Iterable[str] = (), **values: Any) -> Response:
        html = self.render(f"auth/{template}", **values)
        return _with_cookies(HTMLResponse(html, status, PAGE_HEADERS), cookies)

    def render(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(values)


def redirect(url: str, *, cookies: Iterable[str] = ()) -> Response:
    """303, so that a form is not sent on (RFC 9110, 15.4.4)."""
    return _with_cookies(RedirectResponse(url, 303, PERSONAL_HEADERS), cookies)


def personal_json(value: Mapping[str, Any], *, status: int = 200, cookies: Iterable[str] = ()) -> Response:
    return _with_cookies(JSONResponse(value, status, PERSONAL_HEADERS), cookies)


def _with_cookies(response: Response, cookies: Iterable[str]) -> Response:
    for cookie in cookies:
        response.headers.append("Set-Cookie", cookie)
    return response
