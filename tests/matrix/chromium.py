"""Debian's Chromium with plain flags. chromedriver finds it running: one that it starts itself has the pop-up blocker
off and other manners than a reader's.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

from tests.matrix.certificates import Certificate
from tests.matrix.display import Display
from tests.matrix.http_wire import driving
from tests.matrix.processes import running
from tests.matrix.webdriver import WebDriver
from tests.support.chromium import FLAGS as HEADLESS_FLAGS

PROGRAMS = ("chromium", "chromedriver")
FLAGS = [flag for flag in HEADLESS_FLAGS if not flag.startswith("--headless")]


@contextlib.asynccontextmanager
async def start(
    folder: Path, display: Display, certificate: Certificate, *, cookie_controls_mode: int
) -> AsyncIterator[WebDriver]:
    """`cookie_controls_mode` is Chromium's preference: 1 blocks third-party cookies, 2 allows them."""
    profile = folder / "profile"
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": cookie_controls_mode}}))
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    trust = f"--ignore-certificate-errors-spki-list={certificate.fingerprint}"
    command = ("chromium", *FLAGS, *sandbox, trust, f"--user-data-dir={profile}", "about:blank")
    async with (
        running(folder, *command, environment=display.environment) as chromium,
        running(folder, "chromedriver", "--port=0") as chromedriver,
    ):
        address = await chromium.said(r"DevTools listening on ws://([0-9.:]+)/")
        port = int(await chromedriver.said(r"started successfully on port (\d+)"))
        options = {"debuggerAddress": address}
        async with driving(port, {"browserName": "chrome", "goog:chromeOptions": options}) as driver:
            yield driver
