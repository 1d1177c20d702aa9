"""Which requests may change something, and which may read what is somebody's own.

Browsers say where a request comes from: Origin (RFC 6454; Fetch Standard, 3.2) and Sec-Fetch-Site (Fetch Metadata).
A request with neither header is no browser; it carries no ambient authority, so it may act as a guest or by a
bearer token, and its cookies count for nothing. Tokens in forms are not needed, and would have to be kept out of
cached documents.
"""

from __future__ import annotations

import enum

from starlette.datastructures import Headers

from auth.errors import Refused

_FOREIGN = "This request did not come from our own page, so it was not carried out."


class Caller(enum.Enum):
    BROWSER = "browser"
    PROGRAM = "program"


def check_change(headers: Headers, own_origin: str) -> Caller:
    """Who asks for a change. Raises `Refused` for a browser that is not on a page of exactly our origin."""
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if not origins and not sites:
        return Caller.PROGRAM
    if origins != [own_origin] or sites not in ([], ["same-origin"]):
        raise Refused(_FOREIGN)
    return Caller.BROWSER


def check_window_form(headers: Headers, own_origin: str) -> None:
    """For the one form that opens a window: the Origin alone counts, and nobody goes without it.

    WebKit calls a form of our frame that opens a window "cross-site", so Sec-Fetch-Site says nothing here.
    """
    if headers.getlist("origin") != [own_origin]:
        raise Refused(_FOREIGN, code="not_ours")


def check_personal(headers: Headers) -> None:
    """Raises `Refused` unless our own page asks, or a program (whose cookies count for nothing).

    A host page's own `no-cors` fetch carries the frame's cookie; this keeps the answer from it.
    """
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if sites != ["same-origin"] and (origins or sites):
        raise Refused("This answer is personal and is given to our own pages only.")


def frame_cookies_count(headers: Headers, own_origin: str) -> bool:
    """Whether the cookies of a frame may say who asks: it must be our own document in that frame."""
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if origins not in ([], [own_origin]):
        return False
    return sites == ["same-origin"] or (not sites and bool(origins))


def page_cookies_count(headers: Headers, own_origin: str) -> bool:
    """Whether first-party cookies may say who asks: our own page, or a person who follows a link to one.

    Lax cookies also travel with requests that a page of the same registrable domain makes; those are no navigations.
    """
    if frame_cookies_count(headers, own_origin):
        return True
    is_navigation = headers.getlist("sec-fetch-mode") == ["navigate"] and len(headers.getlist("sec-fetch-site")) == 1
    return is_navigation and not headers.getlist("origin")
