"""The window P: from the button in the comment form to the provider and back, and what it tells the reader."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from auth import sessions
from auth.csrf import Caller, check_change, check_window_form
from auth.endings import Endings, admin_page, home_of, refuse
from auth.errors import AuthError, BadRequest, NotFound, Refused, SignInFailed, sentence
from auth.forms import read_fields
from auth.origins import host_of, origin_of
from auth.pages import redirect
from auth.service import Service
from auth.store import Attempt, SessionRow
from auth.tokens import is_token
from auth.way import Way

logger = logging.getLogger("palaver.auth")
MAX_PAGE_ID_LENGTH = 200


class Window:
    def __init__(self, service: Service, endings: Endings, ways: Mapping[str, Way]) -> None:
        self._service = service
        self._attempts = service.attempts
        self._endings = endings
        self._ways = ways
        self._page = service.pages.page

    async def start(self, request: Request) -> Response:
        """Answers 303 whatever happens, to a page without the secret: nothing to reload, nothing to retry."""
        try:
            check_window_form(request.headers, self._service.origin)
            await self._service.limit("sign-in", _address(request))
            fields = await read_fields(request)
            window_id, token = await self._begin(request, fields)
        except AuthError as refusal:
            logger.info("start refused: %s", refusal.code)
            return refuse(refusal.code)
        query = {"w": window_id, **({"choose": "1"} if fields.get("choose") else {})}
        return redirect("/auth/window?" + urlencode(query), cookies=[sessions.window_cookie(window_id, token)])

    async def _begin(self, request: Request, fields: Mapping[str, str]) -> tuple[str, str]:
        provider = request.path_params["provider"]
        if provider not in self._service.providers:
            raise NotFound("There is no such provider.", code="unknown_provider")
        if fields.get("for") == "admin":
            return await self._attempts.start(provider, purpose="admin", page_url=admin_page(fields.get("back", "")))
        if fields.get("for") == "account":
            return await self._attempts.start(provider, purpose="account")
        if fields.get("for") == "link":
            return await self._attempts.start(provider, purpose="link", session=await self._fresh_session(request))
        site = await self._service.site(fields)
        secret, url, page_id = fields.get("secret"), fields.get("url", ""), fields.get("id", "")
        if secret is not None and not is_token(secret):
            raise BadRequest("The secret is not 256 bits in base64url.")
        page_url = url if origin_of(url) and self._service.sites.is_site_url(url, site.origins) else ""
        page_id = page_id[:MAX_PAGE_ID_LENGTH]
        return await self._attempts.start(provider, site=site, page_url=page_url, page_id=page_id, secret=secret)

    async def _fresh_session(self, request: Request) -> bytes:
        """The first-party session of somebody who signed in just now. Raises `Refused`."""
        visitor = await self._service.visitors.of_page(request)
        if visitor is None or not visitor.is_fresh(self._service.now()):
            raise Refused("Sign in again first.", code="sign_in_again")
        return visitor.token_hash

    async def refused(self, request: Request) -> Response:
        message = sentence(request.query_params.get("why", ""), "")
        return self._page("refused.html", status=403, message=message, back="")

    async def window(self, request: Request) -> Response:
        attempt = await self.attempt(request, request.query_params.get("w", ""))
        if attempt is None:
            return refuse("wrong_window")
        if attempt.status != "started":
            return redirect(f"/auth/done?w={attempt.id}")
        choose = "choose" in request.query_params
        asks = attempt.purpose == "comment" and not choose
        session = await self._service.visitors.page_session(request) if asks else None
        if session is not None and await self._service.takes(attempt, session.provider):
            return await self._offer(attempt, session)
        return await self._leave(request, attempt, choose or attempt.purpose == "link")

    async def attempt(self, request: Request, window_id: str) -> Attempt | None:
        window_hash = sessions.cookie_hash(request, sessions.window_cookie_name(window_id))
        return await self._attempts.get(window_id, window_hash)

    async def _offer(self, attempt: Attempt, session: SessionRow) -> Response:
        host, _ = await self._service.place(attempt)
        return self._page(
            "continue.html",
            window=attempt.id,
            name=await self._service.store.get_person_name(session.person_id),
            host=host,
            provider=self._service.label(session.provider),
            other=self._service.label(attempt.provider),
        )

    async def _leave(self, request: Request, attempt: Attempt, choose: bool) -> Response:
        try:
            provider = self._service.provider(attempt.provider)
            return await self._ways[provider.way].leave(request, attempt, provider, choose=choose)
        except SignInFailed as failure:
            return await self._endings.failed(attempt, failure)

    async def continue_as(self, request: Request) -> Response:
        """The click on "Continue as NAME"."""
        if check_change(request.headers, self._service.origin) is not Caller.BROWSER:
            raise Refused("This button is for browsers.")
        attempt = await self.attempt(request, (await read_fields(request)).get("w", ""))
        if attempt is None:
            return refuse("wrong_window")
        session = await self._service.visitors.page_session(request)
        if session is None or attempt.purpose != "comment":
            return redirect(f"/auth/window?w={attempt.id}")
        if not await self._attempts.continue_as(attempt, session):
            return await self._endings.failed(attempt, SignInFailed("expired"))
        return await self._endings.finished(attempt)

    async def done(self, request: Request) -> Response:
        attempt = await self.attempt(request, request.query_params.get("w", ""))
        if attempt is None:
            return refuse("used")
        if attempt.status == "started":
            return redirect(f"/auth/window?w={attempt.id}")
        home = home_of(attempt)
        if home and attempt.status in {"finished", "redeemed"}:
            return redirect(home.address)
        host, back = await self._service.place(attempt)
        if attempt.status in {"cancelled", "failed"}:
            message = sentence(attempt.reason, self._service.label(attempt.provider))
            address, where = home or (back, host_of(back))
            return self._page("refused.html", status=403, message=message, back=address, back_host=where)
        name = await self._service.store.get_person_name(attempt.person_id or 0)
        return self._page("done.html", name=name, host=host, back=back, back_host=host_of(back))


def _address(request: Request) -> str:
    """As the application found it, behind which proxy ever."""
    return str(request.state.client_address)
