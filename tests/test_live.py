"""What changes in a thread is told to those who have it open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auth import Visitor
from tests.moderation.acting import actor_of
from tests.support import exports
from tests.support.cast import Cast
from tests.support.importer import Importer
from tests.support.service import PAGE, Clock, World, open_world
from tests.support.service import settings as service_settings
from tests.support.streams import Event, Reader, Stream, document
from widget import ids, live, news
from widget.app import create_app
from widget.erasing import erase
from widget.live import Live
from widget.moderation.merging import move
from widget.page_key import PageKey
from widget.store import pages

pytestmark = pytest.mark.usefixtures("not_looking")

LATER = PAGE + "/later"


async def do(world: World, who: dict[str, str], method: str, comment: str, what: str = "", **body: str) -> None:
    path = f"/api/v1/blog/comments/{comment}{what}"
    answer = await world.client.request(method, path, headers=who, json=body or None)
    assert answer.status_code < 300, answer.text


async def told(stream: Stream, number: int) -> Event:
    await stream.until(lambda now: len(now.events) >= number)
    return stream.events[number - 1]


async def test_new_comment_is_told_to_who_has_the_thread_open(world: World) -> None:
    reader = Reader(await document(world))
    assert reader.version == 0
    async with Stream(world.app, reader.version).open() as stream:
        posted = await world.post("Good <b>bread</b>.")
        event = await told(stream, 1)
    assert (event.kind, event.body["count"]) == ("message", 1)
    (comment,) = event.body["comments"]
    assert (comment["id"], comment["root"], comment["gone"]) == (posted["id"], posted["id"], False)
    assert "Good" in comment["html"]
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.text.startswith("retry: ")


async def test_each_kind_of_change_is_told(world: World, cast: Cast) -> None:
    first = (await world.post("First.", headers=cast.alice))["id"]
    reply = (await world.post("Reply.", parent_id=first))["id"]
    reader = Reader(await document(world))
    deeds: list[Callable[[], Awaitable[None]]] = [
        lambda: do(world, cast.alice, "PATCH", first, text="First, edited."),
        lambda: do(world, cast.bob, "PUT", first, "/like"),
        lambda: do(world, cast.bob, "PUT", first, "/pin"),
        lambda: do(world, cast.bob, "PUT", reply, "/status", status="pending"),
        lambda: do(world, cast.bob, "PUT", reply, "/status", status="approved"),
        lambda: do(world, cast.bob, "PUT", first, "/status", status="spam"),
        lambda: do(world, cast.bob, "PUT", first, "/status", status="pending"),
        lambda: do(world, cast.bob, "PUT", first, "/status", status="approved"),
        lambda: do(world, cast.alice, "DELETE", first),
        lambda: do(world, cast.bob, "PUT", reply, "/status", status="spam"),
        lambda: do(world, cast.bob, "PUT", reply, "/status", status="approved"),
    ]
    seen = []
    async with Stream(world.app, reader.version).open() as stream:
        for number, deed in enumerate(deeds, 1):
            await deed()
            event = await told(stream, number)
            seen.append({comment["id"]: comment["gone"] for comment in event.body["comments"]})
            reader.take(event)
            fresh = Reader(await document(world))
            assert (reader.comments, reader.count) == (fresh.comments, fresh.count)
    shown, gone = False, True
    assert seen == [
        *[{first: shown}] * 3,
        {reply: gone},
        {reply: shown},
        *[{first: shown}] * 4,  # its place says what became of it
        {first: gone, reply: gone},  # no reply keeps its place any more
        {first: shown, reply: shown},
    ]


DEEDS = ["post", "answer", "edit", "delete", "like", "unlike", "hold", "approve", "spam", "pin", "leave", "come"]


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plan=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5)), min_size=4, max_size=14))
async def test_what_was_told_is_what_a_new_document_shows(
    world: World, cast: Cast, plan: list[tuple[str, int]]
) -> None:
    """Whatever is done, and whenever the reader was away."""
    await world.post("There before.", headers=cast.alice)
    reader = Reader(await document(world))
    kept = await _play(world, cast, reader, plan)
    fresh = Reader(await document(world))
    assert (kept.comments, kept.count, kept.version) == (fresh.comments, fresh.count, fresh.version)


async def _play(world: World, cast: Cast, reader: Reader, plan: list[tuple[str, int]]) -> Reader:
    stays: list[list[tuple[str, int]]] = [[]]
    for step in plan:
        stays[-1].append(step)
        if step[0] in ("leave", "come"):
            stays.append([])
    here = True
    for stay in [*stays, []]:
        if here or not stay:
            async with Stream(world.app, last_event_id=str(reader.version)).open() as stream:
                for deed, number in stay:
                    await _do(world, cast, reader, deed, number)
                fresh = Reader(await document(world))
                await stream.until(lambda now: _version(now, reader) >= fresh.version)  # noqa: B023
                for event in stream.events:
                    reader.take(event)
        else:
            for deed, number in stay:
                await _do(world, cast, reader, deed, number)
        here = not stay or stay[-1][0] != "leave"
    return reader


def _version(stream: Stream, reader: Reader) -> int:
    return stream.events[-1].version if stream.events else reader.version


async def _do(world: World, cast: Cast, reader: Reader, deed: str, number: int) -> None:
    """To one of the comments there are; what cannot be done is refused, and nothing changes."""
    known = [comment["id"] for comment in (await world.thread())["comments"]] or list(reader.comments) or [""]
    target = known[number % len(known)]
    path = f"/api/v1/blog/comments/{target}"
    body = {"url": PAGE, "text": f"Said at {world.clock.time}."}
    world.clock.pass_seconds(61)
    ask = world.client.request
    if deed in ("post", "answer"):
        parent = {"parent_id": target} if deed == "answer" else {}
        await ask("POST", "/api/v1/blog/comments", headers=cast.alice, json={**body, **parent})
    elif deed == "edit":
        await ask("PATCH", path, headers=cast.alice, json={"text": body["text"]})
    elif deed == "delete":
        await ask("DELETE", path, headers=cast.alice)
    elif deed in ("like", "unlike"):
        await ask("PUT" if deed == "like" else "DELETE", f"{path}/like", headers=cast.bob)
    elif deed == "pin":
        await ask("PUT", f"{path}/pin", headers=cast.bob)
    elif deed in ("hold", "approve", "spam"):
        status = {"hold": "pending", "approve": "approved", "spam": "spam"}[deed]
        await ask("PUT", f"{path}/status", headers=cast.bob, json={"status": status})


async def test_thread_is_to_be_read_anew_where_more_changed_than_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST", 2)
    for number in range(3):
        await world.post(f"Number {number}.")
    version = Reader(await document(world)).version
    async with Stream(world.app, 0).open() as stream, Stream(world.app, version - 2).open() as near:
        assert (await told(stream, 1)).kind == "reset"
        assert (await told(stream, 1)).version == version
        assert len((await told(near, 1)).body["comments"]) == 2


async def test_thread_is_to_be_read_anew_by_who_has_a_version_that_never_was(world: World) -> None:
    await world.post()
    async with Stream(world.app, 10**9).open() as stream:
        assert (await told(stream, 1)).kind == "reset"


async def test_readers_of_merged_pages_read_the_thread_anew_and_are_told_of_it_from_then_on(
    world: World, cast: Cast
) -> None:
    await world.post("Before.")
    version = Reader(await document(world)).version
    async with Stream(world.app, version).open() as stream:
        core, bob = world.app.service.core, await actor_of(world, cast.bob)
        (page,) = await world.db.read(pages.list_pages, world.blog.id)
        await move(core, world.blog, bob, ids.encode(page.id), PageKey("url:" + LATER.removeprefix("https://"), LATER))
        assert (await told(stream, 1)).kind == "reset"
        await world.post("At the new address.", url=LATER)
        assert "At the new address." in (await told(stream, 2)).body["comments"][0]["html"]


async def test_thread_is_to_be_read_anew_after_an_import(world: World, tmp_path: Path) -> None:
    async with Stream(world.app, page=exports.PAGE).open() as stream:
        await Importer(world, tmp_path)(data=exports.disqus())
        assert (await told(stream, 1)).kind == "reset"


async def test_stream_of_a_thread_is_for_its_own_frame_alone(world: World) -> None:
    foreign = await world.client.get("/live/blog", params={"url": PAGE}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    other = await world.client.get("/live/blog", params={"url": "https://other.example/"})
    assert other.status_code == 422
    assert (await world.client.get("/live/nowhere", params={"url": PAGE})).status_code == 404


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "9" * 19, "9" * 5_000, "²"])
async def test_version_that_is_none_is_refused(world: World, since: str) -> None:
    answer = await world.client.get("/live/blog", params={"url": PAGE, "since": since})
    assert answer.status_code == 400


async def test_site_may_be_without_it(world: World) -> None:
    async with Stream(world.app).open() as stream:
        await world.set_site("blog", live="off")
        await stream.until(lambda now: now.ended)
    assert (await world.client.get("/live/blog", params={"url": PAGE})).status_code == 204
    assert "data-live" not in await document(world)


async def test_process_that_no_event_tells_looks_for_itself(database_url: str, clock: Clock, looking: None) -> None:
    """As it does without Redis, where another process made the change."""
    async with open_world(database_url, clock) as world:
        other = create_app(service_settings(database_url), clock=clock)
        async with other.lifespan(other.starlette), Stream(other).open() as stream:
            await world.post("First.")
            assert "First." in (await told(stream, 1)).body["comments"][0]["html"]
            await world.post("Second.")
            assert "Second." in (await told(stream, 2)).body["comments"][0]["html"]


async def test_as_many_streams_as_there_may_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MAX_STREAMS", 1)
    async with Stream(world.app).open():
        answer = await world.client.get("/live/blog", params={"url": PAGE})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    async with Stream(world.app).open() as again:
        assert again.status == 200


async def test_as_many_streams_as_there_may_be_of_an_address(
    sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAX_OF_ADDRESS", 2)
    async with open_world(sqlite_url, clock, limits=True) as world:
        async with Stream(world.app).open(), Stream(world.app).open():
            assert (await world.client.get("/live/blog", params={"url": PAGE})).status_code == 503
        async with Stream(world.app).open() as again:
            assert again.status == 200


async def test_what_erasing_an_account_takes_away_is_told(world: World, cast: Cast) -> None:
    root = (await world.post("By Alice.", headers=cast.alice))["id"]
    reply = (await world.post("By Alice, too.", headers=cast.alice, parent_id=root))["id"]
    other = (await world.post("By a guest."))["id"]
    await do(world, cast.alice, "PUT", other, "/like")
    reader = Reader(await document(world))
    visitor = Visitor(
        (await actor_of(world, cast.alice)).person_id or 0, "demo", b"", bearer=False, proved_at=world.clock()
    )
    async with Stream(world.app, reader.version).open() as stream:
        await erase(world.app.service.core, visitor, keep_comments=False, sure=True)
        event = await told(stream, 1)
        assert {comment["id"]: comment["gone"] for comment in event.body["comments"]} == {
            root: True,
            reply: True,
            other: False,
        }
        reader.take(event)
    assert reader.comments == Reader(await document(world)).comments


async def test_reader_who_takes_nothing_is_let_go_and_misses_nothing(world: World) -> None:
    async with Stream(world.app).open() as slow, Stream(world.app).open() as other:
        await world.post("Taken.")
        version = (await told(slow, 1)).version
        await told(other, 1)
        slow.taking.clear()
        for number in range(3):
            await world.post(f"Not taken {number}.")
            await told(other, 2 + number)
        slow.taking.set()
        await slow.until(lambda now: now.ended)
        assert [event.version for event in slow.events] == [version], "nothing waited for it"
    async with Stream(world.app, last_event_id=str(version)).open() as back:
        assert len((await told(back, 1)).body["comments"]) == 3


async def test_reader_who_leaves_while_it_is_read_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = world.app.service
    read, asking, go = service.core.db.read, asyncio.Event(), asyncio.Event()

    async def slowly(work: Callable[..., object], *args: object) -> object:
        if work.__name__ == "read_news":
            asking.set()
            await go.wait()
        return await read(work, *args)

    async with Stream(world.app).open():
        await world.post()
        monkeypatch.setattr(service.core.db, "read", slowly)
        (room,) = service.live._rooms.values()
        service.live._tell(room)
        await asyncio.wait_for(asking.wait(), 30)
    telling = room.telling
    go.set()
    if telling is not None:
        await telling
    assert (service.live._rooms, service.live._named) == ({}, {})


async def test_process_that_stops_sends_everybody_away_until_later(world: World) -> None:
    hub: Live = world.app.service.live
    async with Stream(world.app).open() as first, Stream(world.app).open() as second:
        hub.end()
        await first.until(lambda now: now.ended)
        await second.until(lambda now: now.ended)
        assert (await world.client.get("/live/blog", params={"url": PAGE})).status_code == 503
    for stream in (first, second):
        waits = [int(line.removeprefix("retry: ")) for line in stream.text.splitlines() if line.startswith("retry")]
        assert len(waits) == 2
        assert 1_000 <= waits[-1] <= 11_000


async def test_comment_is_rendered_once_however_many_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    html = world.app.service.html
    fragment = html.fragment

    def counted(part: str, **values: object) -> str:
        made.append(part)
        return fragment(part, **values)

    monkeypatch.setattr(html, "fragment", counted)
    async with Stream(world.app).open() as first, Stream(world.app).open() as second, Stream(world.app).open() as third:
        await world.post("One.")
        for stream in (first, second, third):
            await told(stream, 1)
        made.clear()
        await world.post("Two.")
        events = [await told(stream, 2) for stream in (first, second, third)]
    assert [len(event.body["comments"]) for event in events] == [1, 1, 1]
    assert made == ["item"]
