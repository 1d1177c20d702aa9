"""Running the application: uvicorn, as we want it."""

from __future__ import annotations

import signal
import sys

import uvicorn
from starlette.types import ASGIApp

from widget.settings import Settings

SWITCH_SECONDS = 0.001  # Python's own 0.005 is what an answer that stands ready may wait for a thread that computes


def run(settings: Settings, app: ASGIApp | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Raises `SystemExit`: 0 then, 1 where the port is taken."""
    from widget.app import create_app  # noqa: PLC0415

    sys.setswitchinterval(SWITCH_SECONDS)
    config = uvicorn.Config(
        app or create_app(settings),
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
        uvicorn.Server(config).run()
    except SystemExit as end:
        sys.exit(1 if end.code else 0)  # uvicorn itself says 3, which no other command does
