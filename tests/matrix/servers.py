"""The three sites of a run, over HTTPS: the blog H, Palaver itself, and a provider that nobody here wrote.

Names under localhost are sites of their own to browsers (no public suffix list names localhost), and this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Host, Route, Router
from starlette.types import ASGIApp

from tests.matrix.certificates import Certificate
from tests.matrix.processes import running
from tests.support.service import settings
from widget import site_verbs
from widget.app import create_app
from widget.migrate import migrate
from widget.settings import OidcKeys

ISSUER = Path(__file__).parents[1] / "tools" / "issuer.mjs"
PROVIDER = "club"
SITE = "matrix"
CONTROL = "control"
CLIENT = ("palaver", "a secret between the two")
_ARTICLE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>An article</title><h1>An article</h1>
<script async src="{home}/embed.js" data-site="{site}"></script></html>"""
_POP_UP = """<!doctype html><html lang="en"><title>A pop-up that nobody asked for</title>
<p>Click here.<script>document.title = open("about:blank") ? "opened" : "blocked";</script></html>"""


class Names(NamedTuple):
    """Host names of a run."""

    blog: str = "blog.localhost"
    home: str = "comments.localhost"
    provider: str = "login.localhost"


class World(NamedTuple):
    blog: str  # origins
    home: str
    provider: str

    @property
    def article(self) -> str:
        return f"{self.blog}/article"

    @property
    def pop_up(self) -> str:
        """A page that opens a window when it is loaded, and whose title says whether it could."""
        return f"{self.blog}/pop-up"


def trust(certificate: Certificate) -> None:
    """From now on this process knows names under localhost (RFC 6761, 6.3; glibc asks its DNS) and that certificate."""
    look_up = socket.getaddrinfo

    def local(host: Any, *args: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if "localhost" in str(host) else host, *args, **more)

    socket.getaddrinfo = local
    os.environ |= {"SSL_CERT_FILE": str(certificate.certificate), "NO_PROXY": "localhost", "no_proxy": "localhost"}


@contextlib.asynccontextmanager
async def running_world(
    folder: Path, certificate: Certificate, names: Names, *, blog_policy: str, provider_policy: str
) -> AsyncIterator[World]:
    """With its data in `folder`. The policies are the article's and the provider's COOP, or empty."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        blog, home = f"https://{names.blog}:{port}", f"https://{names.home}:{port}"
        callback = f"{home}/auth/{PROVIDER}/callback"
        files = (certificate.certificate, certificate.key)
        command = ("node", ISSUER, *CLIENT, callback, names.provider, *files, provider_policy)
        async with running(folder, *command) as node:
            provider = await node.said(r"(?m)^(https://\S+)$")
            world = World(blog, home, provider)
            async with _service(folder, world, port) as service:
                by_name = Router([Host(names.blog, _blog(world, blog_policy)), *_CONTROL], default=service)
                async with _serving(by_name, listening, certificate):
                    yield world


@contextlib.asynccontextmanager
async def _service(folder: Path, world: World, port: int) -> AsyncIterator[ASGIApp]:
    database_url = f"sqlite:///{folder / 'palaver.db'}"
    migrate(database_url)
    keys = OidcKeys(PROVIDER, world.provider, *CLIENT, "Club")
    app = create_app(settings(database_url, public_url=world.home, port=port, oidc={PROVIDER: keys}))
    async with app.lifespan(app.starlette):
        await site_verbs.add(app.service.core.db, SITE, [world.blog], world.home)
        yield app


def _blog(world: World, opener_policy: str) -> Router:
    html = _ARTICLE.format(home=world.home, site=SITE)
    headers = {"Cross-Origin-Opener-Policy": opener_policy} if opener_policy else {}

    async def article(_request: Request) -> Response:
        return HTMLResponse(html, headers=headers)

    async def pop_up(_request: Request) -> Response:
        return HTMLResponse(_POP_UP)

    return Router([Route("/article", article), Route("/pop-up", pop_up)])


async def _set_control(_request: Request) -> Response:
    answer = PlainTextResponse("set")
    answer.set_cookie(CONTROL, "1", max_age=3600, secure=True, httponly=True, samesite="none")
    return answer


async def _see_control(request: Request) -> Response:
    """Whether the browser sent it: "yes" or "no"."""
    return PlainTextResponse("yes" if CONTROL in request.cookies else "no", headers={"Cache-Control": "no-store"})


# An ordinary third-party cookie on our origin, beside the service, which never sets one.
_CONTROL = (Route("/control", _set_control, methods=["POST"]), Route("/control", _see_control))


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl+C ends the whole run, not a server in it."""
        yield


@contextlib.asynccontextmanager
async def _serving(app: ASGIApp, listening: socket.socket, certificate: Certificate) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        ssl_certfile=certificate.certificate,
        ssl_keyfile=certificate.key,
        http="httptools",
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
