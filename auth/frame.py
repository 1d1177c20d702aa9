"""What the comment form asks while and after somebody signs in: redeem, cancel, log out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from auth import sessions, sso
from auth.csrf import Caller, check_change
from auth.devices import device_of
from auth.errors import AuthError, BadRequest, Refused, sentence
from auth.forms import read_fields
from auth.pages import personal_json, redirect
from auth.service import Service
from auth.sessions import Visitor
from auth.store import AuthSite
from auth.tokens import hash_token, is_token


class Frame:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._attempts = service.attempts

    async def redeem(self, request: Request) -> Response:
        """`{secret, site}` → `{"status": "waiting" | "done" | "cancelled" | "expired", "message"?, "token"?}`.

        Where the frame's cookies come back the session goes into one, and no token into the body.
        """
        caller = check_change(request.headers, self._service.origin)
        fields = await read_fields(request)
        site, secret = await self._service.site(fields), _secret(fields)
        attempt, status = await self._attempts.find(secret, site)
        if status == "finished":
            token = await self._attempts.redeem(secret, site, _earlier(request, caller, site))
            if token is not None:
                return _session_answer(request, caller, site, token)
            attempt, status = await self._attempts.find(secret, site)
            status = "expired" if status == "finished" else status  # the first-party session has ended since
        message = sentence(attempt.reason, self._service.label(attempt.provider)) if attempt else ""
        return personal_json({"status": status, **_told(status, message)})

    async def sso(self, request: Request) -> Response:
        """`{token, site}`, a token of the site's own accounts → `{"status": "done", "seconds", "token"?}`.

        The session lasts so many seconds.
        """
        caller = check_change(request.headers, self._service.origin)
        await self._service.limit("sign-in", str(request.state.client_address))
        fields = await read_fields(request)
        site = await self._service.site(fields)
        if not site.sso_keys:
            raise Refused("This site has no accounts of its own here.", code="no_sso")
        now, issuer = self._service.now(), sso.issuer_of(site)
        names = (site.name, *site.former_names)
        token = sso.read_token(fields.get("token", ""), site.sso_keys, site_names=names, issuer=issuer, now=now // 1000)
        member = self._service.member(sso.PROVIDER, token.identity)
        session_token, session = sessions.new_frame_session(
            0, site.id, sso.PROVIDER, now, device=device_of(request.headers), seconds=sso.SESSION_SECONDS
        )
        used = hash_token(token.jti), token.expires_at * 1000
        if not await self._service.store.add_sso_session(
            site.id, *used, member, session, _earlier(request, caller, site)
        ):
            raise Refused("This sign-in token of the site was used before.", code="used_sso_token")
        return _session_answer(request, caller, site, session_token, {"seconds": sso.SESSION_SECONDS})

    async def cancel(self, request: Request) -> Response:
        """`{secret, site}` → `{"status": …}` as it stands then: too late where it is "done"."""
        check_change(request.headers, self._service.origin)
        fields = await read_fields(request)
        site, secret = await self._service.site(fields), _secret(fields)
        attempt, _ = await self._attempts.find(secret, site)
        if attempt is None:
            return personal_json({"status": "cancelled"})
        await self._attempts.cancel(attempt)
        _, status = await self._attempts.find(secret, site)
        return personal_json({"status": status})

    async def logout(self, request: Request) -> Response:
        """With `site` from that site's frame, without it from our own pages (then `everywhere` ends all sessions).

        A page may name the thread to show afterwards: `thread` (the site), `url`, `id`.
        """
        caller = check_change(request.headers, self._service.origin)
        fields = await read_fields(request)
        if "site" in fields:
            site = await self._service.site(fields)
            visitor = await self._service.visitors.of_frame(request, site.id)
            cookie = sessions.frame_cookie(site.id, "")
        else:
            browser = caller is Caller.BROWSER
            visitor = await self._service.visitors.of_page(request) if browser else None
            cookie = sessions.page_cookie("")
        await self._end(visitor, everywhere="everywhere" in fields and "site" not in fields)
        cookies = [cookie] if caller is Caller.BROWSER else []
        if not _for_people(request):
            return personal_json({"status": "signed_out"}, cookies=cookies)
        if "thread" in fields:
            site = await self._service.site(fields, "thread")
            thread = self._service.sites.thread_url(site.name, fields.get("url", ""), fields.get("id", ""))
            return redirect(thread, cookies=cookies)
        return self._service.pages.page("signed_out.html", cookies=cookies)

    async def _end(self, visitor: Visitor | None, *, everywhere: bool) -> None:
        if visitor is not None and everywhere:
            await self._service.store.end_person_sessions(visitor.person_id)
        elif visitor is not None:
            await self._service.store.end_session(visitor.token_hash)


Handler = Callable[[Request], Awaitable[Response]]


def told_as_asked(handler: Handler) -> Handler:
    """Scripts are told errors in JSON as all else; people (a form without scripts) by the application's page."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except AuthError as error:
            if _for_people(request):
                raise
            return personal_json({"error": {"code": error.code, "message": error.message}}, status=error.status)

    return handle


def _for_people(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _secret(fields: Mapping[str, str]) -> str:
    secret = fields.get("secret", "")
    if not is_token(secret):
        raise BadRequest("The secret is not 256 bits in base64url.")
    return secret


def _earlier(request: Request, caller: Caller, site: AuthSite) -> list[bytes]:
    """The sessions that this frame has had so far."""
    cookie = sessions.cookie_hash(request, sessions.frame_cookie_name(site.id)) if caller is Caller.BROWSER else None
    return [token_hash for token_hash in (cookie, sessions.bearer_hash(request)) if token_hash is not None]


def _session_answer(
    request: Request, caller: Caller, site: AuthSite, token: str, more: Mapping[str, object] | None = None
) -> Response:
    """In a cookie where it comes back, and where the browser's later questions will say that they are our own."""
    if caller is Caller.BROWSER and sessions.has_probe(request) and "sec-fetch-site" in request.headers:
        return personal_json({"status": "done", **(more or {})}, cookies=[sessions.frame_cookie(site.id, token)])
    return personal_json({"status": "done", "token": token, **(more or {})})


def _told(status: str, message: str) -> dict[str, str]:
    if status == "expired":
        return {"message": sentence("expired", "")}
    return {"message": message} if status == "cancelled" else {}
