"""A server that speaks Akismet's protocol, and what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

KEY = "123YourAPIKey"
PATIENCE = 20  # seconds until a request that does not come is given up


class AkismetServer:
    """Takes “viagra-test-123” as the author for spam, as Akismet itself does, and is sure where the text says so."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.silent = asyncio.Event()  # while set, nothing is answered
        self.broken = False
        self._asked: asyncio.Queue[tuple[str, dict[str, str]]] = asyncio.Queue()

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/1.1/{call}", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        call = request.path_params["call"]
        form = {name: str(value) for name, value in (await request.form()).items()}
        self._asked.put_nowait((call, form))
        if self.broken:
            return PlainTextResponse("", 500)
        if self.silent.is_set():
            await asyncio.Event().wait()
        if form["api_key"] != KEY:
            return PlainTextResponse("invalid", headers={"X-akismet-debug-help": "We were unable to parse your key."})
        if call == "verify-key":
            return PlainTextResponse("valid")
        if call in ("submit-spam", "submit-ham"):
            return PlainTextResponse("Thanks for making the web a better place.")
        spam = form.get("comment_author") == "viagra-test-123"
        sure = {"X-akismet-pro-tip": "discard"} if "discard" in form["comment_content"] else {}
        return PlainTextResponse("true" if spam else "false", headers=sure if spam else {})

    async def next(self, call: str) -> dict[str, str]:
        """What it was asked by the next such call."""
        while True:
            made, form = await asyncio.wait_for(self._asked.get(), PATIENCE)
            if made == call:
                return form

    def calls(self) -> list[str]:
        """Those that nobody looked at yet."""
        return [self._asked.get_nowait()[0] for _ in range(self._asked.qsize())]


@contextlib.asynccontextmanager
async def running_akismet() -> AsyncIterator[AkismetServer]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        akismet = AkismetServer(listener.getsockname()[1])
        config = uvicorn.Config(
            akismet.application(), log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=0
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        yield akismet
        server.should_exit = True
        await serving
