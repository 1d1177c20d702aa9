"""Comments follow their pages to new addresses, many at once, and every deed can be undone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.admin.desk import Member, add_member
from tests.moving.conftest import Mover
from tests.support.cast import Cast
from tests.support.counters import check_counters
from tests.support.database import recorded
from tests.support.service import BLOG, GUEST, World
from widget import ids, page_verbs
from widget.errors import Conflict, Invalid, NotFound
from widget.moving import moving
from widget.moving.moving import Report
from widget.store.actions import Action, list_actions

NEW = "https://new.example"


async def log(world: World) -> list[Action]:
    found: list[Action] = await world.db.read(list_actions, world.blog.id, 1 << 62, 1000)
    return found


def reasons(report: Report) -> dict[str, str]:
    return {skipped.old.removeprefix(BLOG): skipped.reason for skipped in report.plan.skipped}


async def test_page_moves_and_both_addresses_lead_to_its_comments(world: World, mover: Mover) -> None:
    await mover.write("/a", "/b")
    looked = await mover.pairs(("/a", "/new"), dry_run=True)
    assert [(move.page.url, move.to.url, move.page.count, move.into) for move in looked.plan.moves] == [
        (f"{BLOG}/a", f"{BLOG}/new", 1, None)
    ]
    assert await mover.pages() == {"/a": 1, "/b": 1}
    moved = await mover.pairs(("/a", "/new"))
    assert len(moved.moved) == 1
    assert await mover.texts("/new") == await mover.texts("/a") == ["/a"]
    assert await mover.pages() == {"/b": 1, "/new": 1}
    assert reasons(await mover.pairs(("/a", "/new"))) == {"/a": "there already"}
    await check_counters(world)


async def test_many_are_merged_moved_or_left_as_each_must_be(world: World, mover: Mover) -> None:
    await mover.write("/a", "/b", "/c", "/d", "/merged")
    await page_verbs.merge(world.db, "blog", "/merged", "/d")
    wanted = [
        ("/a", "/c"),  # which has comments
        ("/b", "/none"),
        ("/nothing", "/x"),
        ("/d", "https://evil.example/d"),
        ("/c", "ftp://blog.example/"),
        ("/c/", "/c?utm_source=x"),  # the same page in other words
        ("/merged", "/y"),
    ]
    report = await mover.pairs(*wanted)
    assert [(move.to.url.removeprefix(BLOG), move.into) for move in report.moved] == [("/c", 1), ("/none", None)]
    assert [(skipped.new.removeprefix(BLOG), skipped.reason) for skipped in report.plan.skipped] == [
        ("https://evil.example/d", "not an address of the site"),
        ("ftp://blog.example/", "not an address"),
        ("/x", "no comments there"),
        ("/c?utm_source=x", "there already"),
        ("/y", "part of another page"),
    ]
    assert await mover.pages() == {"/c": 2, "/d": 2, "/none": 1}
    await check_counters(world)


async def test_chain_brings_all_to_its_end_in_any_order(mover: Mover) -> None:
    await mover.write("/a", "/b", "/c")
    report = await mover.pairs(("/b", "/c"), ("/a", "/b"), ("/c", "/d"))
    assert len(report.moved) == 3
    assert await mover.pages() == {"/d": 3}
    for path in ("/a", "/b", "/c", "/d"):
        assert await mover.texts(path) == ["/a", "/b", "/c"]


async def test_chain_leads_on_where_nobody_wrote_between(mover: Mover) -> None:
    await mover.write("/a")
    await mover.pairs(("/a", "/b"), ("/b", "/c"))
    assert await mover.pages() == {"/c": 1}


async def test_nothing_moves_where_wishes_contradict_each_other(mover: Mover) -> None:
    await mover.write("/a", "/b", "/c", "/d")
    for pairs, conflict in (
        ([("/a", "/b"), ("/b", "/a")], "/a leads in a circle"),
        ([("/a", "/b"), ("/b", "/c"), ("/c", "/a"), ("/x", "/a")], "/c leads in a circle"),
        ([("/a", "/b"), ("/a", "/c")], "/a cannot be both"),
    ):
        report = await mover.pairs(*pairs, ("/d", "/e"))
        assert report.moved == []
        assert any(sentence.startswith(BLOG + conflict) for sentence in report.plan.conflicts)
        assert await mover.pages() == {"/a": 1, "/b": 1, "/c": 1, "/d": 1}


async def test_all_pages_of_a_folder_move_by_a_mapping(mover: Mover) -> None:
    await mover.write("/2019/05/bread", "/2019/06/rye", "/2019/about", "/posts/rye")
    report = await mover.maps("/:year/:month/:slug=/posts/:slug", "/nowhere=/x")
    assert await mover.pages() == {"/posts/bread": 1, "/posts/rye": 2, "/2019/about": 1}
    assert report.notes == ["No page begins with /nowhere, or all are moved."]


async def test_pages_that_are_in_a_folder_of_the_old_one_already_stay(mover: Mover) -> None:
    await mover.write("/2019/rye", "/2019/archive/bread")
    for _ in range(2):
        await mover.maps("/2019=/2019/archive")
        assert await mover.pages() == {"/2019/archive/rye": 1, "/2019/archive/bread": 1}


async def test_site_moves_to_another_domain_with_its_origins(world: World, mover: Mover) -> None:
    await mover.write("/a", "/b?p=1")
    await world.post("By an id.", url=f"{BLOG}/c", id="17")
    refused = await mover.maps(f"{BLOG}={NEW}")
    assert set(reasons(refused).values()) == {"not an address of the site"}
    report = await mover.maps(f"{BLOG}={NEW}", add_origins=True)
    assert report.plan.origins == (NEW,)
    assert await mover.pages() == {f"{NEW}/a": 1, f"{NEW}/b?p=1": 1, f"{NEW}/c": 1}
    assert await mover.texts(f"{NEW}/a") == await mover.texts("/a") == ["/a"]
    named = await world.thread(url=f"{NEW}/c", id="17")
    assert (named["page"]["url"], len(named["comments"])) == (f"{NEW}/c", 1)
    verbs = [(action.verb, action.reason, action.person_id) for action in await log(world)]
    assert sorted(verbs) == [
        ("merge", "palaver pages move", None),
        ("merge", "palaver pages move", None),
        ("move", "palaver pages move", None),
        ("set", "", None),
    ]


async def test_own_origin_of_the_service_is_never_listed(world: World, mover: Mover) -> None:
    await mover.write("/a")
    with pytest.raises(Invalid, match="the comment service itself"):
        await mover.maps(f"{BLOG}=http://localhost:8000", add_origins=True)
    assert await mover.pages() == {"/a": 1}


async def test_links_change_where_the_page_is_the_same(mover: Mover) -> None:
    await mover.write("http://blog.example/a")
    report = await mover.maps("http://blog.example=https://blog.example")
    assert [move.keeps_key for move in report.moved] == [True]
    assert await mover.pages() == {"/a": 1}


async def test_moderator_undoes_what_a_command_moved(world: World, mover: Mover, cast: Cast) -> None:
    await mover.write("/old/a", "/old/b", "/new/a")
    await mover.maps("/old=/new")
    assert await mover.pages() == {"/new/a": 2, "/new/b": 1}
    bob: Member = await add_member(world, "Bob", world.blog)
    await bob.open("/admin/log")
    told = "2 pages moved to other addresses palaver pages move by the service"
    assert told.replace(" ", "") in bob.page.text(".//main").replace(" ", "")
    await bob.do(bob.page.one(".//ul[@class='log']//button").get("value", ""))
    assert bob.told == ["Undone: 2 pages moved to other addresses."]
    assert await mover.pages() == {"/old/a": 1, "/old/b": 1, "/new/a": 1, "/new/b": 0}
    await check_counters(world)


async def test_large_move_is_done_in_several_deeds_and_split_at_once(
    world: World, mover: Mover, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.moving.carrying.MOST_PAGES", 3)
    monkeypatch.setattr("widget.moving.carrying.MOST_COMMENTS", 4)
    monkeypatch.setattr("widget.page_verbs.SPLIT_AT_ONCE", 3)
    await mover.write(*(f"/old/{number}" for number in range(7)), "/old/0", "/old/0", "/old/0", "/old/0")
    before = await mover.pages()
    report = await mover.maps("/old=/new")
    assert len(report.moved) == 7
    by_deed = Counter(action.batch_id for action in await log(world))
    assert sorted(by_deed.values()) == [1, 3, 3]
    await page_verbs.split(world.db, "blog", [ids.encode(move.page.id) for move in report.moved])
    assert {path: count for path, count in (await mover.pages()).items() if count} == before
    await check_counters(world)


async def test_page_that_moves_keeps_its_title_and_closes_when_it_would_have(world: World, mover: Mover) -> None:
    await mover.write("/a")
    world.clock.pass_seconds(31 * 86_400)
    await mover.pairs(("/a", "/b"))
    await world.set_site("blog", close_after="30")
    late = await world.client.post("/api/v1/blog/comments", json={"url": f"{BLOG}/b", "text": "Late.", "guest": GUEST})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "locked")
    assert [page.title for page in await page_verbs.list_all(world.db, "blog")] == ["/a", "/a"]


async def test_pages_are_merged_and_split_by_command(world: World, mover: Mover) -> None:
    await mover.write("/a", "/b")
    whole = await page_verbs.merge(world.db, "blog", "/a", f"{BLOG}/b")
    assert (whole.url, whole.count) == (f"{BLOG}/b", 2)
    [page] = await page_verbs.split(world.db, "blog", ["/a"])
    assert await mover.pages() == {"/a": 1, "/b": 1}
    with pytest.raises(Conflict, match="/a was not merged into another page"):
        await page_verbs.split(world.db, "blog", [ids.encode(page.id)])
    for named in ("/none", "nonsense", "0123456789abc"):
        with pytest.raises(NotFound, match=f"“{named}”"):
            await page_verbs.merge(world.db, "blog", named, "/b")
    with pytest.raises(Invalid, match="into itself"):
        await page_verbs.merge(world.db, "blog", "/b", "/b")


async def test_file_that_is_not_two_columns_is_refused_with_its_row(mover: Mover, tmp_path: Path) -> None:
    file = tmp_path / "moves.csv"
    for data, sentence in (
        (b"old,new\n/a,/x\n/b\n", "row 3: needed are two addresses"),
        (b"/a,/x,/y\n", "row 1: needed"),
        (b"/a,blog.example/x\n", "row 1: needed"),
        (b'/a,"/x\n', "is not CSV"),
        (b"/a,/\xe9", "is not CSV in UTF-8"),
    ):
        file.write_bytes(data)
        with pytest.raises(Invalid, match=sentence):
            await mover.move(moving.by_csv(file))


async def test_pages_of_a_file_move(mover: Mover, tmp_path: Path) -> None:
    await mover.write("/a", "/b,c")
    file = tmp_path / "moves.csv"
    file.write_bytes(b'\xef\xbb\xbfold,new\r\n/a,/x\r\n\r\n"/b,c",https://blog.example/y\r\n')
    assert len((await mover.move(moving.by_csv(file))).moved) == 2
    assert await mover.pages() == {"/x": 1, "/y": 1}


async def test_number_of_statements_of_a_plan_does_not_grow_with_the_pages(world: World, mover: Mover) -> None:
    numbers = []
    for count in (2, 20):
        await mover.write(*(f"/old/{count}/{number}" for number in range(count)))
        with recorded(world) as statements:
            report = await mover.maps("/old=/new", dry_run=True)
        numbers.append(len(statements))
    assert len(report.plan.moves) == 22
    assert numbers[0] == numbers[1]
