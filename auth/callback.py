"""The way to a provider and back, in the window (RFC 6749, 4.1; what is asked of the provider: `oauth.py`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auth import sessions
from auth.endings import Endings, refuse
from auth.errors import AuthError, SignInFailed
from auth.forms import read_fields
from auth.identity import Identity
from auth.pages import redirect
from auth.providers import Provider
from auth.service import Service
from auth.store import Attempt

Identify = Callable[[Attempt, Provider], Awaitable[Identity]]


class OAuthWay:
    def __init__(self, service: Service, endings: Endings) -> None:
        self._service = service
        self._attempts = service.attempts
        self._endings = endings

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/auth/{provider}/callback", self.callback, methods=["GET"]),
            Route("/auth/{provider}/callback", self.posted, methods=["POST"]),
        ]

    async def leave(self, _request: Request, attempt: Attempt, provider: Provider, *, choose: bool) -> Response:
        """On to the provider by a new navigation: a redirect of the form would fall under form-action."""
        challenge = await self._attempts.challenge(attempt)
        url = await self._service.oauth.authorize_url(provider, challenge, choose=choose)
        return self._service.pages.page("leave.html", url=url, provider=provider.label)

    async def posted(self, request: Request) -> Response:
        """A provider that answers by a form (Apple). A browser sends no Lax cookie with it, so the answer is kept once,
        and who it is for is asked at our own GET. The only write that needs no Origin of ours.
        """
        try:
            answer = await read_fields(request)
            self._check_posts(request.path_params["provider"])
            await self._attempts.keep_answer(answer.get("state", ""), msgspec.json.encode(answer).decode())
        except SignInFailed as failure:
            return refuse(failure.reason)
        except AuthError as error:
            return refuse(error.code)
        return redirect(f"{request.url.path}?" + urlencode({"state": answer["state"]}))

    def _check_posts(self, provider: str) -> None:
        """Raises `SignInFailed`."""
        if self._service.provider(provider).response_mode != "form_post":
            raise SignInFailed("used", f"{provider} posts no answers")

    async def callback(self, request: Request) -> Response:
        async def identify(attempt: Attempt, provider: Provider) -> Identity:
            if provider.way != "oauth":
                raise SignInFailed("unproven", f"{provider.name} has a callback of its own")
            answer = _answer(request, attempt, provider)
            return await self._service.oauth.identify(provider, answer, nonce=attempt.nonce, verifier=attempt.verifier)

        return await come_back(self._service, self._endings, request, request.path_params["provider"], identify)


async def come_back(
    service: Service, endings: Endings, request: Request, provider_name: str, identify: Identify
) -> Response:
    """State is used up first, then the code is exchanged; the answer leaves no code in the address bar."""
    try:
        attempt = await service.attempts.take(request.query_params.get("state", ""))
    except SignInFailed as failure:
        return refuse(failure.reason)
    try:
        provider = service.provider(provider_name)
        window_hash = sessions.cookie_hash(request, sessions.window_cookie_name(attempt.id))
        service.attempts.check_back(attempt, provider.name, window_hash)
        return await endings.proved(request, attempt, await identify(attempt, provider))
    except SignInFailed as failure:
        return await endings.failed(attempt, failure)


def _answer(request: Request, attempt: Attempt, provider: Provider) -> Mapping[str, str]:
    if provider.response_mode == "query":
        return request.query_params
    if not attempt.answer:
        raise SignInFailed("unreadable", f"{provider.name} posted no answer")
    return msgspec.json.decode(attempt.answer, type=dict[str, str])
