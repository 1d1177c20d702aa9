"""A browser as W3C WebDriver drives it, whatever carries the commands: chromedriver and WebKitWebDriver take them over
HTTP, Firefox itself by its own wire (Marionette), with the same names and parameters.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.matrix.processes import PATIENCE, Failure

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver, 12.1: the key of a reference to an element
_SCRIPT = """
const args = [...arguments];
const done = args.pop();
(async () => { BODY })().then((value) => done({ value }), (error) => done({ error: String(error) }));
"""
_SEEN = "return document.querySelector(args[0])?.checkVisibility({ visibilityProperty: true, opacityProperty: true })"

_WHERE = """
const { x, y, width, height } = document.querySelector(args[0]).getBoundingClientRect();
return [x, y, width, height];
"""


class WebDriverError(Exception):
    """A command that failed, by its code (WebDriver, 6.6)."""


class Wire(Protocol):
    async def send(self, command: str, parameters: Mapping[str, Any]) -> Any:
        """The command's value. Raises `WebDriverError`."""


class Place(NamedTuple):
    """Where to look: a window, and in it the document of a frame, unless `frame` (a selector) is empty."""

    window: str
    frame: str = ""


class WebDriver:
    """One browser with its windows. Everything waits until it can be done, and raises `Failure` when it cannot."""

    def __init__(self, wire: Wire, version: str) -> None:
        self._wire = wire
        self.version = version

    async def windows(self) -> list[str]:
        handles: list[str] = await self._wire.send("GetWindowHandles", {})
        return handles

    async def new_window(self, known: list[str]) -> Place:
        """The one that is not among `known`, once it is there."""
        async with _patience("no new window"):
            while not (new := [handle for handle in await self.windows() if handle not in known]):
                await _pause()
            return Place(new[0])

    async def open(self, place: Place, url: str) -> None:
        await self._enter(place)
        await self._wire.send("Navigate", {"url": url})

    async def reload(self, place: Place) -> None:
        await self._enter(place)
        await self._wire.send("Refresh", {})

    async def close(self, place: Place) -> None:
        await self._enter(place)
        await self._wire.send("CloseWindow", {})

    async def closes(self, place: Place, script: str) -> bool:
        """Whether the window closes by itself before `script` is true there."""
        async with _patience("the window stays where it is"):
            while place.window in await self.windows():
                with contextlib.suppress(WebDriverError):
                    if await self.ask(place, script):
                        return False
                await _pause()
        return True

    async def ask(self, place: Place, script: str, *args: Any) -> Any:
        """What the body of an async function returns there, now; `args` is its only name."""
        await self._enter(place)
        source = {"script": _SCRIPT.replace("BODY", script), "args": list(args)}
        answer = await self._wire.send("ExecuteAsyncScript", source)
        if answer is None or "error" in answer:  # none where the document went before it could answer
            raise WebDriverError((answer or {}).get("error", "no answer"))
        return answer.get("value")

    async def wait_for(self, place: Place, script: str, *args: Any) -> Any:
        """What `script` returns, once that is true."""
        async with _patience(f"never true: {' '.join(script.split())} {args or ''}"):
            while True:
                with contextlib.suppress(WebDriverError):  # a document that goes, a frame that comes
                    if value := await self.ask(place, script, *args):
                        return value
                await _pause()

    async def click(self, place: Place, selector: str) -> None:
        await self._act(place, selector, "ElementClick")

    async def type(self, place: Place, selector: str, text: str) -> None:
        await self._act(place, selector, "ElementSendKeys", text=text)

    async def screenshot(self, file: Path) -> None:
        """Of the window that was last used, if it is still there."""
        with contextlib.suppress(WebDriverError):
            await self._wire.send("SwitchToFrame", {"id": None})
            file.write_bytes(base64.b64decode(await self._wire.send("TakeScreenshot", {})))

    async def _enter(self, place: Place) -> None:
        await self._wire.send("SwitchToWindow", {"handle": place.window})
        await self._wire.send("SwitchToFrame", {"id": None})
        if place.frame:
            await self._wire.send("SwitchToFrame", {"id": {ELEMENT: await self._find(place.frame)}})

    async def _act(self, place: Place, selector: str, command: str, **parameters: str) -> None:
        """Once the element is seen; again where the browser is not ready, as in a tab that is still being painted."""
        async with _patience(f"no {command} on {selector}"):
            while True:
                await self._rests(place)
                await self.wait_for(place, _SEEN, selector)
                try:
                    await self._wire.send(command, {"id": await self._find(selector), **parameters})
                except WebDriverError:
                    if place.window not in await self.windows():  # the click has closed it
                        return
                else:
                    return
                await _pause()

    async def _rests(self, place: Place) -> None:
        """A frame that its page still scrolls or sizes: a click meets what comes to lie under it."""
        host, before = place._replace(frame=""), None
        while place.frame and (now := await self.wait_for(host, _WHERE, place.frame)) != before:
            before = now
            await _pause()

    async def _find(self, selector: str) -> str:
        found: dict[str, str] = await self._wire.send("FindElement", {"using": "css selector", "value": selector})
        return found[ELEMENT]


@contextlib.asynccontextmanager
async def _patience(what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise Failure(f"{what} within {PATIENCE:.0f} s") from None


async def _pause() -> None:
    await asyncio.sleep(0.05)  # between questions; the condition is the answer
