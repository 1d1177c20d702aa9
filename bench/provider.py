"""The demo's provider in a process of its own, so that what it costs is not counted.

`python -m bench.provider SERVICE SECRET --port N` is an issuer at http://localhost:N/demo/provider for the service at
that origin, which knows it by the name `demo`.
"""

from __future__ import annotations

import os
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from auth import openid_provider
from widget.assets import Assets
from widget.db import unix_ms
from widget.demo.provider import NAME, PATH, DemoProvider
from widget.html import Html
from widget.server import run
from widget.settings import load

CLIENT = "palaver"


def issuer_at(port: int | str) -> str:
    return f"http://localhost:{port}{PATH}"


async def _ready(_request: Request) -> Response:
    return PlainTextResponse("ready")


def main() -> None:
    service, secret, _, port = sys.argv[1:]
    client = openid_provider(NAME, issuer_at(port), CLIENT, secret)
    provider = DemoProvider(client, f"{service}/auth/{NAME}/callback", Html(Assets()).environment, unix_ms)
    settings = load(None, os.environ, production=False, providers={}, options={"port": port})
    run(settings, Starlette(routes=[Mount(PATH, provider.application()), Route("/readyz", _ready)]))


if __name__ == "__main__":
    main()
