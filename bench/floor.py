"""The floor: a bare ASGI application that answers the same bytes as the service, on the same server and loop.

`python -m bench.floor FOLDER --port N` answers everything, once a body is read, with one HTTP answer; PATCH lets it
take that of FOLDER/answer.http.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from widget.server import run
from widget.settings import load

ANSWER = "answer.http"
_OF_THE_SERVER = {b"date"}  # uvicorn adds it


class Ready(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def read_answer(raw: bytes) -> Ready:
    """An HTTP/1.1 answer as it came over the wire."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
    headers = [(name, value) for name, _, value in lines if name.lower() not in _OF_THE_SERVER]
    return Ready(int(head[9:12]), headers, body)


class Floor:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._answer = Ready(200, [(b"content-length", b"0")], b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["method"] != "GET":
            while (await receive()).get("more_body"):
                pass
            if scope["method"] == "PATCH":
                self._answer = read_answer(self._file.read_bytes())
        answer = self._answer
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def main() -> None:
    folder, _, port = sys.argv[1:]
    settings = load(None, os.environ, production=False, providers={}, options={"port": port})
    run(settings, Floor(Path(folder) / ANSWER))


if __name__ == "__main__":
    main()
