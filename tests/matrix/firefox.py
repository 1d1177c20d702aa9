"""Debian's Firefox ESR, driven by Marionette, the wire that it speaks itself (geckodriver is no package of Debian's).

Messages are JSON arrays, each behind its length and a colon (Firefox source docs, Marionette protocol).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from tests.matrix.certificates import Certificate
from tests.matrix.display import Display
from tests.matrix.processes import running
from tests.matrix.webdriver import WebDriver, WebDriverError

PROGRAMS = ("firefox-esr",)
PREFERENCES = {
    "marionette.port": 0,
    "remote.prefs.recommended": False,  # they are for tests, and switch the pop-up blocker off
    # No greetings, nothing sent home
    "browser.aboutwelcome.enabled": False,
    "browser.preonboarding.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "termsofuse.bypassNotification": True,
}


class Marionette:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = count(1)

    async def send(self, command: str, parameters: Mapping[str, Any]) -> Any:
        message = json.dumps([0, next(self._numbers), f"WebDriver:{command}", parameters]).encode()
        self._writer.write(b"%d:%b" % (len(message), message))
        await self._writer.drain()
        _, _, error, result = await self.read()
        if error:
            raise WebDriverError(f"{error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    async def read(self) -> Any:
        try:
            size = await self._reader.readuntil(b":")
            return json.loads(await self._reader.readexactly(int(size[:-1])))
        except asyncio.IncompleteReadError:
            raise WebDriverError("Firefox is gone.") from None


@contextlib.asynccontextmanager
async def start(
    folder: Path, display: Display, certificate: Certificate, *, cookie_behavior: int | None = None
) -> AsyncIterator[WebDriver]:
    """`cookie_behavior` is Firefox's preference (1 blocks all storage of frames of other sites), or what it comes with.

    It takes any certificate in this session, and keeps to its rules for HTTPS.
    """
    profile = folder / "profile"
    profile.mkdir()
    chosen = {} if cookie_behavior is None else {"network.cookie.cookieBehavior": cookie_behavior}
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in (PREFERENCES | chosen).items()]
    (profile / "user.js").write_text("".join(lines))
    command = ("firefox-esr", "--marionette", "--no-remote", "--profile", profile, "about:blank")
    async with running(folder, *command, environment=display.environment) as firefox:
        port = await firefox.wrote(profile / "MarionetteActivePort", r"(\d+)")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        wire = Marionette(reader, writer)
        await wire.read()  # its greeting
        session = await wire.send("NewSession", {"acceptInsecureCerts": True})
        yield WebDriver(wire, session["capabilities"]["browserVersion"])
        writer.close()
