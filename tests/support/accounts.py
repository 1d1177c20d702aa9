"""People who sign in for their account: at two providers on this machine, in browsers without scripts."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import jinja2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from auth import Provider
from tests.auth.world import query_of
from tests.support.html import Html, Reader, fields_of
from tests.support.service import PAGE, World
from widget.public_http import Place

PICTURES = "http://pictures.example"


class Providers:
    """OAuth 2 at `forge` (whose word on addresses counts) and `mill` (whose does not), and a host of pictures.

    A code is what the provider will say of somebody, so that every answer is known beforehand.
    """

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.place = Place("127.0.0.1", port)
        self.pictures: dict[str, Response] = {}
        self.asked: list[str] = []  # for pictures

    @property
    def rows(self) -> list[Provider]:
        return [
            Provider(
                name=name,
                label=name.title(),
                issuer=f"https://{name}.example",
                authorize=f"{self.origin}/authorize",
                exchange=f"{self.origin}/token",
                userinfo=f"{self.origin}/userinfo",
                verifies_email=name == "forge",
                icon="openid",
                client_id="palaver",
                client_secret="secret",
            )
            for name in ("forge", "mill")
        ]

    def extend(self, _templates: jinja2.Environment) -> tuple[Sequence[Provider], Sequence[BaseRoute]]:
        return self.rows, []

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo),
                Route("/{name:path}", self._picture),
            ]
        )

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        return JSONResponse({"access_token": form["code"], "token_type": "Bearer"})

    async def _userinfo(self, request: Request) -> Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        return JSONResponse(json.loads(base64.urlsafe_b64decode(token)))

    async def _picture(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        return self.pictures.get(request.url.path, Response(status_code=404))


@contextlib.asynccontextmanager
async def running_providers() -> AsyncIterator[Providers]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        providers = Providers(listener.getsockname()[1])
        config = uvicorn.Config(providers.application(), log_config=None, lifespan="off", access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        yield providers
        server.should_exit = True
        await serving


class Person(Reader):
    """A browser that goes to our own pages; `open` and `follow` are its links."""

    def __init__(self, world: World) -> None:
        super().__init__(world.client)
        self.world = world

    async def account(self) -> Html:
        return await self.open("/account")

    async def sign_in(self, sub: str = "ann", provider: str = "forge", **said: Any) -> Html:
        """Anew, with that provider, which says so of them; their account's page."""
        self.cookies.clear()
        page = await self.account()
        await self.press_button(page.one(f".//button[@formaction='/auth/{provider}/start']"))
        return await self.agree(sub, provider, **said)

    async def link(self, sub: str, provider: str = "mill", **said: Any) -> Html:
        """Prove a further identity, from the account's page."""
        page = await self.account()
        await self.press_button(page.one(f".//button[@formaction='/auth/{provider}/start']"))
        return await self.agree(sub, provider, **said)

    @property
    def state(self) -> str:
        """What the provider shall send back, once the window leads there."""
        leads = re.search(r'content="0; url=([^"]+)"', self.answer.text)
        assert leads, self.answer.text
        return query_of(unescape(leads[1]))["state"]

    async def agree(self, sub: str, provider: str, **said: Any) -> Html:
        """At the provider, to which the window has led."""
        claims = {"sub": sub, "name": sub.title(), "email": f"{sub}@example.org", "email_verified": True, **said}
        code = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        query = urlencode({"code": code, "state": self.state})
        return await self.open(f"/auth/{provider}/callback?{query}", "cross-site")

    async def comment(self, text: str = "Mine.", *, url: str = PAGE, site: str = "blog", parent: str = "") -> str:
        """On the thread's own page, where the first-party session counts; the comment's id."""
        self.world.clock.pass_seconds(0.001)
        await self.open(f"/thread/{site}?{urlencode({'url': url, 'reply': parent})}")
        await self.press(self.page.one(".//form[@class='write']"), "post", text=text)
        assert self.answer.status_code == 200, self.answer.text
        return self.address.partition("#comment-")[2]

    async def like(self, comment_id: str, *, url: str = PAGE, site: str = "blog") -> None:
        await self.open(f"/thread/{site}?{urlencode({'url': url})}")
        await self.send({"action": "like", "comment": comment_id})
        assert self.answer.status_code == 200, self.answer.text

    async def dislike(self, comment_id: str) -> None:
        await self.open(f"/thread/blog?{urlencode({'url': PAGE})}")
        await self.send({"action": "dislike", "comment": comment_id})
        assert self.answer.status_code == 200, self.answer.text

    async def choose(self, label: str, **fields: str) -> Html:
        """Press the one button of that label, with those fields filled in."""
        return await self.press_button(self.button(label), **fields)

    def button(self, label: str) -> Element:
        found = [button for button in self.page.all(".//button") if _label(button) == label]
        assert len(found) == 1, f"{len(found)} buttons “{label}” in {self.page.text('.//body')}"
        return found[0]

    async def press_button(self, button: Element, **fields: str) -> Html:
        form = next(form for form in self.page.all(".//form") if button in list(form.iter("button")))
        body = {**fields_of(form), **fields}
        if button.get("name"):
            body[button.get("name", "")] = button.get("value", "")
        self.address = button.get("formaction") or form.get("action") or self.address
        return await self.send(body, Accept="text/html")

    @property
    def notice(self) -> str:
        """What is said of what was just done."""
        return self.page.text(".//*[@role='status']")

    @property
    def alert(self) -> str:
        return self.page.text(".//*[@role='alert']")


def _label(button: Element) -> str:
    return " ".join("".join(button.itertext()).split())
