"""A small service around `Auth`, and browsers that tell the truth about where their requests come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from auth import Auth, AuthError, AuthSite, check_change, check_personal, frame_cookie, new_frame_session, probe_cookie
from auth.tokens import new_token
from widget.db import Database, Tx
from widget.page_key import is_site_url
from widget.store.auth import Store
from widget.store.people import add_person
from widget.store.sessions import add_session

HOME = "https://comments.example"
BLOG = AuthSite(0x0123456789ABCDEF, "blog", ("https://blog.example",))
SHOP = AuthSite(0x0FEDCBA987654321, "shop", ("https://shop.example", "http://localhost:8000"))
ARTICLE = "https://blog.example/2026/article"


class Clock:
    """Unix milliseconds that move when told to."""

    def __init__(self) -> None:
        self.ms = 1_790_000_000_000

    def __call__(self) -> int:
        return self.ms

    def forward(self, *, minutes: float) -> None:
        self.ms += int(minutes * 60_000)


class Sites:
    def __init__(self, *sites: AuthSite) -> None:
        self._sites = sites

    async def get(self, name: str) -> AuthSite | None:
        return next((site for site in self._sites if site.name == name), None)

    async def get_by_id(self, site_id: int) -> AuthSite | None:
        return next((site for site in self._sites if site.id == site_id), None)

    def is_site_url(self, url: str, origins: Sequence[str]) -> bool:
        return is_site_url(url, origins)

    def thread_url(self, site_name: str, page_url: str, page_id: str = "") -> str:
        return f"/thread/{site_name}?" + urlencode({"url": page_url} | ({"id": page_id} if page_id else {}))


class Service:
    """The routes of `Auth`, and the few of the application that ask it who somebody is."""

    def __init__(self, auth: Auth, store: Store, db: Database, clock: Clock, mounts: Sequence[Mount]) -> None:
        self.auth, self.store, self.db, self.clock = auth, store, db, clock
        routes = [
            *auth.routes(),
            *mounts,
            Route("/api/v1/{site}/me", self._me),
            Route("/api/v1/{site}/guest", self._guest, methods=["POST"]),
            Route("/me", self._page),
        ]
        self._app = Starlette(routes=routes, exception_handlers={AuthError: _render})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["client_address"] = "192.0.2.1"
        await self._app(scope, receive, send)

    async def _me(self, request: Request) -> Response:
        check_personal(request.headers)
        site = {"blog": BLOG, "shop": SHOP}[request.path_params["site"]]
        visitor = await self.auth.frame_visitor(request, site.id)
        name = await self.store.get_person_name(visitor.person_id) if visitor else None
        person = visitor.person_id if visitor else None
        body = {"name": name, "person": person, "provider": visitor.provider if visitor else None}
        return JSONResponse(body, headers={"Set-Cookie": probe_cookie()})

    async def _guest(self, request: Request) -> Response:
        check_change(request.headers, HOME)
        token, session = new_frame_session(await self.db.write(_add_guest), BLOG.id, "", self.clock())
        await self.db.write(add_session, session)
        return Response(headers={"Set-Cookie": frame_cookie(BLOG.id, token)})

    async def _page(self, request: Request) -> Response:
        visitor = await self.auth.page_visitor(request)
        return JSONResponse({"name": await self.store.get_person_name(visitor.person_id) if visitor else None})


def _add_guest(tx: Tx) -> int:
    return add_person(tx, "guest", "Greta Guest", "", "greta@example.org")


async def _render(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AuthError)
    return JSONResponse({"error": {"code": error.code, "message": error.message}}, error.status)


Service_ = Callable[[Any, Any, Any], Any]


class Browser:
    """One reader's browser with partitioned storage: the frame W in the article has a jar, the window P another."""

    def __init__(self, app: Service_, *, keeps_frame_cookies: bool = True) -> None:
        transport = httpx2.ASGITransport(app)
        self.frame = httpx2.AsyncClient(transport=transport, base_url=HOME)
        self.window = httpx2.AsyncClient(transport=transport, base_url=HOME)
        self._keeps = keeps_frame_cookies
        self.tokens: dict[str, str] = {}  # W's localStorage: a token for each site

    async def fetch(self, method: str, path: str, *, site: str = "blog", **options: Any) -> httpx2.Response:
        """As the script of that site's W does it."""
        headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
        if method != "GET":
            headers["Origin"] = HOME
        if site in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[site]}"
        headers |= options.pop("headers", {})
        response = await self.frame.request(method, path, headers=headers, **options)
        if not self._keeps:
            self.frame.cookies.clear()
        return response

    async def me(self, site: str = "blog") -> dict[str, Any]:
        answer = await self.fetch("GET", f"/api/v1/{site}/me", site=site)
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json()
        return body

    async def who(self, site: str = "blog") -> str | None:
        name: str | None = (await self.me(site))["name"]
        return name

    async def ask(self, secret: str, site: str = "blog", path: str = "/auth/redeem") -> dict[str, str]:
        """Redeem (or cancel), as W does each second; a token is kept as W keeps it."""
        answer = await self.fetch("POST", path, site=site, json={"secret": secret, "site": site})
        assert answer.status_code == 200, answer.text
        body: dict[str, str] = answer.json()
        if "token" in body:
            self.tokens[site] = body["token"]
        elif body["status"] == "done":
            self.tokens.pop(site, None)
        return body

    async def open_window(self, secret: str | None, provider: str = "demo", **fields: str) -> httpx2.Response:
        """The form of W that opens P: the answer to the POST."""
        sent = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        return await self.start(secret, provider, sent, **fields)

    async def start(
        self, secret: str | None, provider: str, headers: Mapping[str, str], **fields: str
    ) -> httpx2.Response:
        """Anybody's POST to the start."""
        form = {"site": "blog", "url": ARTICLE, **({"secret": secret} if secret is not None else {}), **fields}
        return await self.window.post(f"/auth/{provider}/start", data=form, headers=dict(headers))

    async def go(self, url: str, *, site: str = "same-origin") -> httpx2.Response:
        """A navigation of P."""
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        return await self.window.get(url, headers=headers)

    async def submit(self, path: str, **fields: str) -> httpx2.Response:
        """A form of one of our own pages in P."""
        headers = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
        return await self.window.post(path, data=fields, headers=headers)

    async def to_provider(self, secret: str | None, provider: str = "demo", **fields: str) -> str:
        """Press the button in W and follow P until it leaves; the provider's address."""
        window = await self.go(location(await self.open_window(secret, provider, **fields)))
        assert window.status_code == 200, window.headers
        return leaves_for(window)

    async def choose_person(self, authorize_url: str, person: str = "mara") -> str:
        """On the demo provider's page; the address it sends back to."""
        page = await self.go(authorize_url)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        assert fields, page.text
        answer = await self.submit(
            "/demo/provider/authorize", **{k: unescape(v) for k, v in fields.items()}, person=person
        )
        return location(answer)

    async def sign_in(self, person: str = "mara", **fields: str) -> str:
        """All of it: the secret with which W has been signed in."""
        secret = new_token()
        callback = await self.choose_person(await self.to_provider(secret, **fields), person)
        done = await self.go(callback, site="same-origin")
        assert location(done).startswith("/auth/done?w=")
        assert (await self.ask(secret, fields.get("site", "blog")))["status"] == "done"
        return secret


def location(response: httpx2.Response) -> str:
    assert response.status_code == 303, (response.status_code, response.text)
    return str(response.headers["location"])


def leaves_for(page: httpx2.Response) -> str:
    """Where a page's meta refresh leads."""
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
    assert found, page.text
    return unescape(found[1])


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
