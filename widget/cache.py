"""Cached answers: compressed once per change of what they tell, shared by all readers.

An entry is a document at one version of its page and site, or a summary of several pages. A process trusts it for at
most `TRUST` seconds, then reads its version again (one indexed row, or as cheap), once for all who ask: other processes
write to the same database. Its own writes tell it at once. What time alone changes has an end, from which on it is made
anew.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import brotli

from widget.db import Clock, unix_ms
from widget.encodings import Encoded, Headers, digest_of, encoded
from widget.errors import Unavailable
from widget.events import Event, Judged, PageChanged, SignedUp, SiteChanged

TRUST = 1.0  # seconds
MAX_ADDRESS = 6_000  # bytes; longer ones are answered, but not learned
MAX_ADDRESSES = 16 << 20  # bytes
_ADDRESS = 400  # bytes that one takes besides its own
ANY = ""  # for the key of a page: whichever


class Key(NamedTuple):
    """Which document: all that its content depends on, but for the versions."""

    site: str
    page: str
    url: str  # a claim of who asks, so that nobody's claim is shown to others
    sort: str
    lang: str
    theme: str

    @property
    def pages(self) -> tuple[str, ...]:
        return (self.page,)


class SummaryKey(NamedTuple):
    """Which counts, or which list of latest comments."""

    site: str
    pages: tuple[str, ...]  # the keys of those it tells of; `(ANY,)`: a change of any may be seen in it
    form: tuple[str, ...]  # what else its content depends on


AnyKey = Key | SummaryKey


class Entry:
    """One answer. `checked` is the loop time at which its version was last known to be right.

    Nearly all readers take brotli: that is made at once, and the other encodings for the first who asks for one.
    """

    __slots__ = (
        "checked",
        "digest",
        "encodings",
        "end",
        "headers",
        "key",
        "pages",
        "recoding",
        "reread",
        "size",
        "version",
    )

    def __init__(self, key: AnyKey, rendered: Rendered, digest: bytes, brotlied: bytes) -> None:
        self.key = key
        self.pages = [(key.site, page) for page in dict.fromkeys(rendered.pages)]
        self.version = rendered.version
        self.reread = rendered.reread
        self.end = rendered.end
        self.headers = rendered.headers
        self.digest = digest
        self.encodings = {b"br": encoded(b"br", digest, brotlied, len(brotlied), rendered.headers)}
        self.recoding: asyncio.Task[None] | None = None
        self.checked = 0.0
        self.size = len(brotlied) + 4_000 + 500 * (len(self.pages) - 1)

    def recode(self) -> tuple[Encoded, Encoded]:
        """By gzip, and plain."""
        content = brotli.decompress(self.encodings[b"br"].kept)
        gzipped = gzip.compress(content, 4, mtime=0)
        return (
            encoded(b"gzip", self.digest, gzipped, len(gzipped), self.headers),
            encoded(b"identity", self.digest, gzipped, len(content), self.headers),
        )


class Rendered(NamedTuple):
    """What a build gives: how to write the answer (slow, done in a thread), what it was made from, and its headers."""

    write: Callable[[], str]
    pages: Sequence[str]  # the keys of those that hold the comments: others than asked for, where those were merged
    version: object  # of all that it was made from
    reread: Callable[[], Awaitable[object]]  # that version as it is now
    headers: Headers
    end: int | None = None  # Unix ms from which on it is another document; None: it stays as it is


Build = Callable[[], Awaitable[Rendered]]


class DocumentCache:
    """Bounded by bytes, least recently used out first; one rebuild shared by concurrent readers."""

    def __init__(self, *, now: Clock = unix_ms, max_bytes: int = 32 << 20) -> None:
        self._now = now
        self._max_bytes = max_bytes
        self._entries: OrderedDict[AnyKey, Entry] = OrderedDict()
        self._known: dict[tuple[str, str], set[AnyKey]] = {}
        self._making: dict[AnyKey, asyncio.Task[Entry]] = {}
        self._checking: dict[AnyKey, asyncio.Task[bool]] = {}
        self._addresses: OrderedDict[tuple[bytes, bytes], AnyKey] = OrderedDict()
        self._address_bytes = 0
        self._bytes = 0

    def hear(self, event: Event) -> None:
        """Distrust what an event says has changed, also what is being made from older rows: those who asked before
        the change get it, nobody else does.
        """
        if isinstance(event, SignedUp | Judged):
            return
        for key in [*self._entries, *self._making] if isinstance(event, SiteChanged) else self._of_page(event):
            if key.site == event.site_name:
                self._making.pop(key, None)
                self._checking.pop(key, None)
                if key in self._entries:
                    self._entries[key].checked = 0.0

    def _of_page(self, event: PageChanged) -> list[AnyKey]:
        pages = {event.page_key, ANY}
        known = [key for page in pages for key in self._known.get((event.site_name, page), ())]
        return [*known, *(key for key in self._making if not pages.isdisjoint(key.pages))]

    def fresh(self, key: AnyKey) -> Entry | None:
        """The entry, if its version may still be trusted: no waiting."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() - entry.checked >= TRUST or self._is_over(entry):
            return None
        self._entries.move_to_end(key)
        return entry

    def _is_over(self, entry: Entry) -> bool:
        return entry.end is not None and self._now() >= entry.end

    def learn(self, path: bytes, query: bytes, key: AnyKey) -> None:
        """This raw path and query mean this answer."""
        if len(path) + len(query) > MAX_ADDRESS:
            return
        if (path, query) not in self._addresses:
            self._address_bytes += len(path) + len(query) + _ADDRESS
        self._addresses[path, query] = key
        while self._address_bytes > MAX_ADDRESSES:
            gone, _ = self._addresses.popitem(last=False)
            self._address_bytes -= len(gone[0]) + len(gone[1]) + _ADDRESS

    def find(self, path: bytes, query: bytes) -> Entry | None:
        """The entry for a raw path and query that were learned, if it may still be trusted."""
        key = self._addresses.get((path, query))
        return self.fresh(key) if key else None

    async def renewed(self, path: bytes, query: bytes) -> Entry | None:
        """The entry for a learned address that could no longer be trusted, if it is found to be current. One looks, and
        all who ask meanwhile wait for that.
        """
        key = self._addresses.get((path, query))
        entry = self._entries.get(key) if key else None
        if key is None or entry is None or self._is_over(entry):
            return None
        checking = self._checking.get(key)
        if checking is None:
            checking = self._checking[key] = asyncio.create_task(self._check(entry))
        return entry if await asyncio.shield(checking) else None

    async def _check(self, entry: Entry) -> bool:
        checked, key = time.monotonic(), entry.key  # as in `_make`
        current: bool | None = None
        try:
            current = await entry.reread() == entry.version
        except Unavailable:
            pass  # the way behind the router tells it
        finally:
            if self._checking.get(key) is asyncio.current_task():  # no event overtook it
                del self._checking[key]
                if current:
                    entry.checked = checked
                elif current is False and self._entries.get(key) is entry:
                    self._drop(key)  # so that it is made anew without another look
        return bool(current)

    async def get(self, key: AnyKey, build: Build) -> Entry:
        """The entry at the current version, made now if need be. Raises what `build` raises."""
        entry = self.fresh(key)
        if entry is not None:
            return entry
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, build))
        return await asyncio.shield(making)

    async def _make(self, key: AnyKey, build: Build) -> Entry:
        checked = time.monotonic()  # before reading, so that no change is trusted away for longer than `TRUST`
        try:
            entry = self._entries.get(key)
            if entry is None or self._is_over(entry) or await entry.reread() != entry.version:
                rendered = await build()
                entry = Entry(key, rendered, *await asyncio.to_thread(_brotlied, rendered))
            if self._is_last(key):
                entry.checked = checked
                self._keep(entry)
            return entry
        finally:
            if self._is_last(key):
                del self._making[key]

    async def encoding(self, entry: Entry, coding: bytes) -> Encoded:
        """The document of an entry under one content coding."""
        if coding not in entry.encodings:
            if entry.recoding is None:
                entry.recoding = asyncio.create_task(self._recode(entry))
            await asyncio.shield(entry.recoding)
        return entry.encodings[coding]

    async def _recode(self, entry: Entry) -> None:
        gzipped, plain = await asyncio.to_thread(entry.recode)
        entry.encodings |= {b"gzip": gzipped, b"identity": plain}
        entry.size += len(gzipped.kept)
        if self._entries.get(entry.key) is entry:
            self._bytes += len(gzipped.kept)
            self._make_room()

    def _is_last(self, key: AnyKey) -> bool:
        """Whether the running task is the one that makes this document now, and no event overtook it."""
        return self._making.get(key) is asyncio.current_task()

    def _keep(self, entry: Entry) -> None:
        self._drop(entry.key)
        self._entries[entry.key] = entry
        for page in entry.pages:
            self._known.setdefault(page, set()).add(entry.key)
        self._bytes += entry.size
        self._make_room()

    def _make_room(self) -> None:
        while self._bytes > self._max_bytes and len(self._entries) > 1:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: AnyKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        for page in entry.pages:
            self._known[page].discard(key)
            if not self._known[page]:
                del self._known[page]


def _brotlied(rendered: Rendered) -> tuple[bytes, bytes]:
    """The document, written now: its digest, and itself by brotli."""
    content = rendered.write().encode()
    return digest_of(content), brotli.compress(content, mode=brotli.MODE_TEXT, quality=5)
