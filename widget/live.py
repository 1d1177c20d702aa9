"""Telling those who have a thread open what changes in it, by server-sent events (WHATWG HTML, 9.2).

A room is a page with its streams. Each stream knows which version of the page its reader has. What changed since is
read from the database, in one round for all of a room, and never from memory: so a stream that comes back, one that was
never away, and one whose changes another process made are the same. What changes during a round is told in the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from starlette.types import Receive, Send

from widget.core import Core
from widget.errors import Unavailable
from widget.events import Event, PageChanged, SiteChanged
from widget.html import Html
from widget.news import State, Told, event, read_news, tell
from widget.store.changes import Versions, list_versions
from widget.store.sites import Site

PAUSE = 1.0  # seconds, after which each process looks for itself what others changed
KEEP_ALIVE = 20  # such pauses; proxies end what is silent for half a minute or longer
PATIENCE = 10.0  # seconds in which a slow reader may take what was sent before the connection is closed
SPREAD = 10.0  # seconds over which those who were sent away come back
MAX_STREAMS = 10_000  # of a process
MAX_OF_ADDRESS = 100  # an address may be a school or an office
AT_ONCE = 200  # streams that are written to before anything else has its turn

Name = tuple[str, str]  # a site's name and a page's key, as events say them


class Stream:
    """One reader's connection; `known` is what the reader has: at first an open page, for a document does not say when
    it was made, and pages close by their age without another version.
    """

    __slots__ = ("address", "ended", "known", "send", "task")

    def __init__(self, version: int, address: str, send: Send) -> None:
        self.known = State(version, closed=False)
        self.address = address
        self.send = send
        self.task = asyncio.current_task()
        self.ended = False

    def write(self, text: bytes) -> None:
        """Write without waiting. Who has not taken what was written before is let go, and asks again for all that is
        missing: nobody's events pile up here.
        """
        if self.ended:
            return
        writing = self.send({"type": "http.response.body", "body": text, "more_body": True}).__await__()
        try:
            next(writing)
        except StopIteration:
            return
        writing.close()
        self.end()

    def end(self) -> None:
        """By the connection's own task, for a slow reader has to be waited for."""
        self.ended = True
        if self.task is not None:
            self.task.cancel()


class Room:
    """A page that somebody has open. `known` is what was read last; None: it is to be read. `closes_at`: in Unix ms."""

    __slots__ = ("closes_at", "key", "known", "names", "site_version", "stale", "streams", "telling", "told")

    def __init__(self, site: Site, page_key: str) -> None:
        self.key = (site.id, page_key)
        self.names: set[Name] = set()
        self.streams: set[Stream] = set()
        self.told: dict[int, Told] = {}
        self.known: State | None = None
        self.site_version = 0
        self.closes_at: int | None = None
        self.stale = False
        self.telling: asyncio.Task[None] | None = None

    def is_current(self, versions: Versions | None, now: int) -> bool:
        """Whether what was read last is as it is: a page may also close by its age. None: a page without comments."""
        if self.known is None or (self.closes_at is not None and now >= self.closes_at):
            return False
        if versions is None:
            return self.known.version == 0
        return versions == (self.site_version, self.known.version)


