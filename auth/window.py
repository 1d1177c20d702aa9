"""The window P: from the button in the comment form to the provider and back, and what it tells the reader."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from auth import sessions
from auth.csrf import Caller, check_change, check_window_form
from auth.errors import AuthError, BadRequest, NotFound, Refused, SignInFailed, sentence
from auth.forms import read_fields
from auth.origins import host_of, origin_of
from auth.pages import redirect
from auth.service import Service
from auth.store import Attempt, SessionRow
from auth.tokens import is_token

logger = logging.getLogger("palaver.auth")
MAX_PAGE_ID_LENGTH = 200


class Window:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._attempts = service.attempts
        self._page = service.pages.page

    async def start(self, request: Request) -> Response:
        """Answers 303 whatever happens, to a page without the secret: nothing to reload, nothing to retry."""
        try:
            check_window_form(request.headers, self._service.origin)
            self._service.limit("sign-in", _address(request))
            fields = await read_fields(request)
            window_id, token = await self._begin(request.path_params["provider"], fields)
        except AuthError as refusal:
            logger.info("start refused: %s", refusal.code)
            return _refuse(refusal.code)
        query = {"w": window_id, **({"choose": "1"} if fields.get("choose") else {})}
        return redirect("/auth/window?" + urlencode(query), cookies=[sessions.window_cookie(window_id, token)])

    async def _begin(self, provider: str, fields: Mapping[str, str]) -> tuple[str, str]:
        if provider not in self._service.providers:
            raise NotFound("There is no such provider.", code="unknown_provider")
        site = await self._service.site(fields)
        secret, url, page_id = fields.get("secret"), fields.get("url", ""), fields.get("id", "")
        if secret is not None and not is_token(secret):
            raise BadRequest("The secret is not 256 bits in base64url.")
        page_url = url if origin_of(url) and self._service.sites.is_site_url(url, site.origins) else ""
        return await self._attempts.start(provider, site, page_url, page_id[:MAX_PAGE_ID_LENGTH], secret)

    async def refused(self, request: Request) -> Response:
        message = sentence(request.query_params.get("why", ""), "")
        return self._page("refused.html", status=403, message=message, back="")

    async def window(self, request: Request) -> Response:
        attempt = await self._attempt(request, request.query_params.get("w", ""))
        if attempt is None:
            return _refuse("wrong_window")
        if attempt.status != "started":
            return redirect(f"/auth/done?w={attempt.id}")
        choose = "choose" in request.query_params
        session = None if choose else await self._service.visitors.page_session(request)
        return await (self._offer(attempt, session) if session is not None else self._leave(attempt, choose))

    async def _attempt(self, request: Request, window_id: str) -> Attempt | None:
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

    async def _leave(self, attempt: Attempt, choose: bool) -> Response:
        """On to the provider by a new navigation: a redirect of the form would fall under form-action."""
        try:
            provider = self._service.provider(attempt.provider)
            challenge = await self._attempts.challenge(attempt)
            url = await self._service.oauth.authorize_url(provider, challenge, choose=choose)
        except SignInFailed as failure:
            return await self._failed(attempt, failure)
        return self._page("leave.html", url=url, provider=provider.label)

    async def continue_as(self, request: Request) -> Response:
        """The click on "Continue as NAME"."""
        if check_change(request.headers, self._service.origin) is not Caller.BROWSER:
            raise Refused("This button is for browsers.")
        attempt = await self._attempt(request, (await read_fields(request)).get("w", ""))
        if attempt is None:
            return _refuse("wrong_window")
        session = await self._service.visitors.page_session(request)
        if session is None:
            return redirect(f"/auth/window?w={attempt.id}")
        if not await self._attempts.continue_as(attempt, session):
            return await self._failed(attempt, SignInFailed("expired"))
        return await self._finished(attempt)

    async def callback(self, request: Request) -> Response:
        """State is used up first, then the code is exchanged; the answer leaves no code in the address bar."""
        try:
            attempt = await self._attempts.take(request.query_params.get("state", ""))
        except SignInFailed as failure:
            return _refuse(failure.reason)
        try:
            token = await self._finish(request, attempt)
        except SignInFailed as failure:
            return await self._failed(attempt, failure)
        return await self._finished(attempt, [sessions.page_cookie(token)])

    async def _finish(self, request: Request, attempt: Attempt) -> str:
        """The token of the new first-party session. Raises `SignInFailed`."""
        provider = self._service.provider(request.path_params["provider"])
        window_hash = sessions.cookie_hash(request, sessions.window_cookie_name(attempt.id))
        self._attempts.check_back(attempt, provider.name, window_hash)
        identity = await self._service.oauth.identify(
            provider, request.query_params, nonce=attempt.nonce, verifier=attempt.verifier
        )
        member = self._service.member(provider.name, identity)
        replaced = sessions.cookie_hash(request, sessions.PAGE_COOKIE)
        return await self._attempts.finish(attempt, member, replaced)

    async def _failed(self, attempt: Attempt, failure: SignInFailed) -> Response:
        logger.info("sign-in failed: %s", failure)
        await self._attempts.fail(attempt, failure)
        if failure.reason == "wrong_window":  # it has no cookie for the page that says more
            return _refuse(failure.reason)
        return redirect(f"/auth/done?w={attempt.id}")

    async def _finished(self, attempt: Attempt, cookies: Sequence[str] = ()) -> Response:
        """Without scripts nobody redeems, so it goes on where the first-party session works: the thread's own page."""
        site = await self._service.sites.get_by_id(attempt.site_id)
        if attempt.secret_hash is None and attempt.page_url and site is not None:
            thread = self._service.sites.thread_url(site.name, attempt.page_url, attempt.page_id)
            return redirect(thread, cookies=cookies)
        return redirect(f"/auth/done?w={attempt.id}", cookies=cookies)

    async def done(self, request: Request) -> Response:
        attempt = await self._attempt(request, request.query_params.get("w", ""))
        if attempt is None:
            return _refuse("used")
        if attempt.status == "started":
            return redirect(f"/auth/window?w={attempt.id}")
        host, back = await self._service.place(attempt)
        if attempt.status in {"cancelled", "failed"}:
            message = sentence(attempt.reason, self._service.label(attempt.provider))
            return self._page("refused.html", status=403, message=message, back=back, back_host=host_of(back))
        name = await self._service.store.get_person_name(attempt.person_id or 0)
        return self._page("done.html", name=name, host=host, back=back, back_host=host_of(back))


def _refuse(reason: str) -> Response:
    return redirect("/auth/refused?" + urlencode({"why": reason}))


def _address(request: Request) -> str:
    """As the application found it, behind which proxy ever."""
    return str(request.state.client_address)
