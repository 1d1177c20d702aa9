"""A way to prove who somebody is, as the window goes it: at a provider, by a code sent by mail …"""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.providers import Provider
from auth.store import Attempt


class Way(Protocol):
    """`Provider.way` names one. What proves somebody ends in `Endings.proved`, what fails in `Endings.failed`."""

    async def leave(self, request: Request, attempt: Attempt, provider: Provider, *, choose: bool) -> Response:
        """The window's next page; `choose` where the person wants another account. Raises `SignInFailed`."""
        ...

    def routes(self) -> list[BaseRoute]: ...
