"""From a request to plain values: who asks, for which site, with what. Bad input is refused here, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from auth import Caller, Visitor, check_change
from widget.core import Actor
from widget.documents import FRAME
from widget.errors import BadRequest, Invalid, TooLarge, UnsupportedMedia
from widget.service import Service
from widget.store.sites import Site

MAX_JSON = 100_000  # bytes; 10,000 of text may be six times that as JSON
MAX_FORM = 1_000_000  # bytes; without scripts, a text that is far too long comes back only in our answer
MAX_FIELDS = 40
T = TypeVar("T")


def service_of(request: Request) -> Service:
    return cast("Service", request.app.state.service)


async def site_of(request: Request) -> Site:
    """Raises `NotFound` (unknown_site)."""
    site = await service_of(request).sites.get(request.path_params["site"])
    request.state.site = site
    return site


async def reader_of(request: Request, site: Site, base: str = FRAME) -> Actor:
    """Who reads. Cookies count only for our own documents (`auth.csrf`)."""
    return _actor(request, await _visitor(request, site, base))


async def writer_of(request: Request, site: Site, base: str = FRAME) -> tuple[Actor, Visitor | None, Caller]:
    """Who changes something. Raises `Refused` for a request of another origin."""
    caller = check_change(request.headers, service_of(request).origin)
    visitor = await _visitor(request, site, base)
    return _actor(request, visitor), visitor, caller


async def _visitor(request: Request, site: Site, base: str) -> Visitor | None:
    """In the frame the site's own session; on the thread's page the first-party one, or a guest's of this site."""
    auth = service_of(request).auth
    if base == FRAME:
        return await auth.frame_visitor(request, site.id)
    visitor = await auth.page_visitor(request)
    if visitor is None:
        guest = await auth.frame_visitor(request, site.id)
        visitor = guest if guest is not None and not guest.provider else None
    return visitor


def _actor(request: Request, visitor: Visitor | None) -> Actor:
    address = request.state.client_address
    return Actor(visitor.person_id, visitor.provider, address) if visitor else Actor(None, "", address)


async def read_json(request: Request, shape: type[T]) -> T:
    """The body as `shape`. Raises `UnsupportedMedia`, `BadRequest` (not JSON) or `Invalid` (bad or unknown fields)."""
    if _media_type(request) != "application/json":
        raise UnsupportedMedia("Send the body as application/json.")
    body = await _read_body(request, MAX_JSON)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        field = where.rstrip("`") or "body"
        raise Invalid(f"{field}: {what}.", fields={field: f"{what}."}) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("The body is not JSON.", code="not_json") from error


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of an urlencoded form; of a repeated one the last. Raises `UnsupportedMedia`, `BadRequest`."""
    return dict(await read_fields(request))


async def read_fields(request: Request, most: int = MAX_FIELDS) -> list[tuple[str, str]]:
    """All fields of an urlencoded form, at most so many. Raises `UnsupportedMedia`, `BadRequest`."""
    if _media_type(request) != "application/x-www-form-urlencoded":
        raise UnsupportedMedia("Send the form as application/x-www-form-urlencoded.")
    try:
        body = (await _read_body(request, MAX_FORM)).decode("ascii")
        return parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError as error:
        raise BadRequest("The form cannot be read.", code="bad_form") from error


async def _read_body(request: Request, limit: int) -> bytes:
    """At most `limit` bytes, whatever the header says. Raises `TooLarge`."""
    declared = request.headers.get("content-length", "0")
    body = bytearray()
    if declared.isdecimal() and len(declared) < 10 and int(declared) <= limit:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise TooLarge("That is more than can be taken at once: a comment may have 10,000 bytes.")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
