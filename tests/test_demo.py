"""`palaver demo` is started again and again over the same folder, and not always on the same port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from widget import site_verbs
from widget.db import Database, Tx, open_database
from widget.demo.start import SITE, demo_settings, fill
from widget.migrate import migrate
from widget.models import comments, likes, pages
from widget.store.pages import get_page
from widget.store.sites import get_site


def blog(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def start(folder: Path, port: int) -> None:
    await fill(demo_settings(port, folder), folder, blog(port))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """As the demo has left it, started on port 8000."""
    settings = demo_settings(8000, tmp_path)
    migrate(settings.database_url)
    await start(tmp_path, 8000)
    opened = open_database(settings.database_url)
    yield opened
    await opened.close()


def read_all(tx: Tx) -> list[object]:
    rows = (tx.conn.execute(sa.select(table).order_by(*table.primary_key)).all() for table in (comments, likes, pages))
    return [get_site(tx, SITE), *rows]


def count_bread(tx: Tx, port: int) -> int:
    site = get_site(tx, SITE)
    assert site is not None
    page = get_page(tx, site.id, f"url:127.0.0.1:{port}/posts/slow-bread")
    return page.count if page else 0


async def test_demo_started_again_keeps_all_as_it_was_left(database: Database, tmp_path: Path) -> None:
    await site_verbs.change(database, SITE, {"origins": f"{blog(8000)},{blog(3000)}"}, "http://localhost:8000")
    await database.write(lambda tx: tx.conn.execute(sa.delete(likes)) and None)
    left = await database.read(read_all)
    await start(tmp_path, 8000)
    assert await database.read(read_all) == left


async def test_comments_of_the_demo_come_along_to_another_port_and_back(database: Database, tmp_path: Path) -> None:
    for port in (8001, 8000):
        await start(tmp_path, port)
        assert await database.read(count_bread, port) == 27
