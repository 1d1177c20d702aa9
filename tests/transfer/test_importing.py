"""An import writes each comment once, as it was, where it belongs; and nothing at all where it must not."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from tests.support.cast import Cast
from tests.support.comment_html import offences
from tests.support.html import Html
from tests.support.importer import Importer, shown
from tests.support.rows import CommentRow, Rows, recount, rows_of
from tests.support.service import BLOG, World
from tests.support.wxr import POST, cdata, comment, export, item, told
from widget import ids
from widget.errors import NotFound
from widget.store import pages
from widget.store.threads import ROOTS
from widget.transfer import importing
from widget.transfer.importing import Source, import_records
from widget.transfer.plan import Options
from widget.transfer.records import ImportedComment, ImportedPage, ImportFailed, Record

TIME = 1_577_934_245_000  # when `comment` says that it was written


async def test_comment_comes_in_as_it_was(importer: Importer) -> None:
    await importer(item(comment(1, "Good <b>bread</b>.", author_url="https://ada.example/")))
    (page,), (row,) = await importer.rows()
    assert page == ("url:blog.example/7", POST, "A & B", 1, False)
    assert row._replace(id=0, path=()) == CommentRow(
        id=0,
        page=page.key,
        parent_id=None,
        path=(),
        depth=0,
        status="approved",
        text="Good bread.",
        html="<p>Good <strong>bread</strong>.</p>",
        likes=0,
        replies=0,
        author="Ada",
        email="ada@example.org",
        website="https://ada.example/",
        kind="imported",
    )
    assert row.path == (row.id,)
    assert ids.time_of(row.id) == TIME


async def test_parents_may_stand_behind_their_replies(importer: Importer) -> None:
    await importer(item(told(3, parent=2), told(2, parent=1)), item(told(1)))
    found = await importer.by_text()
    first, second, third = (found[f"Comment {number}"] for number in (1, 2, 3))
    assert [row.parent_id for row in (first, second, third)] == [None, first.id, second.id]
    assert third.path == (first.id, second.id, third.id)
    assert [row.replies for row in (first, second, third)] == [2, 1, 0]


async def test_states_are_kept_and_only_the_approved_are_shown(importer: Importer, world: World) -> None:
    written = {1: "1", 2: "0", 3: "trash", 4: "post-trashed", 5: "spam"}
    report = await importer(item(*(told(number, approved=state) for number, state in written.items())))
    statuses = [row.status for row in (await importer.rows()).comments]
    assert statuses == ["approved", "pending", "rejected", "rejected", "spam"]
    assert report.states == {"approved": 1, "pending": 1, "rejected": 2, "spam": 1}
    assert await shown(world) == ["Comment 1"]


async def test_pingbacks_and_trackbacks_stay_behind_and_are_counted(importer: Importer, world: World) -> None:
    report = await importer(
        item(told(1), told(2, type="pingback"), told(3, type="pingback"), told(4, type="trackback"))
    )
    assert await shown(world) == ["Comment 1"]
    assert report.skipped == {"pingback": 2, "trackback": 1}


async def test_closed_page_stays_closed_and_an_open_one_open(importer: Importer) -> None:
    closed = {"wp:comment_status": "closed"}
    await importer(item(told(1), number=7, fields=closed), item(told(2), number=8))
    assert [page.locked for page in (await importer.rows()).pages] == [True, False]


async def test_page_that_is_there_keeps_its_title_and_stays_open(importer: Importer, world: World) -> None:
    await world.post(url=POST, title="Bread")
    await importer(item(told(1), fields={"wp:comment_status": "closed"}))
    (page,) = (await importer.rows()).pages
    assert (page.title, page.locked, page.comments) == ("Bread", False, 2)


async def test_reader_sees_what_was_imported_at_once(importer: Importer, world: World) -> None:
    frame = f"/embed/blog?url={quote(POST, safe='')}"
    assert Html((await world.client.get(frame)).text).comments() == []
    await importer(item(told(1)))
    (row,) = (await importer.rows()).comments
    assert Html((await world.client.get(frame)).text).comments() == [ids.encode(row.id)]


async def test_level_beyond_the_reach_of_paths_keeps_its_parent(importer: Importer) -> None:
    report = await importer(item(*(told(number, parent=number - 1) for number in range(1, 331))))
    rows = (await importer.rows()).comments
    assert report.max_depth == 330
    assert [row.parent_id for row in rows] == [None, *(row.id for row in rows[:-1])]
    assert [row.depth for row in rows] == [min(level, 320) for level in range(330)]
    assert rows[329].path == (*(row.id for row in rows[:320]), rows[329].id)
    assert Rows((await importer.rows()).pages, rows) == recount(await importer.rows())


async def test_orphan_is_a_root_that_everybody_sees(importer: Importer, world: World) -> None:
    elsewhere = item(told(1), number=8)
    report = await importer(item(told(2, parent=99), told(3, parent=2), told(4, parent=1)), elsewhere)
    found = await importer.by_text()
    assert report.orphans == 2
    assert [found[f"Comment {number}"].depth for number in (2, 3, 4)] == [0, 1, 0]
    assert [found[f"Comment {number}"].parent_id is None for number in (2, 3, 4)] == [True, False, True]
    assert await shown(world) == ["Comment 2", "Comment 3", "Comment 4"]


async def test_reply_to_a_comment_of_another_page_is_a_root_of_its_own(world: World) -> None:
    """As other formats may have it; in WordPress' a parent is on the same page by its number."""
    said = ImportedComment("1", "a", None, "Ada", None, None, TIME, "approved", "<p>x</p>")
    answer = replace(said, source_id="2", page_source_id="b", parent_source_id="1")
    records: list[Record] = [ImportedPage("a", f"{BLOG}/a", "A"), said, ImportedPage("b", f"{BLOG}/b", "B"), answer]
    report = await import_records(world.db, "blog", Source("other", lambda: iter(records)))
    rows = (await rows_of(world, world.blog)).comments
    assert [(row.page, row.parent_id) for row in sorted(rows, key=lambda row: row.page)] == [
        ("url:blog.example/a", None),
        ("url:blog.example/b", None),
    ]
    assert report.orphans == 1


