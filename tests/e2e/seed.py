"""What was said before the reader came."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from widget import ids, site_verbs
from widget.db import Database, Tx
from widget.mapping import parse_mapping
from widget.models import comments, imports, pages, reports, sites
from widget.models import people as people_table
from widget.moderation import owners
from widget.store import likes, people
from widget.store import sites as site_store
from widget.transfer.formats import import_file
from widget.transfer.plan import Options


class Seed:
    def __init__(self, client: httpx2.AsyncClient, database: Database) -> None:
        self._client = client
        self._database = database

    async def post(self, url: str, text: str, *, parent: str = "", name: str = "Olga Fern", site: str = "demo") -> str:
        """A guest's comment; its id."""
        guest = {"name": name, "email": f"{name.split(maxsplit=1)[0].lower()}@example.org"}
        body: dict[str, Any] = {"url": url, "text": text, "guest": guest}
        if parent:
            body["parent_id"] = parent
        answer = await self._client.post(f"/api/v1/{site}/comments", json=body)
        assert answer.status_code == 201, answer.text
        comment_id: str = answer.json()["id"]
        return comment_id

    async def count(self, url: str) -> int:
        answer = await self._client.get("/api/v1/demo/counts", params={"url": url})
        count: int = answer.json()["counts"][url]
        return count

    async def like(self, comment_id: str, names: list[str], value: int = likes.LIKE) -> None:
        """Let people of these names like a comment, or dislike it."""

        def add(tx: Tx) -> None:
            identifier = ids.decode(comment_id)
            assert identifier is not None
            query = sa.select(comments.c.site_id, comments.c.page_id).where(comments.c.id == identifier)
            site_id, page_id = tx.conn.execute(query).one()
            for name in names:
                person_id = people.add_person(tx, "member", name, "", "")
                likes.add_like(tx, site_id, page_id, identifier, person_id, value)
            liked = len(names) if value == likes.LIKE else 0
            likes.raise_likes(tx, site_id, identifier, liked, value * len(names))
            tx.conn.execute(_page(page_id).values(version=pages.c.version + 1))

        await self._database.write(add)

    async def bring(self, site: str, data: bytes, origin: str) -> None:
        """Import a file whose pages were on https://blog.example."""
        options = Options(mappings=[parse_mapping(f"https://blog.example={origin}")])
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            await import_file(self._database, site, Path(file.name), options)

    async def set_imports(self, **values: object) -> None:
        """All that there are, as if somebody were at work on them."""

        def change(tx: Tx) -> None:
            tx.conn.execute(sa.update(imports).values(**values, told_at=tx.now))

        await self._database.write(change)

    async def close_page(self, url: str, *, locked: bool = True) -> None:
        """No further comments, or again."""

        def close(tx: Tx) -> None:
            page_id = tx.conn.execute(sa.select(pages.c.id).where(pages.c.url == url)).scalar_one()
            tx.conn.execute(_page(page_id).values(version=pages.c.version + 1, locked=locked))

        await self._database.write(close)

    async def let_close(self, url: str) -> None:
        """The page's own time to close is over."""

        def close(tx: Tx) -> None:
            page_id = tx.conn.execute(sa.select(pages.c.id).where(pages.c.url == url)).scalar_one()
            tx.conn.execute(_page(page_id).values(version=pages.c.version + 1, closes_at=tx.now - 1))

        await self._database.write(close)

    async def moderate(self, comment_id: str, status: str) -> None:
        """A moderator's decision: `approved` or `rejected`."""

        def decide(tx: Tx) -> None:
            row = comments.c.id == ids.decode(comment_id)
            query = sa.select(comments.c.page_id, comments.c.status).where(row)
            page_id, before = tx.conn.execute(query).one()
            tx.conn.execute(sa.update(comments).where(row).values(status=status))
            shown = (status == "approved") - (before == "approved")
            tx.conn.execute(_page(page_id).values(version=pages.c.version + 1, count=pages.c.count + shown))

        await self._database.write(decide)

    async def report(self, site: str, comment_id: str, reason: str, note: str = "") -> None:
        """Of a reader of another address for each reason."""
        values = {"comment_id": ids.decode(comment_id), "reporter": reason, "reason": reason, "note": note}

        def report(tx: Tx) -> None:
            site_id = tx.conn.execute(sa.select(sites.c.id).where(sites.c.name == site)).scalar_one()
            tx.conn.execute(sa.insert(reports).values(site_id=site_id, created_at=tx.now, **values))
            same = (comments.c.site_id == site_id, comments.c.id == values["comment_id"])
            tx.conn.execute(sa.update(comments).where(*same).values(reports=comments.c.reports + 1))

        await self._database.write(report)

    async def owner_link(self) -> str:
        """An address that makes whoever opens it an owner."""
        return await owners.make_link(self._database, str(self._client.base_url))

    async def add_site(self, name: str, origin: str, **settings: str) -> None:
        """A further site of that origin, so that the demo's may keep its settings."""
        home = str(self._client.base_url)
        await site_verbs.add(self._database, name, [origin], home)
        await site_verbs.change(self._database, name, settings, home)

    async def set_standing(self, site: str, name: str, **values: object) -> None:
        """What the member of that name is on a site: `role`, `shadowed` …"""

        def give(tx: Tx) -> None:
            site_id = tx.conn.execute(sa.select(sites.c.id).where(sites.c.name == site)).scalar_one()
            member = sa.select(people_table.c.id).where(people_table.c.name == name, people_table.c.kind == "member")
            people.set_standing(tx, site_id, tx.conn.execute(member).scalar_one(), **values)

        await self._database.write(give)

    async def name_providers(self, site: str, providers: str, url: str) -> None:
        """Whose people take part on a site, also such as the demo does not have; once its page `url` shows it."""

        def name(tx: Tx) -> None:
            found = site_store.get_site(tx, site)
            assert found is not None
            site_store.set_site(tx, found.id, {"providers": providers})

        await self._database.write(name)
        async with asyncio.timeout(10):  # what another process wrote, the service may show a second later
            while "/auth/demo/start" in (await self._client.get(f"/embed/{site}", params={"url": url})).text:
                await asyncio.sleep(0.05)


def _page(page_id: int) -> sa.Update:
    return sa.update(pages).where(pages.c.id == page_id)
