"""The database that a scenario runs on: one site, its pages, and a reader who is signed in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from auth.sessions import new_frame_session
from bench.processes import database_url
from bench.threads import Plan, Written, add_page, add_people, make_texts
from widget import site_verbs
from widget.db import Database, Tx, open_database
from widget.migrate import migrate
from widget.store import sessions

SITE, BLOG = "blog", "https://blog.example"
_OWN = "http://localhost:8000"


class World(NamedTuple):
    folder: Path
    pages: Mapping[str, Written]
    token: str  # of the reader's session


def make_world(
    folder: Path, plans: Mapping[str, Plan], *, texts: int = 100, url: str = "", origins: Sequence[str] = (BLOG,)
) -> World:
    """A migrated database, in `folder` unless its `url` is given, with a page for each plan. Each page has `texts`
    different texts of its own.
    """
    folder.mkdir(parents=True)
    url = url or database_url(folder)
    migrate(url)
    return asyncio.run(_fill(folder, url, plans, texts, origins))


async def _fill(folder: Path, url: str, plans: Mapping[str, Plan], texts: int, origins: Sequence[str]) -> World:
    database = open_database(url)
    try:
        return await _write(database, folder, plans, texts, origins)
    finally:
        await database.close()


async def _write(
    database: Database, folder: Path, plans: Mapping[str, Plan], texts: int, origins: Sequence[str]
) -> World:
    site = await site_verbs.add(database, SITE, origins, _OWN)

    def write(tx: Tx) -> World:
        people = add_people(tx)
        pages = {
            name: add_page(tx, site.id, name, plan, people, make_texts(random.Random(f"texts of {name}"), texts))
            for name, plan in plans.items()
        }
        token, session = new_frame_session(people[0], site.id, "github", tx.now)
        sessions.add_session(tx, session)
        return World(folder, pages, token)

    return await database.write(write)


def frame_path(name: str, *, url: str = "", **more: str) -> str:
    """Path and query of a page's document in the frame; another `url` is another document of the same thread."""
    return f"/embed/{SITE}?{urlencode({'id': name, 'url': url or f'https://blog.example/{name}', **more})}"


def posted_body(name: str, text: str, number: int, parent: str | None = None) -> dict[str, object]:
    """A guest's comment, as /api/v1 takes it. Each number is another guest."""
    guest = {"name": f"Guest {number:06}", "email": f"guest{number:06}@example.org"}
    return {"id": name, "url": f"https://blog.example/{name}", "text": text, "parent_id": parent, "guest": guest}
