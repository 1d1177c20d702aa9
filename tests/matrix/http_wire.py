"""WebDriver over HTTP, as chromedriver and WebKitWebDriver take it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2

from tests.matrix.processes import PATIENCE
from tests.matrix.webdriver import WebDriver, WebDriverError

_COMMANDS = {
    "Navigate": ("POST", "/url"),
    "Refresh": ("POST", "/refresh"),
    "GetWindowHandles": ("GET", "/window/handles"),
    "SwitchToWindow": ("POST", "/window"),
    "CloseWindow": ("DELETE", "/window"),
    "SwitchToFrame": ("POST", "/frame"),
    "FindElement": ("POST", "/element"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "ExecuteAsyncScript": ("POST", "/execute/async"),
    "TakeScreenshot": ("GET", "/screenshot"),
}


class HttpWire:
    def __init__(self, http: httpx2.AsyncClient, session: str) -> None:
        self._http = http
        self._session = session

    async def send(self, command: str, parameters: Mapping[str, Any]) -> Any:
        method, path = _COMMANDS[command]
        path = path.format(id=parameters.get("id"))
        return await _send(self._http, method, f"/session/{self._session}{path}", parameters)


@contextlib.asynccontextmanager
async def driving(port: int, capabilities: Mapping[str, Any]) -> AsyncIterator[WebDriver]:
    """A browser with those capabilities, which the driver at `port` starts or finds."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http:
        started = await _send(http, "POST", "/session", {"capabilities": {"alwaysMatch": dict(capabilities)}})
        session = started["sessionId"]
        yield WebDriver(HttpWire(http, session), started["capabilities"]["browserVersion"])


async def _send(http: httpx2.AsyncClient, method: str, path: str, body: Mapping[str, Any]) -> Any:
    try:
        answer = await http.request(method, path, json=dict(body) if method == "POST" else None)
    except httpx2.TransportError as error:
        raise WebDriverError(f"{type(error).__name__} at {path}") from error
    value = answer.json()["value"]
    if answer.is_error:
        raise WebDriverError(f"{value['error']}: {value['message']}")
    return value