async def test_circle_of_parents_is_cut_once(importer: Importer, world: World) -> None:
    report = await importer(item(told(1, parent=3), told(2, parent=1), told(3, parent=2), told(4, parent=4)))
    rows = (await importer.rows()).comments
    assert report.orphans == 2
    assert sorted(row.depth for row in rows) == [0, 0, 1, 2]
    assert len(await shown(world)) == 4


async def test_counters_equal_a_recount(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "COUNTED", 7)  # at once: pages and their threads are counted in parts
    chosen = random.Random(7)
    states = ("1", "1", "1", "0", "trash", "spam")
    tree = [(number, chosen.randrange(number), chosen.choice(states)) for number in range(1, 121)]
    beside = (told(number, parent=number - 1) for number in range(2, 41))  # a page of the same time
    await importer(
        item(*(told(number, parent, approved=state) for number, parent, state in tree)), item(*beside, number=8)
    )
    rows = await importer.rows()
    assert len(rows.comments) == 159
    assert max(row.replies for row in rows.comments) > 5
    assert rows == recount(rows)


async def test_what_was_written_before_it_was_stopped_is_counted_and_told(
    importer: Importer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    steps = []

    def stop(count: int, total: int | None) -> None:
        steps.append(count)
        if len(steps) == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await importer(item(*(told(number, parent=number - 1) for number in range(1, 8))), progress=stop)
    rows = await importer.rows()
    assert len(rows.comments) == len(await shown(world)) == 4
    assert rows == recount(rows)


async def test_text_is_sanitised(importer: Importer, world: World) -> None:
    attack = '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">a</a><h1 onclick=x>b'
    await importer(item(comment(1, attack)))
    (row,) = (await importer.rows()).comments
    assert offences(row.html) == []
    assert [text.replace(" ", "") for text in await shown(world)] == ["ab"]


async def test_no_address_of_anybody_is_shown(importer: Importer, world: World, cast: Cast) -> None:
    await importer(item(told(1), told(2, parent=1)))
    (root, _) = (await importer.rows()).comments
    liked = f"/api/v1/blog/comments/{ids.encode(root.id)}"
    await world.client.put(f"{liked}/like", headers=cast.dora)
    addresses = [f"{prefix}?url={quote(POST, safe='')}" for prefix in ("/embed/blog", "/thread/blog")]
    addresses += [f"/api/v1/blog/thread?url={quote(POST, safe='')}", f"{liked}/replies", f"{liked}/likes"]
    for address in addresses:
        answer = await world.client.get(address, headers=cast.bob)
        assert answer.status_code == 200, address
        assert "@" not in answer.text, address


# What is not taken


async def test_pages_of_other_hosts_stay_behind_and_are_named(importer: Importer) -> None:
    foreign = [item(told(number), number=number, link=f"https://old-{number}.example/") for number in range(20, 27)]
    nowhere = item(told(2), number=8, link="javascript:alert(1)", guid="")
    report = await importer(item(told(1)), nowhere, *foreign)
    assert [page.url for page in (await importer.rows()).pages] == [POST]
    assert report.skipped == {"page of another host": 7, "page without an address": 1}
    (warning,) = report.warnings
    assert warning.startswith("7 comments on pages of origins that the site does not list: https://old-20.example, ")
    assert f"https://old-24.example and 2 more. Move them with --map https://old-20.example={BLOG} (" in warning


async def test_any_host_takes_pages_under_their_own_addresses(importer: Importer, world: World) -> None:
    report = await importer(item(told(1), link="https://Old.example/a/?p=1#x"), options=Options(any_host=True))
    (page,), (row,) = await importer.rows()
    assert (page.key, page.url, row.text) == ("url:old.example/a?p=1", "https://old.example/a/?p=1", "Comment 1")
    assert (report.skipped, report.warnings) == ({}, [])
    await world.set_site("blog", origins="https://old.example")
    assert await shown(world, "https://www.old.example/a?p=1") == ["Comment 1"]


async def test_dry_run_writes_nothing_and_reports_the_same(importer: Importer) -> None:
    items = item(told(1), told(2, parent=1), told(3, type="pingback"), told(4, parent=9))
    dry = await importer(items, dry_run=True)
    assert await importer.rows() == ([], [])
    assert dry.as_json() == {**(await importer(items)).as_json(), "imported": 0}


@pytest.mark.parametrize("broken", [b"</item>", b"<item><b>", b"\n<item></b></item></channel></rss>"])
async def test_broken_file_writes_nothing(importer: Importer, broken: bytes) -> None:
    whole = export(item(told(1)), item(told(2), number=8))
    end = whole.rindex(b"</channel>")
    with pytest.raises(ImportFailed, match=r"line \d+"):
        await importer(data=whole[:end] + broken)
    assert await importer.rows() == ([], [])


async def test_unknown_format_or_site_is_told(importer: Importer) -> None:
    with pytest.raises(ImportFailed, match=r"in no format that can be imported. There are: disqus, wordpress, isso, "):
        await importer(data=b'{"entries": []}')
    with pytest.raises(NotFound, match=r"There is no site “blgo”; `palaver site list` shows all."):
        await importer(item(told(1)), site="blgo")


# The report


async def test_report_accounts_for_every_record(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    steps: list[tuple[int, int | None]] = []
    report = await importer(
        item(told(1), told(2, parent=1, author=cdata("Bert")), told(3, parent=2, approved="0"), told(4, parent=88)),
        item(told(5, approved="spam"), told(6, type="trackback"), number=8),
        item(told(7), number=9, link="https://other.example/"),
        progress=lambda count, total: steps.append((count, total)),
    )
    assert {key: value for key, value in report.as_json().items() if key != "warnings"} == {
        "format": "wordpress",
        "pages": 2,
        "comments": 7,
        "people": 2,
        "states": {"approved": 5, "pending": 1, "rejected": 0, "spam": 1, "deleted": 0},
        "imported": 5,
        "duplicates": 0,
        "max_depth": 3,
        "orphans": 1,
        "skipped": {"trackback": 1, "page of another host": 1},
    }
    assert report.as_lines(dry_run=False)[:3] == [
        "Found: 7 comments (5 approved, 1 pending, 1 spam) by 2 people on 2 pages",
        "Deepest reply: level 3; replies whose parent is missing, now roots: 1",
        "Imported now: 5; there already: 0",
    ]
    assert steps == [(2, 5), (2, 5), (1, 5)]


async def test_thread_longer_than_a_page_is_imported_whole(importer: Importer, world: World) -> None:
    await importer(item(*(told(number) for number in range(ROOTS + 2))))
    thread = await world.thread(url=POST)
    assert (thread["page"]["count"], len(thread["comments"])) == (ROOTS + 2, ROOTS)


async def test_imported_page_is_as_old_as_its_oldest_comment(importer: Importer, world: World) -> None:
    await importer(item(told(2), told(1)))
    (page,) = await world.db.read(pages.list_pages, world.blog.id)
    assert ids.rfc3339(ids.time_of(page.id)) == "2020-01-02T03:00:01.000Z"
