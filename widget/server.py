"""Running the application: uvicorn, as we want it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import resource
import signal
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from widget.live import Live
from widget.settings import Settings

logger = logging.getLogger("palaver.server")
SWITCH_SECONDS = 0.001  # Python's own 0.005 is what an answer that stands ready may wait for a thread that computes

_M_ARENA_MAX = -8  # malloc.h


class Server(uvicorn.Server):
    """Lets go of those who have a thread open before it waits for what is still being answered."""

    def __init__(self, config: uvicorn.Config, live: Live | None) -> None:
        super().__init__(config)
        self._live = live

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # it all stays, and to look through it for garbage takes 40 ms in which nobody is answered
        if self.started:
            logger.info("listening on %s:%s", self.config.host, self.config.port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._live is not None:
            self._live.end()
        await super().shutdown(sockets)


def _share_heap() -> None:
    """One heap for all threads: of its own each keeps what it freed, 13 MB in all after the bench, and saves a waiting
    for each other that the interpreter's lock asks for anyway (mallopt(3); glibc alone).
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def run(settings: Settings, app: ASGIApp | None = None, live: Live | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `live` is that of another `app` than the service alone.

    Raises `SystemExit`: 0 then, 1 where the port is taken.
    """
    from widget.app import create_app  # noqa: PLC0415

    if app is None:
        app = service = create_app(settings)
        live = service.service.live
    _share_heap()
    sys.setswitchinterval(SWITCH_SECONDS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each stream is a file, and shells allow 1,024
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        http="httptools",
        lifespan="on",
        proxy_headers=False,  # our own setting says whom to trust
        access_log=False,  # it would write query strings, OAuth codes among them
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    for stop in (signal.SIGINT, signal.SIGTERM):  # raised again when all is done; being stopped is no failure
        signal.signal(stop, lambda *_: sys.exit(0))
    try:
        Server(config, live).run()
    except SystemExit as end:
        sys.exit(1 if end.code else 0)  # uvicorn itself says 3, which no other command does
