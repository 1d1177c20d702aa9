"""What is there already stays as it is: a second import, one that goes on after an interruption, a newer export."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.cast import Cast
from tests.support.importer import Importer
from tests.support.rows import recount
from tests.support.service import BLOG, World
from tests.support.wxr import POST, item, told
from widget import ids
from widget.db import Tx
from widget.store import comments, pages
from widget.transfer import importing


async def test_second_import_adds_and_changes_nothing(importer: Importer, world: World) -> None:
    items = item(told(1), told(2, parent=1), told(3, approved="0"), told(4, type="pingback"))
    first = await importer(items)
    before, version = await importer.rows(), await _version(world)
    world.clock.pass_seconds(3600)
    again = await importer(items)
    assert (await importer.rows(), await _version(world)) == (before, version)
    assert (first.imported, first.duplicates) == (3, 0)
    assert (again.imported, again.duplicates) == (0, 3)


async def _version(world: World) -> Any:
    """Rises with everything that readers of the page see."""
    return await world.db.read(pages.get_versions, world.blog.id, "url:blog.example/7")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgresql_knows_at_once_how_much_there_is(importer: Importer, world: World) -> None:
    """Without statistics it plans for a table of ten pages, whatever was written a moment ago."""
    await importer(item(told(1), told(2, parent=1)))
    query = sa.text("SELECT relname, reltuples FROM pg_class WHERE relname IN ('comments', 'pages', 'people')")
    found = await world.db.read(lambda tx: tx.conn.execute(query).all())
    assert dict(found) == {"comments": 2, "pages": 1, "people": 1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgresql_knows_from_the_second_batch_on_that_ids_differ(
    importer: Importer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it reads the whole site for each batch, to see which of its ids are there."""
    known: list[float] = []

    def list_taken(tx: Tx, site_id: int, comment_ids: list[int]) -> list[int]:
        query = sa.text("SELECT n_distinct FROM pg_stats WHERE tablename = 'comments' AND attname = 'id'")
        known.extend(tx.conn.execute(query).scalars())
        return taken(tx, site_id, comment_ids)

    taken = comments.list_taken
    monkeypatch.setattr(comments, "list_taken", list_taken)
    monkeypatch.setattr(importing, "BATCH", 2)
    await importer(item(*(told(number) for number in range(1, 7))))
    assert known == [-1, -1]  # of three batches: as many as there are rows


async def test_newer_export_adds_only_what_is_new(importer: Importer) -> None:
    await importer(item(told(1), told(2, parent=1)))
    before = await importer.rows()
    report = await importer(item(told(1), told(2, parent=1), told(3, parent=2)))
    rows = await importer.rows()
    assert (report.imported, report.duplicates) == (1, 2)
    assert [row._replace(replies=0) for row in rows.comments[:2]] == [
        row._replace(replies=0) for row in before.comments
    ]
    assert rows == recount(rows)


@pytest.mark.parametrize("batches", [1, 2])
async def test_interrupted_import_goes_on_to_the_same_end(
    importer: Importer, world: World, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    items = [item(*(told(number, parent=number - 2) for number in range(1, 6))), item(told(6), number=8)]

    class Stopped(Exception):
        pass

    steps = itertools.count(1)

    def progress(_count: int, _total: int | None) -> None:
        if next(steps) == batches:
            raise Stopped

    with pytest.raises(Stopped):
        await importer(*items, progress=progress)
    assert len((await importer.rows()).comments) == 3 * batches
    report = await importer(*items)
    assert (report.imported, report.duplicates) == (6 - 3 * batches, 3 * batches)

    await world.set_site("shop", origins=BLOG)
    await importer(*items, site="shop")
    resumed = await importer.rows()
    assert resumed == await importer.rows(world.shop)
    assert resumed == recount(resumed)


async def test_comment_posted_meanwhile_outlives_an_import(importer: Importer, world: World, cast: Cast) -> None:
    items = item(told(1), told(2))
    await importer(items)
    found = await importer.by_text()
    parent = ids.encode(found["Comment 1"].id)
    posted = await world.post("And live.", url=POST, parent_id=parent, headers=cast.alice)
    await world.client.put(f"/api/v1/blog/comments/{parent}/like", headers=cast.dora)
    await world.client.delete(f"/api/v1/blog/comments/{ids.encode(found['Comment 2'].id)}", headers=cast.bob)
    before = await importer.rows()
    report = await importer(items)
    rows = await importer.rows()
    assert (report.imported, report.duplicates) == (0, 2)
    assert rows == before == recount(before)
    assert [(row.text, row.status, row.likes, row.replies) for row in rows.comments] == [
        ("Comment 1", "approved", 1, 1),
        ("Comment 2", "rejected", 0, 0),
        ("And live.", "approved", 0, 0),
    ]
    assert ids.encode(rows.comments[2].id) == posted["id"]


async def test_comment_that_is_in_the_file_twice_comes_once(importer: Importer) -> None:
    report = await importer(item(told(1)), item(told(1)))
    assert len((await importer.rows()).comments) == 1
    assert report.skipped == {"twice in the file": 1}
