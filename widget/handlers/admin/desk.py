"""What every page of `/admin` shares. A deed answers with the same page again, whose address says what was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from auth import Visitor, check_change
from widget.admin_views.log import done_view
from widget.core import Actor, Core
from widget.errors import PalaverError, Unauthorised
from widget.handlers.requests import read_fields, service_of
from widget.html import PAGE_HEADERS
from widget.moderation.deciding import MAX_AT_ONCE
from widget.moderation.queue import NoSite, Ref, check_signed_in, read_done
from widget.service import Service

MAX_FIELDS = MAX_AT_ONCE + 40
_SAID = ("done", "missed")  # in an address: the last deed, which a further one replaces


class Outcome(NamedTuple):
    """What was done: deeds, and comments that were left as they are."""

    deeds: Sequence[Ref]
    missed: Sequence[Ref] = ()
    address: str = ""  # of the page that answers; "" for the same as before


class Desk(NamedTuple):
    """Who asks for what; `fields` are those of the form, none for a GET."""

    request: Request
    service: Service
    visitor: Visitor
    fields: Sequence[tuple[str, str]]
    error: PalaverError | None = None  # why the deed was not done

    @property
    def core(self) -> Core:
        return self.service.core

    @property
    def actor(self) -> Actor:
        return Actor(self.visitor.person_id, self.visitor.provider, self.request.state.client_address)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.fields)

    def asked(self, name: str) -> str:
        """A value of the address."""
        return self.request.query_params.get(name, "")


Page = Callable[[Desk], Awaitable[Response]]
Deed = Callable[[Desk], Awaitable[Outcome | Response]]  # a response: what no address may carry
Handler = Callable[[Request], Awaitable[Response]]


def at_desk(page: Page, deed: Deed | None = None, *, form: bool = True) -> Handler:
    """The handler of a page; `deed` is what a POST to it does, and reads what was sent by itself if it is no `form`."""

    async def handle(request: Request) -> Response:
        service = service_of(request)
        fields: list[tuple[str, str]] = []
        if request.method == "POST":
            check_change(request.headers, service.origin)
            fields = await read_fields(request, MAX_FIELDS) if form else []
        try:
            visitor = check_signed_in(await service.auth.page_visitor(request))
            desk = Desk(request, service, visitor, fields)
            return await (_act(desk, page, deed) if deed and request.method == "POST" else page(desk))
        except Unauthorised:
            return _sign_in(request, fields)
        except NoSite:
            return RedirectResponse("/admin/sites", 303, PAGE_HEADERS)

    return handle


async def _act(desk: Desk, page: Page, deed: Deed) -> Response:
    try:
        outcome = await deed(desk)
    except Unauthorised:
        raise
    except PalaverError as error:
        return await page(desk._replace(error=error))
    if isinstance(outcome, Response):
        return outcome
    return RedirectResponse(_address_after(desk.request, outcome), 303, PAGE_HEADERS)


def _address_after(request: Request, outcome: Outcome) -> str:
    query = [] if outcome.address else request.query_params.multi_items()
    kept = [(name, value) for name, value in query if name not in _SAID]
    said = [(name, pack(refs)) for name, refs in zip(_SAID, (outcome.deeds, outcome.missed), strict=True) if refs]
    path = outcome.address or request.url.path
    return f"{path}?{urlencode([*kept, *said])}" if kept or said else path


def pack(refs: Sequence[Ref]) -> str:
    """`site.id.id site.id`, short enough for an address."""
    by_site: dict[str, list[str]] = {}
    for ref in refs:
        by_site.setdefault(ref.site, []).append(ref.id)
    return " ".join(".".join((site, *found)) for site, found in by_site.items())


def unpack(text: str) -> list[Ref]:
    parts = (part.split(".") for part in text.split()[:MAX_AT_ONCE])
    return [Ref(site, identifier) for site, *found in parts for identifier in found[:MAX_AT_ONCE]]


def _sign_in(request: Request, fields: Sequence[tuple[str, str]]) -> Response:
    """What was typed goes along, and can be sent again; the sign-in leads back to the page that was asked for."""
    service, url = service_of(request), request.url
    back = f"{url.path}?{url.query}" if url.query else url.path
    html = service.html.render("admin/sign_in.html", providers=service.providers, fields=fields, back=back)
    return HTMLResponse(html, 403 if request.method == "POST" else 200, PAGE_HEADERS)


async def show(desk: Desk, template: str, **values: Any) -> Response:
    """A page, with what was just done or why it was not."""
    done, missed = (unpack(desk.asked(name)) for name in _SAID)
    told = await read_done(desk.core, desk.visitor, done, missed) if done or missed else None
    html = desk.service.html.render(
        f"admin/{template}",
        done=done_view(told) if told and not desk.error else None,
        error=desk.error.message if desk.error else "",
        typed=desk.form if desk.error else {},
        **values,
    )
    return HTMLResponse(html, desk.error.status if desk.error else 200, PAGE_HEADERS)
