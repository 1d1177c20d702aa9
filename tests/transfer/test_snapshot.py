"""What readers see of a site, as files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.html import Html
from tests.support.made_up import NOW, clear, made_up, write
from tests.support.rows import columns_of
from tests.support.service import BLOG, PAGE, World
from tests.support.sites import make_site
from widget import ids, site_verbs
from widget.db import Database, open_database
from widget.errors import Invalid
from widget.store import pages
from widget.store.site_export import EVERYTHING
from widget.store.threads import _first_replies
from widget.threads import read_thread
from widget.transfer.exports import open_snapshot
from widget.transfer.snapshot import _Writer
from widget.tree import Node, build

once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshot"


def read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def nested(comments: list[dict[str, Any]]) -> list[Any]:
    """Ids of JSON-LD, as it nests."""
    return [[comment["@id"].rpartition("-")[2], nested(comment["comment"])] for comment in comments]


def levels(page: Html) -> list[tuple[str, int]]:
    """Each comment's id, and in how many others it stands."""
    found: list[tuple[str, int]] = []

    def walk(item: Any, level: int) -> None:
        found.append((item.get("id").removeprefix("comment-"), level))
        for reply in item.findall("./ol/li"):
            walk(reply, level + 1)

    for item in page.all(".//main/ol/li"):
        walk(item, 0)
    return found


def walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.children)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_files_show_each_thread_as_readers_see_it(database_url: str, folder: Path, seed: int) -> None:
    async def work(db: Database) -> None:
        await db.write(clear)
        await db.write(write, made_up(seed))
        await open_snapshot(db, "blog", folder)
        site = await db.read(site_verbs.get_site, "blog")
        index = json.loads((folder / "index.json").read_bytes())
        shown = [page for page in await db.read(pages.list_pages, site.id) if page.count]
        assert [file["comments"] for file in index] == [page.count for page in shown]
        for page, file in zip(shown, index, strict=True):
            thread = await db.read(read_thread, site, page.key, "old")
            nodes = list(walk(build(thread.comments, site.visible_depth)))
            html = Html((folder / file["html"]).read_text())
            assert levels(html) == [(ids.encode(node.comment.id), node.level) for node in nodes]
            texts = [html.text(f".//li[@id='comment-{ids.encode(node.comment.id)}']/article") for node in nodes]
            for node, text in zip(nodes, texts, strict=True):
                named = node.comment.status == "approved"
                assert ((node.comment.author_name or "") in text) if named else text.startswith("This comment")
            data = json.loads((folder / file["json_ld"]).read_bytes())
            deep = list(walk(build(thread.comments, 1_000)))
            assert nested(data["comment"]) == _tree([node for node in deep if node.under is None])

    with pytest.MonkeyPatch.context() as patch:
        for name in ("ROOTS", "REPLIES"):
            patch.setattr(f"widget.store.threads.{name}", 1_000)
        patch.setattr("widget.store.threads._first_replies", _first_replies.__wrapped__)  # which keeps the number
        patch.setattr("widget.transfer.reading_order.ROOTS", 3)
        patch.setattr("widget.transfer.reading_order.BATCH", 2)
        run(database_url, work)


def _tree(nodes: list[Node]) -> list[Any]:
    return [[ids.encode(node.comment.id), _tree(node.children)] for node in nodes]


def run(url: str, work: Callable[[Database], Coroutine[Any, Any, None]]) -> None:
    async def opened() -> None:
        db = open_database(url, clock=lambda: NOW)
        try:
            await work(db)
        finally:
            await db.close()

    asyncio.run(opened())


@once
async def test_what_is_not_public_is_in_no_file(world: World, folder: Path) -> None:
    first = await world.post("Shown <b>plainly</b>.", title="</script><b>Bread")
    await world.set_site("blog", hold="all")
    await world.post("Held.", parent_id=first["id"])
    await world.post("Held elsewhere.", url=f"{BLOG}/posts/tea")
    made = await open_snapshot(world.db, "blog", folder)
    everything = b"".join(read(folder).values())
    assert made.pages == 1
    for secret in (b"Held", b"gwen@example.org", b"127.0.0.1", b"/posts/tea", b"<script", b"</script"):
        assert secret not in everything
    assert b"Gwen" in everything


@once
async def test_unchanged_site_changes_no_file_and_a_changed_one_only_its_own(world: World, folder: Path) -> None:
    await world.post("Here.")
    await world.post("There.", url=f"{BLOG}/posts/tea")
    first = await open_snapshot(world.db, "blog", folder)
    before = read(folder)
    again = await open_snapshot(world.db, "blog", folder)
    assert (first.changed, again.changed, read(folder)) == (6, 0, before)
    await world.post("More.")
    third = await open_snapshot(world.db, "blog", folder)
    after = read(folder)
    changed = sorted(name.partition("-")[0] for name in after if after[name] != before[name])
    assert (third.changed, changed) == (4, ["index.html", "index.json", "pages/blog", "pages/blog"])


@once
async def test_what_readers_see_no_more_is_gone_from_the_folder(world: World, folder: Path) -> None:
    await world.post("Here.")
    await world.post("There.", url=f"{BLOG}/posts/tea")
    await open_snapshot(world.db, "blog", folder)
    mine = folder / "pages" / "notes.txt"
    mine.write_text("kept")
    await open_snapshot(world.db, "blog", folder, page=PAGE)
    assert b"There." not in b"".join(read(folder).values())
    assert len(read(folder)) == 5
    assert mine.read_text() == "kept"


@once
async def test_folder_of_something_else_is_refused(world: World, folder: Path) -> None:
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"")
    with pytest.raises(Invalid, match="holds something else"):
        await open_snapshot(world.db, "blog", folder)
    assert len(read(folder)) == 1


@once
async def test_snapshot_of_a_person_has_what_they_wrote(world: World, folder: Path) -> None:
    first = await world.post("By Gwen.")
    await world.post("By Ann.", parent_id=first["id"], guest={"name": "Ann", "email": "ann@example.org"})
    [(author,), _] = await columns_of(world, world.blog, "person_id")
    await open_snapshot(world.db, "blog", folder, person=ids.encode(author))
    everything = b"".join(read(folder).values())
    assert (b"By Gwen." in everything, b"By Ann." in everything) == (True, False)


@given(
    st.lists(st.one_of(st.text(max_size=60), st.sampled_from(["../../etc/passwd", "CON", "con", "a" * 600, "A", "."])))
)
def test_names_of_files_are_safe_and_differ_as_keys_do(keys: list[str]) -> None:
    writer = _Writer.__new__(_Writer)
    writer.site, writer.choice = make_site(), EVERYTHING
    names = [writer.page_file({"key": f"id:{key}", "url": "", "title": "", "count": 1}).name for key in keys]
    assert len({name.lower() for name in names}) == len(set(keys))
    assert all(len(name) < 120 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
