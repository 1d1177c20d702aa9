"""Votes, pins, edits, addresses and people of an export, as they are kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.exports import EXPORTS, MILLISECONDS, PAGE, TIMES
from tests.support.importer import Importer
from tests.support.rows import columns_of, rows_of
from tests.support.service import BLOG, World
from tests.support.wxr import comment, item
from widget import ids
from widget.transfer.importing import Source, import_records
from widget.transfer.records import ImportedComment, ImportedPage, Record

DAY = 86_400_000
SAID = ImportedComment("1", "a", None, "Ada", None, None, MILLISECONDS[0], "approved", "<p>x</p>")


async def take(world: World, *comments: ImportedComment, site: str = "blog", keys: tuple[str, ...] = ("k",)) -> Any:
    records: list[Record] = [ImportedPage("a", f"{BLOG}/a", "A"), *comments]
    return await import_records(world.db, site, Source("other", lambda: iter(records), keys))


async def test_votes_edits_and_pins_are_kept(importer: Importer, world: World) -> None:
    await importer(data=EXPORTS["remark42"][1])
    first, second, _ = await columns_of(world, world.blog, "likes", "score", "edited_at", "pinned_at")
    assert first == (2, 1, MILLISECONDS[0] + 30_000, MILLISECONDS[0])
    assert second == (0, 0, None, None)


async def test_pinned_comment_stands_first_for_readers(world: World) -> None:
    await take(world, SAID, replace(SAID, source_id="2", created_at=MILLISECONDS[1], pinned=True))
    first, second = (await world.thread(url=f"{BLOG}/a"))["comments"]
    assert (first["created_at"], second["created_at"]) == (ids.rfc3339(MILLISECONDS[1]), ids.rfc3339(MILLISECONDS[0]))


async def test_three_roots_of_a_page_are_pinned_and_no_reply(world: World) -> None:
    pinned = [replace(SAID, source_id=str(number), pinned=True) for number in range(5)]
    reply = replace(SAID, source_id="r", parent_source_id="0", pinned=True)
    report = await take(world, reply, *pinned)
    pins = await columns_of(world, world.blog, "pinned_at", "parent_id")
    assert sorted(pin is not None for pin, _ in pins) == [False, False, False, True, True, True]
    assert all(parent is None for pin, parent in pins if pin is not None)
    assert report.warnings == ["A page can have 3 pinned comments; not pinned here: 2."]


async def test_pins_that_moderators_chose_keep_their_places(world: World) -> None:
    first = [replace(SAID, source_id=str(number), pinned=True) for number in range(2)]
    await take(world, *first)
    await take(world, *first, *(replace(SAID, source_id=str(number), pinned=True) for number in (7, 8, 9)))
    pins = await columns_of(world, world.blog, "pinned_at")
    assert sum(pin is not None for (pin,) in pins) == 3


async def test_address_is_kept_for_the_days_of_the_site_and_its_hash_for_good(world: World) -> None:
    now = world.clock.time
    young = replace(SAID, source_id="young", created_at=now - 29 * DAY, address="203.0.113.7")
    old = replace(SAID, source_id="old", created_at=now - 31 * DAY, address="203.0.113.7")
    await take(world, old, young, keys=("k" * 32,))
    posted = await world.post(url=f"{BLOG}/a")
    rows = await columns_of(world, world.blog, "address", "address_hash")
    assert posted["status"] == "approved"
    assert [address for address, _ in rows] == [None, "203.0.113.7", "127.0.0.1"]
    hashes = [short for _, short in rows]
    assert hashes[0] == hashes[1] != hashes[2]
    assert [len(short) for short in hashes] == [6, 6, 6]


async def test_site_that_keeps_no_addresses_gets_none(world: World) -> None:
    await world.set_site("blog", address_days="0")
    await take(world, replace(SAID, created_at=world.clock.time, address="203.0.113.7"))
    assert [address for (address,) in await columns_of(world, world.blog, "address")] == [None]


async def test_address_of_a_guest_and_of_an_import_have_one_hash(importer: Importer, world: World) -> None:
    await importer(item(comment(author_IP="127.0.0.1")), secret_keys=("k" * 32,))
    await world.post(url=PAGE)
    (imported,), (posted,) = await columns_of(world, world.blog, "address_hash")
    assert imported == posted


async def test_author_is_one_person_by_account_or_by_name_and_address(world: World) -> None:
    account = replace(SAID, author_source_id="ada")
    people = [
        account,
        replace(account, source_id="2", author_name="Ada L."),  # who renamed herself
        replace(SAID, source_id="3", author_source_id="other"),  # a namesake
        replace(SAID, source_id="4"),
        replace(SAID, source_id="5", author_email="ada@example.org"),
    ]
    report = await take(world, *people)
    found = {person for (person,) in await columns_of(world, world.blog, "person_id")}
    assert (len(found), report.people) == (4, 4)


async def test_nobody_hears_of_an_import(importer: Importer, world: World) -> None:
    """What is sent follows from events, and an import tells of changed pages alone."""
    heard: list[str] = []
    world.db.subscribe(lambda event: heard.append(type(event).__name__))
    await importer(data=EXPORTS["commento"][1])
    assert heard == ["PageChanged"]


async def test_parts_of_an_export_may_come_in_any_order(importer: Importer, world: World) -> None:
    whole = json.loads(EXPORTS["commento"][1])
    for name in ("commenters", "comments"):
        whole[name].reverse()
    turned = json.dumps({name: whole[name] for name in reversed(whole)}).encode()
    await importer(data=EXPORTS["commento"][1])
    await world.set_site("shop", origins=BLOG)
    await importer(data=turned, site="shop", source_format="commento")
    assert await importer.rows(world.shop) == await importer.rows()


async def test_page_may_come_after_its_comments(world: World) -> None:
    records: list[Record] = [
        SAID,
        replace(SAID, source_id="2", page_source_id="b"),
        ImportedPage("a", f"{BLOG}/a", "A"),
    ]
    report = await import_records(world.db, "blog", Source("other", lambda: iter(records)))
    assert (report.imported, report.skipped, report.people) == (1, {"page without an address": 1}, 1)
    assert [row.page for row in (await rows_of(world, world.blog)).comments] == ["url:blog.example/a"]


@pytest.mark.parametrize("date", ["1970-01-01T00:00:01Z", "2100-01-01T00:00:00Z"])
async def test_dates_that_cannot_be_are_reported_and_kept(importer: Importer, date: str) -> None:
    data = EXPORTS["disqus"][1].replace(TIMES[0].encode(), date.encode())
    report = await importer(data=data)
    assert report.warnings == ["Dated before 1990 or after today, and taken as it is: 1 comment."]
    assert report.imported == 4


async def test_html_that_is_left_out_is_reported(importer: Importer) -> None:
    body = "<iframe src=x></iframe><b>a</b><script>1</script><IFRAME></IFRAME>"
    report = await importer(item(comment(1, body), comment(2, "<script>1</script>x")), dry_run=True)
    assert report.warnings == [
        "HTML that comments cannot have is left out, by the number of comments that hold it: script (2), iframe (1)."
    ]


async def test_dry_run_tells_what_is_there_already(importer: Importer) -> None:
    await importer(item(comment(1)))
    report = await importer(item(comment(1), comment(2)), dry_run=True)
    assert (report.imported, report.duplicates) == (0, 1)
