"""A blog's server, for browsers and peers: what it is given, as it is given, over HTTP/1.1 on loopback."""

from __future__ import annotations

import contextlib
import mimetypes
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli


class HostPages:
    """`files` by path, sent by brotli. They are the blog's at `origin`, and somebody else's at `elsewhere`."""

    def __init__(self, port: int) -> None:
        self.origin, self.elsewhere = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        self.files: dict[str, bytes] = {}

    def add(self, path: str, content: bytes) -> str:
        self.files[path] = content
        return path


@contextlib.contextmanager
def serving(pages: HostPages, port: int) -> Iterator[None]:
    compressed: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            content = pages.files.get(path, b"")
            by_brotli = "br" in self.headers.get("Accept-Encoding", "")
            if by_brotli:
                content = compressed.setdefault(path, brotli.compress(content))
            self.send_response(200 if path in pages.files else 404)
            self.send_header("Content-Type", mimetypes.guess_type(path)[0] or "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Access-Control-Allow-Origin", "*")
            if by_brotli:
                self.send_header("Content-Encoding", "br")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
