"""Readers who have a thread open: what they are told, as a browser keeps it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, tostring

from starlette.types import ASGIApp, Message

from tests.support.html import Html
from tests.support.service import PAGE, World

PATIENCE = 30  # seconds, on a machine that has much else to do


class Event(NamedTuple):
    kind: str
    version: int
    body: dict[str, Any]


class Shown(NamedTuple):
    parent: str
    status: str
    article: str


class Stream:
    """A connection to `/live/blog`, held over ASGI; `taking` is cleared for a reader who takes nothing more."""

    def __init__(self, app: ASGIApp, since: int | str = 0, *, page: str = PAGE, **headers: str) -> None:
        query = urlencode({"url": page, "since": since})
        self._app = app
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/live/blog",
            "raw_path": b"/live/blog",
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 8000),
        }
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.ended = False
        self.taking = asyncio.Event()
        self.taking.set()
        self._asked = False
        self._left = asyncio.Event()
        self._news = asyncio.Condition()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self.taking.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message["body"].decode()
            self.ended = not message.get("more_body")
        asyncio.get_running_loop().call_soon(asyncio.ensure_future, self._notify())

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    @property
    def events(self) -> list[Event]:
        """Those that are told whole."""
        found = []
        for block in self.text.split("\n\n")[:-1]:
            fields = dict(line.partition(": ")[::2] for line in block.splitlines())
            if "data" in fields:
                found.append(Event(fields.get("event", "message"), int(fields["id"]), json.loads(fields["data"])))
        return found

    async def until(self, good: Callable[[Stream], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: good(self))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Stream]:
        task = asyncio.create_task(self._hold())
        try:
            await self.until(lambda stream: stream.status != 0)
            yield self
        finally:
            self.taking.set()
            self._left.set()
            await task

    async def _hold(self) -> None:
        await self._app(self._scope, self._receive, self._send)


class Reader:
    """A thread as a reader has it: as the document was, and as the events that were told since left it."""

    def __init__(self, document: str) -> None:
        page = Html(document)
        thread = page.one(".//section[@id='thread']")
        self.version = int(thread.get("data-version", ""))
        self.count = int(thread.get("data-count", ""))
        self.closed = bool(page.all(".//p[@class='closed']"))
        self.comments: dict[str, Shown] = {}
        _walk(thread, "", self.comments)

    def take(self, event: Event) -> None:
        assert event.kind == "message"
        assert event.version > self.version
        for told in event.body["comments"]:
            new: dict[str, Shown] = {}
            _walk(Html(told["html"]).root, "", new)
            if told["gone"]:
                self.comments.pop(told["id"], None)
                continue
            if told["id"] not in self.comments:
                assert told["appeared"] > self.version, "what was not there before is told as new"
            self.comments[told["id"]] = new[told["id"]]
        self.version, self.count, self.closed = event.version, event.body["count"], event.body["closed"]


def _walk(element: Element, parent: str, found: dict[str, Shown]) -> None:
    for child in element:
        name = child.get("id", "").removeprefix("comment-") if child.tag == "li" else ""
        article = child.find("article") if name else None
        if article is not None:
            above = child.get("data-parent", parent)
            found[name] = Shown(above, child.get("data-status", ""), tostring(article, encoding="unicode").strip())
        _walk(child, name or parent, found)


async def document(world: World) -> str:
    return (await world.client.get("/embed/blog", params={"url": PAGE})).text
