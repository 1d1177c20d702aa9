"""Made-up Mastodon servers that speak as Mastodon does, over HTTPS on this machine, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from auth.tokens import new_token
from tests.auth.world import HOME, Browser, leaves_for, location, query_of
from tests.support.tls import Tls, make_tls
from widget.public_http import Place

HOST = "social.example"
APPS, METADATA, TOKEN = "POST /api/v1/apps", "GET /.well-known/oauth-authorization-server", "POST /oauth/token"
Bend = Callable[[Request], Response]


class Instance:
    """One server. `bent[path]` answers for it; `asked` are the requests; before Mastodon 4.3 `scopes` is None."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.origin = f"https://{host}"
        self.bent: dict[str, Bend] = {}
        self.asked: list[str] = []
        self.scopes: list[str] | None = ["read", "write", "read:accounts", "profile"]
        self.apps: dict[str, dict[str, str]] = {}
        self._grants: dict[str, dict[str, str]] = {}
        self.account: dict[str, Any] = {
            "id": "14715",
            "username": "mira",
            "acct": "mira",
            "display_name": "Mira :verified:",
            "url": f"{self.origin}/@mira",
            "avatar": f"https://files.{host}/a.gif",
            "avatar_static": f"https://files.{host}/a.png",
        }

    def agree(self, authorize_url: str, **answer: str) -> str:
        """The person agrees at the address; where they are sent back to."""
        assert authorize_url.startswith(f"{self.origin}/oauth/authorize?")
        query = query_of(authorize_url)
        app = self.apps[query["client_id"]]
        assert query["redirect_uri"] == app["redirect_uris"] == f"{HOME}/auth/mastodon/{self.host}/callback"
        assert query["scope"] == app["scopes"]
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self._grants)}"
        self._grants[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], **answer})}"

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if path in self.bent:
            return self.bent[path](request)
        form = dict(parse_qsl((await request.body()).decode()))
        match path:
            case "/.well-known/oauth-authorization-server" if self.scopes is not None:
                return JSONResponse({"issuer": f"{self.origin}/", "scopes_supported": self.scopes})
            case "/api/v1/apps":
                return self._register(form)
            case "/oauth/token":
                return self._token(form)
            case "/api/v1/accounts/verify_credentials":
                assert request.headers["authorization"] == "Bearer of-the-person"
                return JSONResponse(self.account)
        return PlainTextResponse("The page you are looking for isn't here.", 404)

    def _register(self, form: dict[str, str]) -> Response:
        client_id = f"client-{len(self.apps)}"
        self.apps[client_id] = {**form, "client_secret": f"secret-of-{self.host}-{len(self.apps)}"}
        return JSONResponse({**self.apps[client_id], "client_id": client_id, "scopes": form["scopes"].split()})

    def _token(self, form: dict[str, str]) -> Response:
        app = self.apps.get(form["client_id"])
        if app is None or form["client_secret"] != app["client_secret"]:
            return JSONResponse({"error": "invalid_client"}, 401)
        if form["grant_type"] == "client_credentials":
            granted = form["scope"] == app["scopes"]
            return JSONResponse({"access_token": "of-the-app"} if granted else {"error": "invalid_scope"})
        grant = self._grants.pop(form["code"], None)
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if grant is None or (grant["redirect_uri"], grant["code_challenge"]) != (form["redirect_uri"], challenge):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "of-the-person", "token_type": "Bearer", "scope": app["scopes"]})


class Fediverse:
    """All servers of one test, at one place of this machine."""

    def __init__(self, *hosts: str) -> None:
        self.instances = {host: Instance(host) for host in hosts}
        self.place = Place("127.0.0.1", 0)

    def places(self) -> dict[str, Place]:
        return dict.fromkeys(self.instances, self.place)

    @contextlib.asynccontextmanager
    async def serving(self, folder: Path) -> AsyncIterator[Tls]:
        tls = make_tls(folder, list(self.instances))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.place = Place(*listening.getsockname())
            config = uvicorn.Config(
                self, ssl_certfile=tls.file, log_config=None, lifespan="off", access_log=False, timeout_keep_alive=1
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([listening]))
            while not server.started:
                await asyncio.sleep(0)
            yield tls
            server.should_exit = True
            await serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        instance = self.instances[request.headers["host"]]
        await (await instance.answer(request))(scope, receive, send)


async def name_server(browser: Browser, secret: str, typed: str = HOST, **fields: str) -> httpx2.Response:
    """Open the window and send the form that asks for the server."""
    page = await browser.go(location(await browser.open_window(secret, "mastodon", **fields)))
    assert "Which server is your account on?" in page.text
    choose = {"choose": "1"} if 'name="choose"' in page.text else {}
    return await browser.submit("/auth/mastodon/server", w=window_of(page), server=typed, **choose)


def window_of(page: httpx2.Response) -> str:
    return page.text.split('name="w" value="')[1].split('"')[0]


async def sign_in(browser: Browser, instance: Instance, **fields: str) -> None:
    authorize = leaves_for(await name_server(browser, secret := new_token(), instance.host, **fields))
    await browser.go(instance.agree(authorize), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"
