"""Pictures of people: fetched once from where a provider says they are, made anew, and served by us alone."""

from __future__ import annotations

import asyncio
import logging

import httpx2

from widget.background import Background
from widget.core import Core
from widget.db import Tx
from widget.errors import Invalid, PalaverError
from widget.events import Event, SignedUp
from widget.pictures import make_picture
from widget.store import account
from widget.store.avatars import set_avatar

logger = logging.getLogger("palaver.avatars")
MAX_BYTES = 2 * 1024 * 1024
WAITING = 100  # beyond that, whoever signs up chooses their picture on the account page
_HEADERS = {"Accept": "image/webp, image/png, image/jpeg, image/gif"}


class Pictures(Background):
    """`http` reaches public hosts alone and takes at most `MAX_BYTES`; without `offered` nothing is ever fetched."""

    def __init__(self, core: Core, http: httpx2.AsyncClient, *, offered: bool) -> None:
        super().__init__()
        self._core = core
        self._http = http
        self._one_at_a_time = asyncio.Semaphore(1)  # unpacking one takes 20 MB
        self.offered = offered

    def hear(self, event: Event) -> None:
        """Get the picture of somebody who is new, after they have been answered."""
        if isinstance(event, SignedUp) and event.picture and self.offered and len(self._tasks) < WAITING:
            self.start(self._welcome(event))

    async def _welcome(self, event: SignedUp) -> None:
        try:
            await self._core.db.write(_set_first, event.person_id, await self.fetch(event.picture))
        except PalaverError as error:
            logger.info("no picture of somebody new: %s", error.code)

    async def fetch(self, url: str) -> bytes:
        """What is at that address, as it will be shown. Raises `Invalid`."""
        try:
            answer = await self._http.get(url, headers=_HEADERS, follow_redirects=True)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _unreachable() from error
        if answer.status_code != 200:
            raise _unreachable()
        async with self._one_at_a_time:
            return await asyncio.to_thread(make_picture, answer.content)

    async def close(self) -> None:
        await super().close()
        await self._http.aclose()


def _unreachable() -> Invalid:
    return Invalid("That picture could not be fetched. Please try again later.", code="picture_unreachable")


def _set_first(tx: Tx, person_id: int, body: bytes) -> None:
    person = account.get_account(tx, person_id)
    if person is not None and not person.avatar:
        set_avatar(tx, person_id, body)
