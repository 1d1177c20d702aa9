"""How the window ends: somebody is signed in, an identity is linked, or it is said why not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from auth import sessions
from auth.devices import device_of
from auth.errors import SignInFailed
from auth.identity import Identity
from auth.pages import redirect
from auth.service import Service
from auth.store import Attempt

logger = logging.getLogger("palaver.auth")
ACCOUNT = "/account"
ADMIN = "/admin"


class Endings:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._attempts = service.attempts

    async def proved(self, request: Request, attempt: Attempt, identity: Identity) -> Response:
        """The browser of this attempt proved to be that identity. Raises `SignInFailed`."""
        member = self._service.member(attempt.provider, identity)
        earlier = sessions.cookie_hash(request, sessions.PAGE_COOKIE)
        if attempt.purpose == "link":
            await self._attempts.link(attempt, member, earlier)
            return await self.finished(attempt)
        token = await self._attempts.finish(attempt, member, earlier, device_of(request.headers))
        return await self.finished(attempt, [sessions.page_cookie(token)])

    async def failed(self, attempt: Attempt, failure: SignInFailed) -> Response:
        logger.info("sign-in failed: %s", failure)
        await self._attempts.fail(attempt, failure)
        if failure.reason == "wrong_window":  # it has no cookie for the page that says more
            return refuse(failure.reason)
        return redirect(f"/auth/done?w={attempt.id}")

    async def finished(self, attempt: Attempt, cookies: Sequence[str] = ()) -> Response:
        """Without scripts nobody redeems, so it goes on where the first-party session works: the thread's own page."""
        if attempt.purpose == "admin":
            return redirect(ADMIN, cookies=cookies)
        if attempt.purpose != "comment":
            return redirect(f"{ACCOUNT}?w={attempt.id}", cookies=cookies)
        site = await self._service.site_of(attempt)
        if attempt.secret_hash is None and attempt.page_url and site is not None:
            thread = self._service.sites.thread_url(site.name, attempt.page_url, attempt.page_id)
            return redirect(thread, cookies=cookies)
        return redirect(f"/auth/done?w={attempt.id}", cookies=cookies)


def refuse(reason: str) -> Response:
    return redirect("/auth/refused?" + urlencode({"why": reason}))
