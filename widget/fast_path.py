"""Serving what all readers share: raw ASGI, ahead of the router and outside all middleware.

A cached thread and the static files are found by raw path and query, with no parsing, no object per request, no log
line. Whatever is not found here goes on to the application, which teaches the cache what an address means.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from widget.assets import Asset
from widget.cache import DocumentCache
from widget.encodings import Encoded, choose_encoding


class FastPath:
    def __init__(self, app: ASGIApp, cache: DocumentCache, assets: Iterable[Asset]) -> None:
        self._app = app
        self._cache = cache
        self._files = {asset.path.encode(): asset for asset in assets}
        self._codings: dict[bytes, bytes] = {}
        self.served = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            encodings = self._find(scope) or await self._renewed(scope)
            if encodings is not None:
                accept, wanted = what_is_asked(scope)
                encoded = encodings.get(self._coding(accept))
                if encoded is not None:
                    self.served += 1
                    await answer(scope, send, encoded, wanted)
                    return
        await self._app(scope, receive, send)

    def _find(self, scope: Scope) -> dict[bytes, Encoded] | None:
        path = scope.get("raw_path") or b""
        found = self._cache.find(path, scope["query_string"]) or self._files.get(path)
        return found.encodings if found else None

    async def _renewed(self, scope: Scope) -> dict[bytes, Encoded] | None:
        entry = await self._cache.renewed(scope.get("raw_path") or b"", scope["query_string"])
        return entry.encodings if entry else None

    def _coding(self, accept: bytes) -> bytes:
        if len(accept) > 100:
            return choose_encoding(accept)
        coding = self._codings.get(accept)
        if coding is None:
            if len(self._codings) > 1_000:
                self._codings.clear()
            coding = self._codings[accept] = choose_encoding(accept)
        return coding


def what_is_asked(scope: Scope) -> tuple[bytes, bytes]:
    """Accept-Encoding and If-None-Match, empty where they are missing."""
    accept, wanted = b"", b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accept = value
        elif name == b"if-none-match":
            wanted = value
    return accept, wanted


async def answer(scope: Scope, send: Send, encoded: Encoded, wanted: bytes) -> None:
    """Answer GET or HEAD, with 304 where the client has it: `wanted` is its If-None-Match."""
    if wanted and _matches(wanted, encoded.etag):
        status, headers, body = 304, encoded.unchanged, b""
    else:
        status, headers, body = 200, encoded.headers, encoded.body if scope["method"] == "GET" else b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _matches(wanted: bytes, etag: bytes) -> bool:
    """If-None-Match compares weakly (RFC 9110, 13.1.2)."""
    return (
        wanted == etag
        or wanted.strip() == b"*"
        or etag in (item.strip().removeprefix(b"W/") for item in wanted.split(b","))
    )
