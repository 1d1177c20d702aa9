"""Exports for other systems: our own importer finds the same threads in them, and so does another system's."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.made_up import NOW, clear, made_up, write
from tests.support.require import require
from tests.support.service import BLOG, PAGE, World
from widget import ids, models, site_verbs
from widget.db import Database, Tx, open_database
from widget.transfer.exports import open_export
from widget.transfer.formats import import_file

ISSO = Path(__file__).parents[1] / "tools" / ".venv" / "bin" / "isso"
GWEN = "Gwen", "gwen@example.org"
BECOMES = {
    "wxr": {"deleted": "rejected"},
    "disqus": {"pending": "spam", "rejected": "deleted"},
}


class Said(NamedTuple):
    page: str
    at: int  # Unix s
    status: str
    author: str | None
    html: str
    answers: int | None  # at


def said(tx: Tx, site_id: int) -> list[Said]:
    c, p = models.comments.c, models.pages.c
    query = (
        sa.select(c.id, p.key, c.status, models.people.c.name, c.html, c.parent_id)
        .join(models.pages, sa.and_(p.site_id == c.site_id, p.id == c.page_id))
        .outerjoin(models.people, models.people.c.id == c.person_id)
        .where(c.site_id == site_id)
    )
    return sorted(
        Said(key, second(number), status, name, flat(html), second(parent) if parent else None)
        for number, key, status, name, html, parent in tx.conn.execute(query)
    )


def flat(html: str) -> str:
    """White space is not text."""
    return html.replace("\n", "").replace("\t", " ")


def second(comment_id: int) -> int:
    return ids.time_of(comment_id) // 1000


def as_left(row: Said, name: str) -> Said:
    """As another system keeps it."""
    status = BECOMES[name].get(row.status, row.status)
    left = row._replace(status=status, page=row.page.replace("id:", "url:blog.example/"))
    if status == "deleted":
        return left._replace(author=None, html="")
    return left._replace(author=row.author or "Anonymous", html=row.html or "<p>[deleted]</p>")


@pytest.mark.parametrize("name", ["wxr", "disqus"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_our_importer_finds_the_same_threads(sqlite_url: str, tmp_path: Path, name: str, seed: int) -> None:
    async def work() -> None:
        db = open_database(sqlite_url, clock=lambda: NOW)
        try:
            await db.write(clear)
            await db.write(write, made_up(seed))
            file = tmp_path / "export.xml"
            file.write_bytes(await export(db, name))
            fromstring(file.read_bytes())  # for our importer mends much that other parsers refuse
            site = await site_verbs.add(db, "other", ["https://blog.example"], "https://palaver.example")
            blog = await db.read(site_verbs.get_site, "blog")
            report = await import_file(db, "other", file)
            assert (report.orphans, report.skipped) == (0, {})
            left = sorted(as_left(row, name) for row in await db.read(said, blog.id))
            assert await db.read(said, site.id) == left
        finally:
            await db.close()

    asyncio.run(work())


async def export(db: Database, name: str, **options: str) -> bytes:
    _, parts = await open_export(db, "blog", name, **options)
    return b"".join([part async for part in parts])


async def test_isso_reads_what_was_exported_for_wordpress(world: World, tmp_path: Path) -> None:
    require(ISSO.exists(), "Isso (make tools)")
    first = await world.post("First & **best**.\n\nIndeed.", title="Bread & butter")
    await world.post("A reply.\nIn two lines.", parent_id=first["id"])
    await world.set_site("blog", hold="all")
    await world.post("Held.", parent_id=first["id"])
    await world.post("Elsewhere.", url=f"{BLOG}/posts/tea?page=2")
    (tmp_path / "blog.xml").write_bytes(await export(world.db, "wxr"))
    database = tmp_path / "isso.db"
    (tmp_path / "isso.cfg").write_text(f"[general]\ndbpath = {database}\nhost = https://blog.example/\n")
    command: list[Path | str] = [ISSO, "-c", tmp_path / "isso.cfg", "import", "-t", "wordpress", tmp_path / "blog.xml"]
    subprocess.run(command, check=True, capture_output=True, timeout=60, env={"TZ": "UTC"})
    with contextlib.closing(sqlite3.connect(database)) as connection:
        threads = connection.execute("SELECT uri, title FROM threads ORDER BY id").fetchall()
        comments = connection.execute(
            "SELECT t.uri, c.parent, c.mode, c.text, c.author, c.email, c.created FROM comments c "
            "JOIN threads t ON t.id = c.tid ORDER BY c.id"
        ).fetchall()
    bread, tea = "/posts/bread", "/posts/tea?page=2"
    assert threads == [(bread, "Bread &amp; butter"), (tea, f"{BLOG}/posts/tea?page=2")]
    at = float(world.clock.time // 1000)
    assert [(*row[:3], re.sub(" +\n", "\n", row[3]), *row[4:]) for row in comments] == [  # it adds blanks to each line
        (bread, None, 1, "First &amp; <strong>best</strong>.\n\nIndeed.", *GWEN, at),
        (bread, 1, 1, "A reply.\nIn two lines.", *GWEN, at),
        (bread, 1, 2, "Held.", *GWEN, at),
        (tea, None, 2, "Elsewhere.", *GWEN, at),
    ]


async def test_export_of_a_page_has_that_page_alone(world: World) -> None:
    await world.post("Here.")
    await world.post("There.", url=f"{BLOG}/posts/tea")
    for name in ("wxr", "disqus"):
        text = (await export(world.db, name, page=PAGE)).decode()
        assert ("Here." in text, "There." in text) == (True, False)
        assert text.count(f"<link>{BLOG}/posts/") == 1
