"""Further pages of the demo's blog: one for each test, so that no test sees the comments of another.

A server of their own, for what Playwright answers in the browser's place has no address, and Chromium lets no such page
load anything from this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import quote, urlencode

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
DOCUMENT = """<!doctype html>
<html lang="en" {root}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="{style}">{head}</head>
<body><main><h1>{title}</h1><p>An article.</p>{before}<section class="comments">{comments}</section>
<footer id="after">After the comments.</footer></main></body></html>"""


class Blog:
    """Pages at `origin`, which is one of the demo's site; the service is at `home`."""

    def __init__(self, origin: str, home: str, style: str) -> None:
        self.origin = origin
        self.home = home
        self._style = style
        self._pages: dict[str, tuple[str, Mapping[str, str]]] = {}

    def add(
        self,
        name: str,
        *,
        tag: str = 'data-site="demo"',
        head: str = "",
        root: str = "",
        before: str = "",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        """A page with the script tag and these attributes in it; its address."""
        comments = f'<script async src="{self.home}/embed.js" {tag}></script>'
        return self._add(name, comments, head=head, root=root, before=before, headers=headers)

    def add_plain_frame(self, name: str) -> str:
        """A page with an `<iframe>` written by hand and no script."""
        address = escape(self.frame_address(self.url(name)))
        return self._add(name, f'<iframe title="Comments" width="100%" height="900" src="{address}"></iframe>')

    def add_document(self, name: str, html: str, headers: Mapping[str, str] = NO_HEADERS) -> str:
        """Any document; its address."""
        self._pages[f"/{quote(name)}"] = html, headers
        return self.url(name)

    def url(self, name: str) -> str:
        return f"{self.origin}/{quote(name)}"

    def frame_address(self, url: str, **query: str) -> str:
        return f"{self.home}/embed/demo?{urlencode({'url': url, **query})}"

    def _add(
        self,
        name: str,
        comments: str,
        *,
        head: str = "",
        root: str = "",
        before: str = "",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        texts = {"title": escape(name), "style": self._style, "comments": comments}
        return self.add_document(name, DOCUMENT.format(**texts, head=head, root=root, before=before), headers)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of HTTP/1.1: a page, or 404. A path answers whatever its query is."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode().partition("?")[0]
            status = "200 OK" if path in self._pages else "404 Not Found"
            html, more = self._pages.get(path, ("No such page.", NO_HEADERS))
            body = html.encode()
            sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": len(body), "Connection": "close"}
            headers = "".join(f"{name}: {value}\r\n" for name, value in {**sent, **more}.items())
            writer.write(f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body)
            await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def serving(port: int, home: str, style: str) -> AsyncIterator[Blog]:
    blog = Blog(f"http://127.0.0.1:{port}", home, style)
    async with await asyncio.start_server(blog.answer, "127.0.0.1", port):
        yield blog
