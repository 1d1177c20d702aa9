"""The service as tests hold it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from widget import site_verbs
from widget.app import Application, Extend, create_app
from widget.db import Database, Tx
from widget.events import SiteChanged
from widget.public_http import Place
from widget.settings import Settings
from widget.store.sites import Site, set_site

HOME = "http://localhost:8000"
BLOG = "https://blog.example"
SHOP = "https://shop.example"
PAGE = f"{BLOG}/posts/bread"


class Clock:
    """The time in Unix milliseconds, which passes only when told."""

    def __init__(self) -> None:
        self.time = 1_800_000_000_000

    def __call__(self) -> int:
        return self.time

    def pass_seconds(self, seconds: float) -> None:
        self.time += round(seconds * 1000)


def settings(database_url: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": "",
        "public_url": HOME,
        "secret_keys": ("k" * 32,),
        "limits": False,
        "avatars": True,
        "cache_megabytes": 32,
        "host": "127.0.0.1",
        "port": 8000,
        "trusted_proxies": (),
        "mail_url": None,
        "mail_from": None,
        "akismet_key": "",
        "akismet_url": "https://rest.akismet.com",
        "import_folder": "",
        "backup_folder": "",
        "backup_every": 0,
        "backup_keep_daily": 7,
        "backup_keep_weekly": 4,
        "log_level": "info",
        "providers": {},
        "oidc": {},
        "warnings": (),
    }
    return Settings(**{**values, **changes})


@dataclass
class World:
    app: Application
    clock: Clock
    client: httpx2.AsyncClient  # a program: no Origin, no cookies
    blog: Site
    shop: Site

    @property
    def db(self) -> Any:
        return self.app.service.core.db

    async def set_site(self, name: str, **settings: str) -> None:
        offered = [provider.name for provider in self.app.service.providers]
        await _set_site(self.db, name, site_verbs.parse_changes(settings, HOME, offered))

    async def post(self, text: str = "Hello.", *, headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
        """Post a comment, by a guest unless `headers` say who; the answer's JSON."""
        self.clock.pass_seconds(0.001)  # ids of one millisecond are in no order
        full = {"url": PAGE, "text": text, **({} if headers else {"guest": GUEST}), **body}
        answer = await self.client.post("/api/v1/blog/comments", json=full, headers=headers)
        assert answer.status_code == 201, answer.text
        posted: dict[str, Any] = answer.json()
        return posted

    async def thread(self, **query: str) -> dict[str, Any]:
        answer = await self.client.get("/api/v1/blog/thread", params={"url": PAGE, **query})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


GUEST = {"name": "Gwen", "email": "gwen@example.org"}


async def _add_site(db: Database, name: str, origin: str) -> Site:
    """Forms may be sent at once: the clock stands still, and tests type fast."""
    await site_verbs.add(db, name, [origin], HOME)
    return await _set_site(db, name, {"min_seconds": 0})


async def _set_site(db: Database, name: str, values: dict[str, Any]) -> Site:
    """As if it had been so from the start: nothing of it is in the log."""

    def change(tx: Tx) -> Site:
        set_site(tx, site_verbs.get_site(tx, name).id, values)
        tx.events.append(SiteChanged(name))
        return site_verbs.get_site(tx, name)

    return await db.write(change)


@contextlib.asynccontextmanager
async def open_world(
    database_url: str,
    clock: Clock,
    *,
    extend: Extend | None = None,
    instead: Mapping[str, Place] | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """`extend` and `instead` are `create_app`'s, `changes` are settings."""
    app = create_app(settings(database_url, **changes), clock=clock, extend=extend, instead=instead)
    async with app.lifespan(app.starlette):
        db = app.service.core.db
        blog, shop = [await _add_site(db, name, origin) for name, origin in (("blog", BLOG), ("shop", SHOP))]
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=HOME) as client:
            yield World(app, clock, client, blog, shop)
