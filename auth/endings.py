"""How the window ends: somebody is signed in, an identity is linked, or it is said why not."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import NamedTuple
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
_ADMIN_PAGE = re.compile(r"/admin(/[a-z0-9-]+)*(\?[!-\[\]-~]*)?")  # no dots in the path, no back-slash anywhere
MAX_PAGE = 2_000  # characters


class Home(NamedTuple):
    address: str
    name: str


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
            return redirect(attempt.page_url, cookies=cookies)
        if attempt.purpose != "comment":
            return redirect(f"{ACCOUNT}?w={attempt.id}", cookies=cookies)
        site = await self._service.site_of(attempt)
        if attempt.secret_hash is None and attempt.page_url and site is not None:
            thread = self._service.sites.thread_url(site.name, attempt.page_url, attempt.page_id)
            return redirect(thread, cookies=cookies)
        return redirect(f"/auth/done?w={attempt.id}", cookies=cookies)


def admin_page(back: str) -> str:
    """The page of `/admin` where a sign-in ends: `back`, a path with its query, or for anything else the first one."""
    return back if len(back) <= MAX_PAGE and _ADMIN_PAGE.fullmatch(back) else "/admin"


def home_of(attempt: Attempt) -> Home | None:
    """The page of our own where a sign-in was begun; None for one on a site."""
    if attempt.purpose == "comment":
        return None
    return (
        Home(attempt.page_url, "the management page") if attempt.purpose == "admin" else Home(ACCOUNT, "your account")
    )


def refuse(reason: str) -> Response:
    return redirect("/auth/refused?" + urlencode({"why": reason}))
