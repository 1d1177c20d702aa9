"""The steps of a way that has pages of its own in the window: an address, then a code; the name of a server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from auth import sessions
from auth.csrf import Caller, check_change
from auth.endings import Endings, refuse
from auth.errors import Refused, SignInFailed
from auth.forms import read_fields
from auth.pages import redirect
from auth.service import Service
from auth.store import Attempt

Step = Callable[[Request, Attempt, Mapping[str, str]], Awaitable[Response]]


class Steps:
    def __init__(self, service: Service, endings: Endings, provider: str) -> None:
        self._service = service
        self._endings = endings
        self._provider = provider

    def step(self, step: Step) -> Callable[[Request], Awaitable[Response]]:
        """For the browser that has the window's cookie, while the sign-in is under way; a form must be our own."""

        async def handle(request: Request) -> Response:
            if request.method == "POST" and check_change(request.headers, self._service.origin) is not Caller.BROWSER:
                raise Refused("This button is for browsers.")
            fields = await read_fields(request) if request.method == "POST" else request.query_params
            attempt = await self.attempt(request, fields.get("w", ""))
            if attempt is None:
                return refuse("wrong_window")
            if attempt.status != "started":
                return redirect(f"/auth/done?w={attempt.id}")
            try:
                self._service.attempts.check_open(attempt)
                return await step(request, attempt, fields)
            except SignInFailed as failure:
                return await self._endings.failed(attempt, failure)

        return handle

    async def attempt(self, request: Request, window_id: str) -> Attempt | None:
        """This browser's sign-in of that window, if it goes this way."""
        window_hash = sessions.cookie_hash(request, sessions.window_cookie_name(window_id))
        attempt = await self._service.attempts.get(window_id, window_hash)
        return attempt if attempt is not None and attempt.provider == self._provider else None
