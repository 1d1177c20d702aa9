"""WebKitGTK's own small browser, driven by WebKitWebDriver. It stands in for Safari, and is not Safari."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from tests.matrix.certificates import Certificate
from tests.matrix.display import Display
from tests.matrix.http_wire import driving
from tests.matrix.processes import running
from tests.matrix.webdriver import WebDriver

PROGRAMS = ("WebKitWebDriver",)


@contextlib.asynccontextmanager
async def start(
    folder: Path, display: Display, certificate: Certificate, *, flags: tuple[str, ...] = ()
) -> AsyncIterator[WebDriver]:
    """In automation mode it has no profile but in memory, and takes any certificate in this session."""
    port = _free_port()
    async with running(folder, "WebKitWebDriver", f"--port={port}", environment=display.environment):
        options = {"args": ["--automation", *flags]}
        capabilities = {"acceptInsecureCerts": True, "webkitgtk:browserOptions": options}
        async with driving(port, capabilities) as driver:
            yield driver


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
