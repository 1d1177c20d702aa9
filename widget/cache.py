"""Cached documents: compressed once per change of the thread, shared by all readers.

An entry is one document at one version of its page and site. A process trusts a version for at most `TRUST` seconds,
then reads it again (one indexed row): other processes write to the same database. Its own writes tell it at once. What
time alone changes has an end, from which on it is made anew.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import brotli

from widget.db import Clock, unix_ms
from widget.encodings import Encoded, Headers, digest_of, encoded
from widget.events import Event, Judged, PageChanged, SignedUp, SiteChanged

TRUST = 1.0  # seconds
MAX_ADDRESSES = 10_000
MAX_ADDRESS = 2_500  # bytes; longer ones are answered, but not learned


class Key(NamedTuple):
    """Which document: all that its content depends on, but for the versions."""

    site: str
    page: str
    url: str  # a claim of who asks, so that nobody's claim is shown to others
    sort: str
    lang: str
    theme: str


class Version(NamedTuple):
    site: int
    page: int


class Entry:
    """One document. `checked` is the loop time at which its version was last known to be right.

    Nearly all readers take brotli: that is made at once, and the other encodings for the first who asks for one.
    """

    __slots__ = ("checked", "digest", "encodings", "end", "headers", "key", "page", "recoding", "size", "version")

    def __init__(self, key: Key, rendered: Rendered, digest: bytes, brotlied: bytes) -> None:
        self.key = key
        self.page = (key.site, rendered.page)
        self.version = rendered.version
        self.end = rendered.end
        self.headers = rendered.headers
        self.digest = digest
        self.encodings = {b"br": encoded(b"br", digest, brotlied, len(brotlied), rendered.headers)}
        self.recoding: asyncio.Task[None] | None = None
        self.checked = 0.0
        self.size = len(brotlied) + 4_000

    def recode(self) -> tuple[Encoded, Encoded]:
        """By gzip, and plain."""
        content = brotli.decompress(self.encodings[b"br"].kept)
        gzipped = gzip.compress(content, 4, mtime=0)
        return (
            encoded(b"gzip", self.digest, gzipped, len(gzipped), self.headers),
            encoded(b"identity", self.digest, gzipped, len(content), self.headers),
        )


class Rendered(NamedTuple):
    """What a build gives: how to write the document (slow, done in a thread), its version, and its headers."""

    write: Callable[[], str]
    page: str  # the key of the page that holds the comments: another than asked for, where that was merged into it
    version: Version
    headers: Headers
    end: int | None = None  # Unix ms from which on it is another document; None: it stays as it is


Build = Callable[[], Awaitable[Rendered]]
ReadVersion = Callable[[Key], Awaitable[Version]]


class DocumentCache:
    """Bounded by bytes, least recently used out first; one rebuild shared by concurrent readers."""

    def __init__(self, read_version: ReadVersion, *, now: Clock = unix_ms, max_bytes: int = 32 << 20) -> None:
        self._read_version = read_version
        self._now = now
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._known: dict[tuple[str, str], set[Key]] = {}
        self._making: dict[Key, asyncio.Task[Entry]] = {}
        self._addresses: OrderedDict[tuple[bytes, bytes], Key] = OrderedDict()
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
                if key in self._entries:
                    self._entries[key].checked = 0.0

    def _of_page(self, event: PageChanged) -> list[Key]:
        page = (event.site_name, event.page_key)
        return [*self._known.get(page, ()), *(key for key in self._making if key[:2] == page)]

    def fresh(self, key: Key) -> Entry | None:
        """The entry, if its version may still be trusted: no waiting."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() - entry.checked >= TRUST or self._is_over(entry):
            return None
        self._entries.move_to_end(key)
        return entry

    def _is_over(self, entry: Entry) -> bool:
        return entry.end is not None and self._now() >= entry.end

    def learn(self, path: bytes, query: bytes, key: Key) -> None:
        """This raw path and query mean this document."""
        if len(path) + len(query) > MAX_ADDRESS:
            return
        self._addresses[path, query] = key
        if len(self._addresses) > MAX_ADDRESSES:
            self._addresses.popitem(last=False)

    def find(self, path: bytes, query: bytes) -> Entry | None:
        """The entry for a raw path and query that were learned, if it may still be trusted."""
        key = self._addresses.get((path, query))
        return self.fresh(key) if key else None

    async def get(self, key: Key, build: Build) -> Entry:
        """The entry at the current version, made now if need be. Raises what `build` raises."""
        entry = self.fresh(key)
        if entry is not None:
            return entry
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, build))
        return await asyncio.shield(making)

    async def _make(self, key: Key, build: Build) -> Entry:
        checked = time.monotonic()  # before reading, so that no change is trusted away for longer than `TRUST`
        try:
            entry = self._entries.get(key)
            if entry is None or self._is_over(entry) or await self._read_version(key) != entry.version:
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

    def _is_last(self, key: Key) -> bool:
        """Whether the running task is the one that makes this document now, and no event overtook it."""
        return self._making.get(key) is asyncio.current_task()

    def _keep(self, entry: Entry) -> None:
        self._drop(entry.key)
        self._entries[entry.key] = entry
        self._known.setdefault(entry.page, set()).add(entry.key)
        self._bytes += entry.size
        self._make_room()

    def _make_room(self) -> None:
        while self._bytes > self._max_bytes and len(self._entries) > 1:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        known = self._known[entry.page]
        known.discard(key)
        if not known:
            del self._known[entry.page]


def _brotlied(rendered: Rendered) -> tuple[bytes, bytes]:
    """The document, written now: its digest, and itself by brotli."""
    content = rendered.write().encode()
    return digest_of(content), brotli.compress(content, mode=brotli.MODE_TEXT, quality=5)
