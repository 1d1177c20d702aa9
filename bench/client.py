"""The load: HTTP/1.1 over kept-alive connections, with as little of its own as Python allows.

Every answer's status is checked, and its length where the caller knows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

CONNECTIONS = 32
_CLOSE = re.compile(rb"\r\nconnection: close", re.IGNORECASE)
_WITHOUT_BODY = (b"204", b"304")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class WrongAnswer(Exception):
    """An answer that is not the one expected: then no figure means anything."""


class Answer(NamedTuple):
    head: bytes  # status line and headers, without the blank line
    body: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])

    def headers(self, name: bytes) -> list[str]:
        """Their values, in order."""
        lines = (line.partition(b": ") for line in self.head.split(b"\r\n")[1:])
        return [value.decode() for each, _, value in lines if each.lower() == name]


class Expected(NamedTuple):
    status: int = 200
    length: int | None = None  # of the body, in bytes; None: not known beforehand

    def check(self, answer: Answer) -> None:
        if answer.status != self.status or self.length not in (None, len(answer.body)):
            start = answer.body[:200].decode(errors="replace")
            raise WrongAnswer(f"{answer.status} with {len(answer.body)} bytes instead of {self}: {start}")


OK = Expected()


class Connection(asyncio.Protocol):
    """One request at a time, over a new connection where the server ended the last one."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._received = bytearray()
        self._head = self._end = 0  # where the blank line stands, and where the answer ends; 0: not known yet
        self._answer: asyncio.Future[Answer]

    async def ask(self, request: bytes) -> Answer:
        if self._transport.is_closing():
            await asyncio.get_running_loop().create_connection(lambda: self, *self._server)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server: tuple[str, int] = transport.get_extra_info("peername")

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._end:
            self._head = received.find(b"\r\n\r\n")
            if self._head < 0:
                return
            length = _LENGTH.search(received, 0, self._head)
            if length is None and received[9:12] not in _WITHOUT_BODY:
                self._fail(f"an answer without length: {bytes(received[: self._head])!r}")
                return
            self._end = self._head + 4 + (int(length[1]) if length else 0)
        if len(received) > self._end:
            self._fail("more than one answer")
        elif len(received) == self._end:
            answer = Answer(bytes(received[: self._head]), bytes(received[self._head + 4 :]))
            received.clear()
            self._end = 0
            if _CLOSE.search(answer.head):
                self._transport.close()  # as the server will
            self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if hasattr(self, "_answer") and not self._answer.done():
            self._fail(f"the connection was closed: {exc}")

    def _fail(self, why: str) -> None:
        self._answer.set_exception(WrongAnswer(why))

    def close(self) -> None:
        self._transport.close()


@contextlib.asynccontextmanager
async def connections(port: int, number: int = CONNECTIONS) -> AsyncIterator[list[Connection]]:
    """That many connections to a server on loopback."""
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(number)]
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


async def ask_all(opened: Iterable[Connection], requests: Iterable[bytes], expected: Expected) -> list[float]:
    """Send all requests, each connection the next one as soon as it is free; seconds until each answer."""
    queue = iter(requests)
    seconds: list[float] = []

    async def work(connection: Connection) -> None:
        for request in queue:
            started = time.perf_counter()
            answer = await connection.ask(request)
            seconds.append(time.perf_counter() - started)
            expected.check(answer)

    async with asyncio.TaskGroup() as group:
        for connection in opened:
            group.create_task(work(connection))
    return seconds


async def ask_once(port: int, request: bytes, expected: Expected = OK) -> Answer:
    async with connections(port, 1) as [connection]:
        answer = await connection.ask(request)
    expected.check(answer)
    return answer


def get(path: str, *, encoding: str = "br", **headers: str) -> bytes:
    return _request("GET", path, b"", {"Accept-Encoding": encoding, **headers})


def send(method: str, path: str, body: Any = None, **headers: str) -> bytes:
    """A request that changes something, as a program sends it: JSON, with no Origin."""
    content = b"" if body is None else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"} if content else {}
    return _request(method, path, content, {**kind, "Content-Length": str(len(content)), **headers})


def submit(port: int, path: str, fields: Sequence[tuple[str, str]], **headers: str) -> bytes:
    """A form of a page of the server at that port, as a browser sends it."""
    content = urlencode(fields).encode()
    kind = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://localhost:{port}",
        "Sec-Fetch-Site": "same-origin",
    }
    return _request("POST", path, content, {**kind, "Content-Length": str(len(content)), **headers})


def _request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
