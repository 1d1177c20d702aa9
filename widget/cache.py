"""Cached documents: compressed once per change of the thread, shared by all readers.

An entry is one document at one version of its page and site. A process trusts a version for at most `TRUST` seconds,
then reads it again (one indexed row): other processes write to the same database. Its own writes tell it at once. What
time alone changes has an end, from which on it is made anew.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import brotli

from widget.db import Clock, unix_ms
from widget.events import Event, Judged, PageChanged, SignedUp, SiteChanged

TRUST = 1.0  # seconds
MAX_ADDRESSES = 10_000
MAX_ADDRESS = 2_500  # bytes; longer ones are answered, but not learned
Headers = list[tuple[bytes, bytes]]


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


class Encoded(NamedTuple):
    """A document under one content coding. Few ask for it without any: that one is kept by gzip (`packed`)."""

    etag: bytes
    kept: bytes
    headers: Headers
    packed: bool

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.kept) if self.packed else self.kept


class Entry:
    """One document, in three encodings. `checked` is the loop time at which its version was last known to be right."""

    __slots__ = ("checked", "encodings", "end", "key", "page", "size", "version")

    def __init__(self, key: Key, rendered: Rendered, encodings: dict[bytes, Encoded]) -> None:
        self.key = key
        self.page = (key.site, rendered.page)
        self.version = rendered.version
        self.end = rendered.end
        self.encodings = encodings
        self.checked = 0.0
        self.size = sum(len(encoded.kept) for encoded in encodings.values() if not encoded.packed) + 4_000


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
                entry = Entry(key, rendered, await asyncio.to_thread(encode, rendered))
            if self._is_last(key):
                entry.checked = checked
                self._keep(entry)
            return entry
        finally:
            if self._is_last(key):
                del self._making[key]

    def _is_last(self, key: Key) -> bool:
        """Whether the running task is the one that makes this document now, and no event overtook it."""
        return self._making.get(key) is asyncio.current_task()

    def _keep(self, entry: Entry) -> None:
        self._drop(entry.key)
        self._entries[entry.key] = entry
        self._known.setdefault(entry.page, set()).add(entry.key)
        self._bytes += entry.size
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


def encode(rendered: Rendered) -> dict[bytes, Encoded]:
    """The document under each content coding, written now."""
    content = rendered.write().encode()
    brotlied = brotli.compress(content, mode=brotli.MODE_TEXT, quality=5)
    return encodings(content, brotlied, gzip.compress(content, 4, mtime=0), rendered.headers)


def encodings(content: bytes, brotlied: bytes, gzipped: bytes, headers: Headers) -> dict[bytes, Encoded]:
    """The ETag is strong (RFC 9110, 8.8.3): it names content and coding."""
    digest = hashlib.sha256(content).hexdigest()[:20].encode()
    return {
        b"br": _encoded(b"br", digest, brotlied, len(brotlied), headers),
        b"gzip": _encoded(b"gzip", digest, gzipped, len(gzipped), headers),
        b"identity": _encoded(b"identity", digest, gzipped, len(content), headers),
    }


def _encoded(coding: bytes, digest: bytes, kept: bytes, length: int, headers: Headers) -> Encoded:
    etag = b'"' + digest + b"-" + coding[:2] + b'"'
    own = [(b"etag", etag), (b"content-length", str(length).encode())]
    packed = coding == b"identity"
    if not packed:
        own.append((b"content-encoding", coding))
    return Encoded(etag, kept, [*headers, *own], packed)


def choose_encoding(accept: bytes) -> bytes:
    """Brotli, gzip or identity, by Accept-Encoding (RFC 9110, 12.5.3): what is not refused, in that order."""
    offered = {}
    for item in accept.lower().split(b","):
        coding, _, parameters = item.strip().partition(b";")
        offered[coding.strip()] = parameters.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    for coding in (b"br", b"gzip"):
        if offered.get(coding, offered.get(b"*", False)):
            return coding
    return b"identity"
