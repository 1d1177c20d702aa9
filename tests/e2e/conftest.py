"""The demo as `make run` starts it, and a real Chromium before it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.support.chromium import running_chromium


class Demo(NamedTuple):
    blog: str  # the host page's origin
    home: str  # the service's
    folder: Path
    log: Path


@contextlib.asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[Demo]:
    """`palaver demo` on a free port, with its data in `folder`."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "widget.cli", "demo", "--port", str(port), "--folder", str(folder / "data")),
            stdout=output,
            stderr=output,
            env={**os.environ, "PALAVER_LIMITS": "off"},
            start_new_session=True,
        )
        try:
            await _answers(f"http://localhost:{port}/readyz", process, log)
            yield Demo(f"http://127.0.0.1:{port}", f"http://localhost:{port}", folder / "data", log)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with httpx2.AsyncClient() as client, asyncio.timeout(60):
        while True:
            if process.returncode is not None:
                raise RuntimeError(log.read_text())
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.05)  # between questions; the condition is the answer


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with running_chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
async def context(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A fresh jar of cookies and storage; pop-ups open as a reader's would."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()