class Live:
    def __init__(self, core: Core, html: Html) -> None:
        self._core = core
        self._html = html
        self._rooms: dict[tuple[int, str], Room] = {}
        self._named: dict[Name, set[Room]] = {}
        self._addresses: Counter[str] = Counter()
        self._ended = False

    def check_room(self, address: str) -> None:
        """Raises `Unavailable` where there are as many streams as there may be, or the process stops."""
        crowded = self._core.limits.enabled and self._addresses[address] >= MAX_OF_ADDRESS
        if self._ended or crowded or self._addresses.total() >= MAX_STREAMS:
            sentence = "Too many threads are open for each to be told what changes."
            raise Unavailable(sentence, code="no_stream", retry_after=60)

    async def serve(self, site: Site, page_key: str, since: int, address: str, receive: Receive, send: Send) -> None:
        """Tell what changes after that version of the page, until the reader goes or is let go."""
        stream = Stream(since, address, send)
        with self._kept(site, page_key, stream):
            try:
                while (await receive())["type"] != "http.disconnect":
                    pass
            except asyncio.CancelledError:
                if not stream.ended or stream.task is None:
                    raise
                stream.task.uncancel()
                with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                    async with asyncio.timeout(PATIENCE):
                        await send({"type": "http.response.body", "body": b"", "more_body": False})

    @contextlib.contextmanager
    def _kept(self, site: Site, page_key: str, stream: Stream) -> Iterator[None]:
        room = self._rooms.get((site.id, page_key))
        if room is None:
            room = self._rooms[site.id, page_key] = Room(site, page_key)
        self._name(room, site.name, page_key)
        room.streams.add(stream)
        self._addresses[stream.address] += 1
        if stream.known != room.known:
            self._tell(room)
        try:
            yield
        finally:
            room.streams.remove(stream)
            self._addresses[stream.address] -= 1
            if not self._addresses[stream.address]:
                del self._addresses[stream.address]
            if not room.streams:
                self._close(room)

    def _name(self, room: Room, site_name: str, *page_keys: str) -> None:
        for name in [(site_name, page_key) for page_key in page_keys]:
            room.names.add(name)
            self._named.setdefault(name, set()).add(room)

    def _close(self, room: Room) -> None:
        del self._rooms[room.key]
        for name in room.names:
            self._named[name].remove(room)
            if not self._named[name]:
                del self._named[name]

    def hear(self, event: Event) -> None:
        if isinstance(event, PageChanged):
            for room in self._named.get((event.site_name, event.page_key), ()):
                self._tell(room)
        elif isinstance(event, SiteChanged):
            for room in self._rooms.values():
                if any(site_name == event.site_name for site_name, _ in room.names):
                    self._tell(room)

    async def run(self) -> None:
        """Look for what no event told, and keep silent streams alive, until cancelled."""
        pauses = 0
        while True:
            await asyncio.sleep(PAUSE)
            pauses += 1
            if pauses % KEEP_ALIVE == 0:
                await _write(self._streams(), b":\n\n")
            rooms = {key: room for key, room in self._rooms.items() if room.telling is None}
            with contextlib.suppress(Unavailable):
                versions = await self._core.db.read(list_versions, rooms) if rooms else {}
                for key, room in rooms.items():
                    if not room.is_current(versions.get(key), self._core.db.now()):
                        self._tell(room)

    def end(self) -> None:
        """Send everybody away, to come back in their own time: this process stops."""
        self._ended = True
        for stream in self._streams():
            stream.write(retry(1.0, 1.0 + SPREAD))
            stream.end()

    def _streams(self) -> list[Stream]:
        return [stream for room in self._rooms.values() for stream in room.streams]

    def _tell(self, room: Room) -> None:
        room.stale = True
        if room.telling is None:
            room.telling = asyncio.create_task(self._keep_telling(room))

    async def _keep_telling(self, room: Room) -> None:
        try:
            while room.stale and room.streams:
                room.stale = False
                room.known = None  # until it is told: whatever goes wrong is tried again, and who comes is told next
                started = time.monotonic()
                await self._tell_once(room)
                await asyncio.sleep(min(time.monotonic() - started, PAUSE))  # half of the time is for all else
        except Unavailable:
            pass
        finally:
            room.telling = None

    async def _tell_once(self, room: Room) -> None:
        site_id, page_key = room.key  # by its id: another site may have taken the name that it had
        asking = [*room.streams]  # who comes later may have more than is read now
        since = min(stream.known.version for stream in asking)
        news = await self._core.db.read(read_news, site_id, page_key, since)
        if not room.streams:  # it is closed, and whoever comes next has another
            return
        if news is None:
            for stream in room.streams:
                if not stream.ended:
                    stream.end()
            return
        self._name(room, news.site.name, page_key, *([news.page.key] if news.page else []))  # that it was merged into
        room.told = await asyncio.to_thread(tell, self._html, news, room.told)
        events = [(streams, event(news, room.told, since)) for since, streams in _behind(asking, news.state).items()]
        room.known, room.closes_at = news.state, news.closes_at  # first, so that who comes now is told what they lack
        room.site_version = news.site.version
        for streams, text in events:
            for stream in streams:
                stream.known = news.state
            await _write(streams, text)


def _behind(asking: Iterable[Stream], state: State) -> dict[int, list[Stream]]:
    """Those who lack something by what they have, which is the same for most."""
    behind: dict[int, list[Stream]] = {}
    for stream in asking:
        if stream.known != state:
            behind.setdefault(stream.known.version, []).append(stream)
    return behind


async def _write(streams: list[Stream], text: bytes) -> None:
    for place, stream in enumerate(streams, 1):
        stream.write(text)
        if place % AT_ONCE == 0:
            await asyncio.sleep(0)


def retry(least: float, most: float) -> bytes:
    """After how many seconds a browser comes back: by chance, so that not all come at once."""
    return b"retry: %d\n\n" % random.randint(round(least * 1_000), round(most * 1_000))  # noqa: S311  no secret
