"""A file from another system on the management page: taken, looked at, imported, gone; whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.admin.desk import Member
from tests.support.html import text_of
from tests.support.importer import shown
from tests.support.rows import recount, rows_of
from tests.support.service import BLOG, HOME, Clock, World, open_world
from tests.support.wxr import export, item, told
from widget.handlers import uploads
from widget.handlers.admin import imports as handlers
from widget.store import imports as store
from widget.transfer import importing, planning, working
from widget.transfer.files import Files
from widget.transfer.formats import import_file

ADDRESS = "/admin/sites/blog/imports"
OWN = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "imports"


@pytest.fixture
async def world(database_url: str, clock: Clock, folder: Path) -> AsyncIterator[World]:
    async with open_world(database_url, clock, import_folder=str(folder)) as opened:
        yield opened


async def send(who: Member, data: bytes, name: str = "export.xml", field: str = "file") -> None:
    await who._go("POST", ADDRESS, dict(OWN), files={field: (name, data)})


async def ended(who: Member) -> None:
    """Come back to the page until nobody is at work on the file."""
    async with asyncio.timeout(60):
        while who.page.all(".//*[@data-working]"):
            await who.open(who.address)


async def emptied(folder: Path) -> None:
    """A file goes after the row says that it is needed no more."""
    async with asyncio.timeout(60):
        while list(folder.iterdir()):
            await asyncio.sleep(0.01)


def label(who: Member) -> str:
    return who.page.text(".//section[@id='import']/h2/span")


def facts(who: Member) -> dict[str, str]:
    rows = who.page.all(".//dl[@class='facts']/div")
    return {text_of(row.find("dt")): text_of(row.find("dd")) for row in rows}  # type: ignore[arg-type]


async def test_file_is_looked_at_imported_and_gone(world: World, olga: Member, folder: Path) -> None:
    await olga.open("/admin/sites/blog")
    await send(
        olga,
        export(
            item(told(1), told(2, parent=1), told(3, approved="0")),
            item(told(4), number=8, link="https://old.example/8"),
        ),
    )
    assert len(list(folder.iterdir())) == 1
    assert folder.stat().st_mode & 0o777 == 0o700
    await ended(olga)
    assert (label(olga), await shown(world)) == ("Waits for you", [])
    found = facts(olga)
    assert found["Format"] == "wordpress"
    assert found["Comments in the file"] == "4 (3 approved, 1 pending)"
    assert (found["To be imported"], found["Left out: page of another host"]) == ("3", "1")
    assert olga.page.text(".//textarea[@name='mappings']") == f"https://old.example={BLOG}"
    await olga.do("look", mappings=olga.page.text(".//textarea[@name='mappings']"))
    await ended(olga)
    assert facts(olga)["To be imported"] == "4"
    await olga.do("import", mappings=olga.page.text(".//textarea[@name='mappings']"))
    await ended(olga)
    assert (label(olga), facts(olga)["Imported"]) == ("Imported", "4")
    await emptied(folder)
    rows = await rows_of(world, world.blog)
    assert [page.key for page in rows.pages] == ["url:blog.example/7", "url:blog.example/8"]
    assert rows == recount(rows)
    await olga.open("/admin/log")
    (line,) = olga.page.all(".//ul[@class='log']/li")
    assert "4 comments imported (wordpress)" in text_of(line)
    assert "Olga" in text_of(line)
    assert line.find(".//button") is None


async def test_broken_file_is_told_by_its_name_and_line_and_writes_nothing(
    world: World, olga: Member, folder: Path
) -> None:
    await send(olga, export(item(told(1)))[:-30], name="my export.xml")
    await ended(olga)
    assert label(olga) == "Not imported"
    assert "my export.xml: line" in olga.page.text(".//p[@class='bad']")
    await emptied(folder)
    assert await rows_of(world, world.blog) == ([], [])
    await olga.open(ADDRESS)
    assert "my export.xml" in olga.page.text(".//ul[@class='log']")


async def test_second_file_waits_for_the_end_of_the_first(olga: Member, folder: Path) -> None:
    await send(olga, export(item(told(1))))
    await ended(olga)
    first = olga.address
    await send(olga, export(item(told(2))))
    assert olga.answer.status_code == 409
    assert olga.alert == "Another import of this site is not at its end yet. Finish it, or stop it."
    assert len(list(folder.iterdir())) == 1
    await olga.open(first)
    await olga.do("stop")
    assert (label(olga), list(folder.iterdir())) == ("Stopped", [])
    await olga.do("import")
    assert olga.answer.status_code == 409
    await send(olga, export(item(told(2))))
    assert olga.answer.status_code == 200


async def test_mapping_that_is_none_is_told_and_stays(olga: Member) -> None:
    await send(olga, export(item(told(1))))
    await ended(olga)
    await olga.do("import", mappings="here=there")
    assert olga.answer.status_code == 422
    assert olga.alert.startswith("“here=there” is not OLD=NEW")
    assert olga.page.text(".//textarea[@name='mappings']") == "here=there"


async def test_import_that_a_process_left_is_taken_up_where_it_was(
    world: World, olga: Member, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    await send(olga, export(item(*(told(number, parent=number - 1) for number in range(1, 8)))))
    await ended(olga)
    await _begin_and_die(world, folder)
    await olga.open(olga.address)
    assert olga.page.text(".//section[@id='import']//p").startswith("2 of 7 comments.")
    assert "Nobody is at work" not in olga.page.text(".//section[@id='import']")
    clock.pass_seconds(2 * working.SILENT / 1_000 + 1)
    await olga.open(olga.address)
    assert "Nobody is at work" in olga.page.text(".//section[@id='import']")
    world.app.service.importer.wake()  # as every process looks, now and then
    await ended(olga)
    rows = await rows_of(world, world.blog)
    assert (label(olga), facts(olga)["Imported"], facts(olga)["Here already"]) == ("Imported", "5", "2")
    assert rows == recount(rows)
    assert len(rows.comments) == 7


async def _begin_and_die(world: World, folder: Path) -> None:
    """What a process leaves that is killed in the middle: some comments, and a row that says it is at work."""
    (found,) = await world.db.read(store.list_imports, world.blog.id, 1)
    at_work = {"state": "importing", "done": 2, "total": 7, "told_at": world.clock()}
    await world.db.write(store.set_import, found, at_work)

    class Killed(Exception):
        pass

    def progress(_count: int, _total: int | None) -> None:
        raise Killed

    with pytest.raises(Killed):
        await import_file(world.db, "blog", Files(folder).path_of(found), progress=progress)


async def test_import_is_stopped_at_once(world: World, olga: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "TELL_EVERY", 1)
    monkeypatch.setattr(working, "TELL_EVERY", 0.01)
    went = working._Pace.went

    def wait_for_the_word(self: working._Pace, count: int, total: int | None) -> None:
        while not self.stopped:
            time.sleep(0.005)  # in the thread that reads
        went(self, count, total)

    with monkeypatch.context() as patched:
        patched.setattr(working._Pace, "went", wait_for_the_word)
        await send(olga, export(item(told(1))))
        await olga.do("stop")
        assert label(olga) == "Stopped"
    await send(olga, export(item(told(2))))  # which whoever was at work on the first looks at now
    await ended(olga)
    assert label(olga) == "Waits for you"


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"files": {"file": ("e.xml", b"")}}, 422, "Choose a file first."),
        ({"files": {"other": ("e.xml", b"x")}}, 422, "Choose a file first."),
        ({"data": {"file": "x"}}, 415, "Send the form as multipart/form-data."),
        ({"files": {"file": ("e.xml", b"x" * 2_000)}}, 413, "A file can have 0 GB; "),
    ],
)
async def test_what_is_no_file_or_too_large_is_refused(
    olga: Member, folder: Path, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any], status: int, sentence: str
) -> None:
    monkeypatch.setattr(handlers, "MAX_FILE", 1_000)
    monkeypatch.setattr(uploads, "MORE", 500)
    await olga._go("POST", ADDRESS, dict(OWN), **body)
    assert (olga.answer.status_code, olga.alert[: len(sentence)]) == (status, sentence)
    assert list(folder.iterdir()) == []


async def test_only_owners_see_and_send_files(olga: Member, bob: Member, folder: Path) -> None:
    await send(olga, export(item(told(1))))
    await ended(olga)
    for address in (ADDRESS, olga.address):
        await bob.open(address)
        assert bob.answer.status_code == 403
    await send(bob, export(item(told(1))))
    assert bob.answer.status_code == 403
    assert len(list(folder.iterdir())) == 1


async def test_files_of_nobody_are_removed(world: World, olga: Member, folder: Path, clock: Clock) -> None:
    await send(olga, export(item(told(1))))
    await ended(olga)
    (kept,) = folder.iterdir()
    arriving = folder / "arriving"
    for path in (folder / "left-over", arriving):
        path.write_bytes(b"x")
    for path in (folder / "left-over", kept):
        os.utime(path, (0, 0))
    importer = world.app.service.importer
    await importer._tidy()
    assert set(folder.iterdir()) == {kept, arriving}
    arriving.unlink()
    clock.pass_seconds(8 * 86_400)
    await importer._tidy()
    assert list(folder.iterdir()) == []
    await olga.open(olga.address)
    assert label(olga) == "Stopped"
