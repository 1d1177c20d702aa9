"""Readers who have a thread open while its site, its page or what it stands on changes: each ends with what is true."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.moderation.acting import KEY
from tests.moderation.test_merging import Bob
from tests.support.cast import Cast
from tests.support.service import BLOG, PAGE, Clock, World, open_world
from tests.support.streams import Reader, Stream, document
from widget import live, models, news, site_verbs
from widget.db import Tx, open_database
from widget.errors import Unavailable

OTHER = f"{BLOG}/posts/bread-old"


@pytest.mark.usefixtures("not_looking")
async def test_readers_of_a_site_that_gets_another_name_are_told_what_is_written_under_it(world: World) -> None:
    await world.post("Before.")
    async with Stream(world.app, Reader(await document(world)).version).open() as stream:
        await site_verbs.rename(world.db, "blog", "diary")
        (room,) = world.app.service.live._rooms.values()
        while room.telling is not None:  # until then it is found by looking, each second
            await room.telling
        body = {"url": PAGE, "text": "Under the new name.", "guest": {"name": "Gwen", "email": "gwen@example.org"}}
        assert (await world.client.post("/api/v1/diary/comments", json=body)).status_code == 201
        await stream.until(lambda now: "Under the new name." in now.text)


@pytest.mark.usefixtures("looking")
async def test_readers_of_a_site_whose_former_name_another_takes_stay_with_their_own(world: World) -> None:
    await world.post("Of the old site.")
    async with Stream(world.app, Reader(await document(world)).version).open() as stream:
        await site_verbs.rename(world.db, "blog", "diary")
        await site_verbs.add(world.db, "blog", [BLOG], "http://localhost:8000")
        await world.post("Of the other site.")
        await world.set_site("blog", guests="off")
        body = {"url": PAGE, "text": "Of this site.", "guest": {"name": "Gwen", "email": "gwen@example.org"}}
        assert (await world.client.post("/api/v1/diary/comments", json=body)).status_code == 201
        await stream.until(lambda now: "Of this site." in now.text)
    assert "other" not in stream.text


@pytest.mark.usefixtures("not_looking")
async def test_readers_of_a_site_that_is_removed_are_let_go_for_good(world: World) -> None:
    await world.post()
    async with Stream(world.app).open() as stream:
        await site_verbs.remove(world.db, "blog")
        await stream.until(lambda now: now.ended)
    assert (await world.client.head("/live/blog", params={"url": PAGE})).status_code == 404


@pytest.mark.usefixtures("looking")
async def test_readers_of_a_site_that_another_process_sets_otherwise_are_told_without_a_change_of_their_page(
    world: World, database_url: str
) -> None:
    """As `palaver site set` does."""
    await world.post()
    version = Reader(await document(world)).version
    other = open_database(database_url)
    async with Stream(world.app, version).open() as stream, Stream(world.app, version).open():
        await site_verbs.change(other, "blog", {"live": "off"}, "http://localhost:8000")
        await stream.until(lambda now: now.ended)
    await other.close()


async def test_what_goes_on_by_itself_does_not_end_unnoticed(
    sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ended = asyncio.Event()

    async def fail(_live: live.Live) -> None:
        ended.set()
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(live.Live, "run", fail)
    async with open_world(sqlite_url, clock):
        await ended.wait()
    assert "a mistake of ours" in caplog.text


@pytest.mark.usefixtures("not_looking")
async def test_readers_of_pages_that_are_merged_and_split_are_told_of_their_own_again(world: World, cast: Cast) -> None:
    for url in (PAGE, OTHER):
        await world.post(f"At {url}.", url=url)
    bob, version = Bob(world, cast), Reader(await document(world)).version
    async with Stream(world.app, version).open() as here, Stream(world.app, version, page=OTHER).open() as there:
        deed = await bob.merge(OTHER, PAGE)
        for stream in (here, there):
            await stream.until(lambda now: now.events[-1:] != [] and now.events[-1].body["count"] == 2)
        await bob.undo(deed)
        for stream in (here, there):
            await stream.until(lambda now: now.events[-1].body["count"] == 1)
            assert {event.kind for event in stream.events} == {"reset"}
        for text, url, stream, other in (("Here.", PAGE, here, there), ("There.", OTHER, there, here)):
            await world.post(text, url=url)
            await stream.until(lambda now: text in now.text)  # noqa: B023
            assert text not in other.text


@pytest.mark.usefixtures("not_looking")
async def test_reader_of_a_page_that_a_backup_knows_nothing_of_reads_it_anew(world: World) -> None:
    async with Stream(world.app, 5).open() as stream:
        await stream.until(lambda now: len(now.events) > 0)
        await world.post("After it came back.")
        await stream.until(lambda now: "After it came back." in now.text)
    first, *_, last = stream.events
    assert (first.kind, first.version, first.body["count"]) == ("reset", 0, 0)
    assert (last.kind, last.body["count"]) == ("message", 1)


@pytest.mark.usefixtures("looking")
async def test_reader_of_a_page_that_a_backup_has_as_it_was_reads_it_anew(world: World) -> None:
    for text in ("Kept.", "Lost."):
        await world.post(text)

    def go_back(tx: Tx) -> None:
        tx.conn.execute(sa.delete(models.comments).where(models.comments.c.text == "Lost."))
        tx.conn.execute(sa.update(models.pages).values(version=1, count=1))

    async with Stream(world.app, Reader(await document(world)).version).open() as stream:
        await world.db.write(go_back)
        await stream.until(lambda now: len(now.events) > 0)
    assert (stream.events[0].kind, stream.events[0].version) == ("reset", 1)


@pytest.mark.usefixtures("looking")
async def test_what_is_written_while_the_database_is_gone_for_readers_is_told_once_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, gone, missed = world.db.read, True, asyncio.Event()

    async def unless_gone(work: Callable[..., object], *args: object) -> object:
        if gone and work.__name__ in ("read_news", "list_versions"):
            missed.set()
            raise Unavailable("Gone.", code="database_unavailable", retry_after=5)
        return await read(work, *args)

    async with Stream(world.app).open() as stream:
        monkeypatch.setattr(world.db, "read", unless_gone)
        await world.post("Meanwhile.")
        await asyncio.wait_for(missed.wait(), 30)
        gone = False
        await stream.until(lambda now: "Meanwhile." in now.text)


@pytest.mark.usefixtures("not_looking")
async def test_reader_who_comes_while_the_others_are_written_to_is_told_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.post("Before.")
    version, write = Reader(await document(world)).version, live._write
    written, go = asyncio.Event(), asyncio.Event()

    async def slowly(streams: list[live.Stream], text: bytes) -> None:
        await write(streams, text)
        written.set()
        await go.wait()

    monkeypatch.setattr(live, "_write", slowly)
    async with Stream(world.app, version).open():
        await world.post("Meanwhile.")
        await asyncio.wait_for(written.wait(), 30)
        async with Stream(world.app, version).open() as late:
            go.set()
            await late.until(lambda now: "Meanwhile." in now.text)


@pytest.mark.usefixtures("not_looking")
async def test_reader_who_comes_with_more_than_is_being_told_need_not_read_it_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reading, go = world.db.read, asyncio.Event(), asyncio.Event()

    async def slowly(work: Callable[..., object], *args: object) -> object:
        found = await read(work, *args)
        if work.__name__ == "read_news":
            reading.set()
            await go.wait()
        return found

    await world.post("First.")
    monkeypatch.setattr(world.db, "read", slowly)
    async with Stream(world.app, Reader(await document(world)).version).open() as stream:
        await asyncio.wait_for(reading.wait(), 30)
        await world.post("Second.")
        async with Stream(world.app, Reader(await document(world)).version).open() as late:
            go.set()
            await stream.until(lambda now: "Second." in now.text)
            await world.post("Third.")
            await late.until(lambda now: "Third." in now.text)
    assert [event.kind for event in late.events] == ["message"]


async def test_reply_is_told_with_what_it_answers_where_that_was_told_before(world: World) -> None:
    """To somebody who was away, while others were told of the one and then of the other."""

    async def read() -> news.News:
        found = await world.app.service.core.db.read(news.read_news, world.blog.id, KEY, 0)
        assert found is not None
        return found

    html = world.app.service.html
    first = await world.post("First.")
    known = news.tell(html, await read(), {})
    reply = await world.post("Reply.", parent_id=first["id"])
    found = await read()
    told = news.tell(html, found, known)
    assert [comment["id"] for comment in _comments(news.event(found, told, 0))] == [first["id"], reply["id"]]
    assert known.items() <= told.items(), "nothing is rendered again"


def _comments(event: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(event.decode().partition("data: ")[2])["comments"]
    return found


@pytest.mark.parametrize(("live_is", "status"), [("on", 200), ("off", 204)])
@pytest.mark.usefixtures("not_looking")
async def test_script_asks_what_became_of_a_stream_that_failed(world: World, live_is: str, status: int) -> None:
    await world.set_site("blog", live=live_is)
    answer = await world.client.head("/live/blog", params={"url": PAGE})
    assert (answer.status_code, answer.content) == (status, b"")
