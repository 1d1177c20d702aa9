"""The cache itself, over pages whose versions the test raises: shared builds, bounds, and when nothing is trusted."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from widget.cache import MAX_ADDRESS, TRUST, DocumentCache, Entry, Key, Rendered, SummaryKey
from widget.encodings import Encoded
from widget.errors import Unavailable
from widget.events import PageChanged, SiteChanged

OTHER = "https://blog.example/other"


KEY = Key("blog", "url:blog.example/", "https://blog.example/", "old", "en", "auto")


class Documents:
    """A cache over pages whose versions the test raises. Building waits until it may go on."""

    def __init__(self, max_bytes: int = 1 << 20) -> None:
        self.version, self.built, self.read, self.gone = 1, 0, 0, False
        self.go = asyncio.Event()
        self.go.set()
        self.cache = DocumentCache(max_bytes=max_bytes)

    async def _read(self) -> int:
        self.read += 1
        version = self.version
        await self.go.wait()
        if self.gone:
            raise Unavailable("Not now.")
        return version

    async def _build(self) -> Rendered:
        self.built += 1
        version = self.version
        await self.go.wait()
        return Rendered(lambda: f"version {version}", [KEY.page], version, self._read, [])

    async def entry(self, key: Key = KEY) -> Entry:
        return await self.cache.get(key, self._build)

    async def get(self, key: Key = KEY) -> str:
        entry = await self.entry(key)
        return (await self.cache.encoding(entry, b"identity")).body.decode()

    def change(self) -> None:
        self.version += 1
        self.cache.hear(PageChanged(KEY.site, KEY.page, self.version))


async def test_twenty_readers_at_once_share_one_build() -> None:
    documents = Documents()
    documents.go.clear()
    readers = [asyncio.create_task(documents.get()) for _ in range(20)]
    await asyncio.sleep(0)
    documents.go.set()
    assert await asyncio.gather(*readers) == ["version 1"] * 20
    assert documents.built == 1


async def test_readers_without_brotli_share_one_compression(monkeypatch: pytest.MonkeyPatch) -> None:
    documents, recoded = Documents(), list[Entry]()
    recode = Entry.recode

    def counted(entry: Entry) -> tuple[Encoded, Encoded]:
        recoded.append(entry)
        return recode(entry)

    monkeypatch.setattr(Entry, "recode", counted)
    entry = await documents.entry()
    await documents.cache.encoding(entry, b"br")
    assert recoded == []
    found = await asyncio.gather(*(documents.cache.encoding(entry, b"gzip") for _ in range(20)))
    assert {gzip.decompress(encoded.body) for encoded in found} == {b"version 1"}
    assert recoded == [entry]


async def test_reader_who_goes_away_does_not_stop_the_build_of_others() -> None:
    documents = Documents()
    documents.go.clear()
    first, second = (asyncio.create_task(documents.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    documents.go.set()
    assert await second == "version 1"


async def test_change_that_overtakes_a_build_is_in_the_next_answer() -> None:
    documents = Documents()
    documents.go.clear()
    early = asyncio.create_task(documents.get())
    while not documents.built:
        await asyncio.sleep(0)
    documents.change()
    late = asyncio.create_task(documents.get())
    while documents.built < 2:
        await asyncio.sleep(0)
    documents.go.set()
    assert await late == "version 2"
    assert await early == "version 1"
    assert await documents.get() == "version 2"
    assert documents.built == 2


async def test_setting_of_a_site_makes_all_its_documents_anew() -> None:
    documents = Documents()
    await documents.get()
    documents.version += 1
    documents.cache.hear(SiteChanged("shop"))
    assert await documents.get() == "version 1"
    documents.cache.hear(SiteChanged("blog"))
    assert await documents.get() == "version 2"


async def test_version_that_did_not_change_is_not_built_again() -> None:
    documents = Documents()
    await documents.get()
    documents.cache.hear(PageChanged(KEY.site, KEY.page, 1))
    await documents.get()
    assert documents.built == 1


async def test_documents_take_no_more_bytes_than_allowed() -> None:
    documents = Documents(max_bytes=20_000)  # each counts as 4,000 at least
    keys = [KEY._replace(page=str(number)) for number in range(10)]
    for key in keys:
        await documents.get(key)
        await documents.get(keys[0])
    kept = [key for key in keys if documents.cache.fresh(key)]
    assert 1 < len(kept) < 5
    assert {keys[0], keys[-1]} <= set(kept), "the least recently used went"
    assert documents.built == 10


async def test_address_that_is_very_long_is_not_learned() -> None:
    documents = Documents()
    await documents.get()
    for query, learned in ((b"a", True), (b"a" * MAX_ADDRESS, False)):
        documents.cache.learn(b"/embed/blog", query, KEY)
        assert (documents.cache.find(b"/embed/blog", query) is not None) is learned


async def test_addresses_take_no_more_bytes_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.cache.MAX_ADDRESSES", 5_000)
    documents = Documents()
    await documents.get()
    for number in (*range(9), 8):
        documents.cache.learn(b"/embed/blog", str(number).encode() * 1_000, KEY)
    known = [n for n in range(9) if documents.cache.find(b"/embed/blog", str(n).encode() * 1_000)]
    assert known == [6, 7, 8]


async def test_summary_is_distrusted_with_each_of_its_pages() -> None:
    documents = Documents()
    key = SummaryKey("blog", (KEY.page, "url:blog.example/other"), ("counts",))

    async def build() -> Rendered:
        return (await documents._build())._replace(pages=key.pages)

    await documents.cache.get(key, build)
    for site, page, trusted in (
        ("blog", "url:blog.example/third", True),
        ("shop", KEY.page, True),
        ("blog", "url:blog.example/other", False),
    ):
        documents.cache.hear(PageChanged(site, page, 1))
        assert (documents.cache.fresh(key) is not None) is trusted


# What is no longer trusted: other processes write, too, and tell nothing


async def renewed(documents: Documents) -> Entry | None:
    return await documents.cache.renewed(b"/embed/blog", b"")


async def old_document() -> Documents:
    documents = Documents()
    entry = await documents.entry()
    documents.cache.learn(b"/embed/blog", b"", KEY)
    entry.checked -= TRUST
    assert documents.cache.find(b"/embed/blog", b"") is None
    return documents


async def test_one_looks_for_all_whether_it_is_current_and_then_it_is_trusted_again() -> None:
    documents = await old_document()
    documents.go.clear()
    readers = [asyncio.create_task(renewed(documents)) for _ in range(20)]
    await asyncio.sleep(0)
    readers[0].cancel()
    documents.go.set()
    found = await asyncio.gather(*readers[1:])
    assert documents.read == 1
    assert found == [documents.cache.find(b"/embed/blog", b"")] * 19
    assert found[0] is not None


async def test_document_that_changed_elsewhere_is_not_renewed() -> None:
    documents = await old_document()
    documents.version += 1
    assert await renewed(documents) is None
    assert await documents.get() == "version 2"
    assert (documents.read, documents.built) == (1, 2), "one look is enough"


async def test_change_that_overtakes_the_look_is_in_the_next_answer() -> None:
    documents = await old_document()
    documents.go.clear()
    early = asyncio.create_task(renewed(documents))
    await asyncio.sleep(0)
    while not documents.read:
        await asyncio.sleep(0)
    documents.change()
    documents.go.set()
    assert await early is not None, "it was current when it was asked for"
    assert documents.cache.fresh(KEY) is None
    assert await renewed(documents) is None


async def test_database_that_is_gone_is_told_behind_the_router() -> None:
    documents = await old_document()
    documents.gone = True
    assert await renewed(documents) is None


async def test_look_that_fails_is_tried_again() -> None:
    documents = await old_document()
    [entry] = documents.cache._entries.values()

    async def fail() -> object:
        raise ZeroDivisionError

    entry.reread, reread = fail, entry.reread
    with pytest.raises(ZeroDivisionError):
        await renewed(documents)
    entry.reread = reread
    assert await renewed(documents) is entry


async def test_build_that_fails_is_tried_again() -> None:
    documents = Documents()

    async def fail() -> Rendered:
        raise Unavailable("Not now.")

    with pytest.raises(Unavailable):
        await documents.cache.get(KEY, fail)
    assert await documents.get() == "version 1"
