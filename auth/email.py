"""Sign-in by e-mail: an address, then the code that was sent there. There is no password anywhere.

The code counts only in the window that asked for it. The mail's link saves the typing in that browser; elsewhere it
shows the code and signs nobody in. It changes nothing itself, for programs that look through mail follow links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auth.email_codes import DIGITS, EmailCodes, EmailStore, code_of, grouped, read_code
from auth.endings import Endings, refuse
from auth.errors import SignInFailed, TooMany
from auth.identity import Identity
from auth.origins import host_of
from auth.pages import redirect
from auth.providers import Provider
from auth.service import Service
from auth.steps import Steps
from auth.store import Attempt
from auth.tokens import hash_token

NAME = "email"
ISSUER = "mailto:"
_NO_ADDRESS = "That is no complete e-mail address."
_NO_CODE = f"The code has {DIGITS} digits. It is in the subject of the mail."
_NO_MORE_MAILS = "We have sent as many codes as we do for one sign-in. The last one is the one that counts."
_NO_NAME = "Please tell a name that can be shown."
_TAKEN_NAME = "That is, or looks like, the name of somebody who looks after comments here. Please choose another."


class Send(Protocol):
    async def __call__(self, to: str, subject: str, text: str, html: str) -> bool:
        """Whether the mail server took it."""
        ...


class EmailSetup(NamedTuple):
    """What the application hands in. `fingerprints` gives keyed hashes, one for each secret key, the first to keep."""

    send: Send
    store: EmailStore
    fingerprints: Callable[[bytes], Sequence[bytes]]


def email_provider() -> Provider:
    """The row beside those of the providers. Our own code proves the address, so it counts as verified."""
    return Provider(name=NAME, label="e-mail", issuer=ISSUER, way="email", icon=NAME, verifies_email=True)


class EmailWay:
    def __init__(self, service: Service, endings: Endings, setup: EmailSetup) -> None:
        self._service = service
        self._attempts = service.attempts
        self._endings = endings
        self._send = setup.send
        self._store = setup.store
        self._fingerprints = setup.fingerprints
        self._codes = EmailCodes(setup.store, setup.fingerprints)
        self._steps = Steps(service, endings, NAME)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/auth/email/code", self._steps.step(self._ask), methods=["POST"]),
            Route("/auth/email/code", self._steps.step(self._code), methods=["GET"]),
            Route("/auth/email/check", self._steps.step(self._check), methods=["POST"]),
            Route("/auth/email/link", self.link, methods=["GET"]),
        ]

    async def leave(self, _request: Request, attempt: Attempt, _provider: Provider, *, choose: bool) -> Response:  # noqa: ARG002
        """The page that asks for the address; everybody may type another one there."""
        self._attempts.check_open(attempt)
        return await self._address_page(attempt)

    async def _ask(self, request: Request, attempt: Attempt, fields: Mapping[str, str]) -> Response:
        """The mail goes out after the answer, so that how long it takes tells nothing of the address."""
        typed = fields.get("email", "")
        email = self._service.clean_email(typed)
        if email is None:
            return await self._address_page(attempt, typed, _NO_ADDRESS, 422)
        try:
            await self._service.limit("sign-in", str(request.state.client_address))
            await self._service.limit("mail", self._fingerprints(b"mail to " + _subject(email).encode())[0].hex())
        except TooMany as error:
            return await self._address_page(attempt, typed, error.message, error.status)
        token = await self._codes.add(attempt, email)
        if token is None:
            return await self._code_page(attempt, _NO_MORE_MAILS, TooMany.status)
        answer = redirect(f"/auth/email/code?w={attempt.id}")
        answer.background = BackgroundTask(self._deliver, attempt, email, token)
        return answer

    async def _deliver(self, attempt: Attempt, email: str, token: str) -> None:
        code = grouped(code_of(token))
        host = await self._host(attempt)
        values = {
            "host": host,
            "code": code,
            "link": f"{self._service.origin}/auth/email/link?" + urlencode({"t": token}),
            "minutes": self._attempts.minutes_left(attempt),
        }
        text, html = (self._service.pages.render(f"mail/code.{kind}", **values) for kind in ("txt", "html"))
        if not await self._send(email, f"Your code for {host}: {code}", text, html):
            await self._store.set_email_undelivered(hash_token(token))

    async def _code(self, _request: Request, attempt: Attempt, _fields: Mapping[str, str]) -> Response:
        return await self._code_page(attempt)

    async def _check(self, request: Request, attempt: Attempt, fields: Mapping[str, str]) -> Response:
        code = read_code(fields.get("code", ""))
        if not code:
            return await self._code_page(attempt, _NO_CODE, 422)
        tried = await self._codes.check(attempt, code)
        if tried.email:
            return await self._proved(request, attempt, tried.email, fields)
        if not tried.left:
            raise SignInFailed("wrong_code")
        left = "one more try" if tried.left == 1 else f"{tried.left} more tries"
        return await self._code_page(attempt, f"That is not the code. You have {left}.", 422)

    async def _proved(self, request: Request, attempt: Attempt, email: str, fields: Mapping[str, str]) -> Response:
        """Who is here for the first time is asked for a name; the code stays good for that page's form."""
        subject = _subject(email)
        name = await self._store.get_member_name(ISSUER, subject)
        if not name and attempt.purpose != "link":
            name = self._service.clean_name(fields.get("name", ""))
            if not name or await self._store.has_staff_namesake(name):
                error = (_TAKEN_NAME if name else _NO_NAME) if "name" in fields else ""
                values = {"window": attempt.id, "code": fields["code"], "email": email, "name": name}
                return self._service.pages.page("email_name.html", status=422 if error else 200, error=error, **values)
        identity = Identity(ISSUER, subject, name, None, email, email_verified=True, avatar=None, profile=None)
        return await self._endings.proved(request, attempt, identity)

    async def link(self, request: Request) -> Response:
        token = request.query_params.get("t", "")
        kept = await self._codes.find(token)
        attempt = await self._service.store.get_attempt(kept.attempt_id) if kept is not None else None
        if kept is None or attempt is None:
            return refuse("used")
        ours = await self._steps.attempt(request, attempt.id) is not None
        if ours and attempt.status != "started":
            return redirect(f"/auth/done?w={attempt.id}")
        try:
            self._attempts.check_open(attempt)
        except SignInFailed as failure:
            return refuse("used" if failure.reason == "cancelled" else failure.reason)
        host, code = await self._host(attempt), grouped(code_of(token))
        if not ours:
            return self._service.pages.page("email_elsewhere.html", host=host, code=code)
        window, email = attempt.id, kept.email
        return self._service.pages.page("email_link.html", host=host, code=code, window=window, email=email)

    async def _host(self, attempt: Attempt) -> str:
        """What people know as the place they sign in to."""
        host, _ = await self._service.place(attempt)
        return host or host_of(self._service.origin)

    async def _address_page(self, attempt: Attempt, typed: str = "", error: str = "", status: int = 200) -> Response:
        values = {"window": attempt.id, "host": await self._host(attempt), "typed": typed, "error": error}
        return self._service.pages.page("email.html", status=status, **values)

    async def _code_page(self, attempt: Attempt, error: str = "", status: int = 200) -> Response:
        kept = await self._store.get_email_code(attempt.id)
        if kept is None:
            return redirect(f"/auth/window?w={attempt.id}")
        return self._service.pages.page("email_code.html", status=status, kept=kept, error=error)


def _subject(email: str) -> str:
    """Who has an address has it however it is written. RFC 5321 (2.4) would let a server tell `Ann@` from `ann@`; none
    that people use does, and taking the two for different persons would lock out whoever types a capital.
    """
    return email.lower()
