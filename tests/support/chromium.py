"""Debian's Chromium with plain flags in a fresh profile, driven over its DevTools port.

Not launched by Playwright: its own flags switch storage partitioning off, and then nothing about cookies is proved.

The same engine comes twice. The browser as people have it makes a window for each page, which costs half a second of a
core even where nobody sees it. The shell has the engine alone, at a tenth of that: for what happens inside a page.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from tests.support.require import require

FLAGS = (
    "--headless=new",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--remote-debugging-port=0",
    "--disable-features=SpareRendererForSitePerProcess",  # a process in waiting for each jar of cookies
)


SHELL = "chromium-headless-shell"
WITHOUT_SCRIPTS = "--blink-settings=scriptEnabled=false"


def running_shell(profile: Path, *flags: str) -> AbstractAsyncContextManager[Browser]:
    """The engine alone on the empty folder `profile`; where it is not installed, the browser."""
    return _running(SHELL if shutil.which(SHELL) else "chromium", profile, *flags)


def running_chromium(
    profile: Path, preferences: Mapping[str, Any] | None = None, flags: Sequence[str] = ()
) -> AbstractAsyncContextManager[Browser]:
    """The browser on the empty folder `profile`. `preferences`: what a person would set, as its own file has them."""
    if preferences is not None:
        (profile / "Default").mkdir()
        (profile / "Default" / "Preferences").write_text(json.dumps(preferences))
    return _running("chromium", profile, *flags)


@contextlib.asynccontextmanager
async def _running(name: str, profile: Path, *flags: str) -> AsyncIterator[Browser]:
    """Skips where it is not installed."""
    program = shutil.which(name)
    require(program is not None, "Chromium")
    assert program is not None
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [program, *FLAGS, *flags, *sandbox, f"--user-data-dir={profile}", "about:blank"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        address = await asyncio.wait_for(_address(process), 60)
        draining = asyncio.create_task(_drain(process))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(address)
            yield browser
            await browser.close()
        draining.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    """The address that it prints, once it listens."""
    assert process.stderr is not None
    async for line in process.stderr:
        _, found, address = line.decode(errors="replace").partition("DevTools listening on ")
        if found:
            return address.strip()
    raise RuntimeError("Chromium ended before it listened.")


async def _drain(process: asyncio.subprocess.Process) -> None:
    """A full pipe would stop the browser."""
    assert process.stderr is not None
    while await process.stderr.read(65536):
        pass
