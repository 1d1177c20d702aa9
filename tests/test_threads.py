"""Reading threads of every size and shape: each comment once, in order, at a cost that does not grow with them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.cast import Cast, make_cast
from tests.support.database import engine_of, recorded
from tests.support.html import Html, Reader
from tests.support.service import PAGE, World, open_world
from widget import ids, models
from widget.db import Tx
from widget.news import read_news
from widget.store import pages, people, pins
from widget.store.changes import list_versions
from widget.store.comments import ids_in
from widget.store.threads import REPLIES, ROOTS

SORTS = ("old", "new", "best")
Row = dict[str, Any]


async def fill(
    world: World, roots: int, *, replies: int = 0, every_ms: int = 60_000, score: Callable[[int], int] = lambda _: 0
) -> list[str]:
    """So many further roots of the page, the newest made now, each with so many replies; the ids of the roots."""
    world.clock.pass_seconds(1 + roots * every_ms / 1000)
    made = []
    rows = []
    for number in range(roots):
        time = world.clock() - (roots - number) * every_ms
        root = _row(ids.new_id(time) if every_ms else ids.first_id(time) + number)
        rows += [{**root, "replies": replies, "score": score(number)}]
        rows += [_row(ids.first_id(time + 1) + reply, root) for reply in range(replies)]
        made.append(ids.encode(root["id"]))
    await world.db.write(_add_all, world.blog.id, rows)
    return made


def _row(comment_id: int, parent: Row | None = None) -> Row:
    path = (parent["path"] if parent else b"") + comment_id.to_bytes(8, "big")
    placed = {"id": comment_id, "path": path, "root_id": ids_in(path)[0], "depth": len(path) // 8 - 1}
    kept = {"status": "approved", "text": "x", "html": "<p>x</p>", "replies": 0, "score": 0}
    return {**placed, **kept, "parent_id": parent["id"] if parent else None}


def _add_all(tx: Tx, site_id: int, rows: list[Row]) -> None:
    page = pages.add_page(tx, site_id, "url:blog.example/posts/bread", PAGE, "")
    of = {"site_id": site_id, "page_id": page.id, "person_id": people.add_person(tx, "imported", "Ines", "", "")}
    tx.conn.execute(sa.insert(models.comments), [{**of, **row} for row in rows])
    pages.raise_version(tx, site_id, page.id, count=len(rows))


async def walk_roots(world: World, sort: str, between: Callable[[], Any] | None = None) -> list[Row]:
    """The roots of all pages, as a reader who pages on to the end sees them."""
    seen: list[Row] = []
    cursor: dict[str, str] = {}
    while True:
        page = await world.thread(sort=sort, **cursor)
        seen += [comment for comment in page["comments"] if comment["depth"] == 0]
        if page["next"] is None:
            return seen
        cursor = {"cursor": page["next"]}
        if between:
            await between()


async def read_branch(world: World, root: Row, shown: list[Row]) -> list[Row]:
    """All replies of a root: those that came with it, and those behind its cursor."""
    replies = [row for row in shown if row["depth"]]
    cursor = root["next_replies"]
    while cursor:
        answer = await world.client.get(f"/api/v1/blog/comments/{root['id']}/replies", params={"cursor": cursor})
        replies += answer.json()["comments"]
        cursor = answer.json()["next"]
    return replies


@pytest.mark.parametrize("sort", SORTS)
async def test_reader_who_pages_on_sees_every_root_once(world: World, sort: str) -> None:
    made = await fill(world, 2 * ROOTS + 7, score=lambda number: number % 3)
    scores = {root: number % 3 for number, root in enumerate(made)}
    order = {"old": made, "new": made[::-1], "best": sorted(made, key=lambda root: (scores[root], root), reverse=True)}
    assert [root["id"] for root in await walk_roots(world, sort)] == order[sort]


@pytest.mark.parametrize("sort", SORTS)
async def test_page_that_ends_with_the_last_root_leads_nowhere(world: World, sort: str) -> None:
    await fill(world, ROOTS)
    assert (await world.thread(sort=sort))["next"] is None


@pytest.mark.parametrize("sort", SORTS)
async def test_reader_who_pages_while_others_post_misses_and_repeats_nothing(world: World, sort: str) -> None:
    made = await fill(world, 2 * ROOTS + 5)

    async def post() -> None:
        await world.post(f"I come between, at {world.clock.time}.")

    seen = [root["id"] for root in await walk_roots(world, sort, post)]
    assert len(seen) == len(set(seen))
    assert [root for root in seen if root in made] == (made if sort == "old" else made[::-1])


async def test_roots_of_one_moment_and_score_are_paged_too(world: World) -> None:
    made = await fill(world, ROOTS + 10, every_ms=0)
    for sort in SORTS:
        seen = [root["id"] for root in await walk_roots(world, sort)]
        assert seen == (made if sort == "old" else made[::-1])


async def test_replies_are_paged_in_the_order_of_their_branches(world: World) -> None:
    root = await world.post("root")
    order: list[str] = []
    for _ in range(4):
        first = await world.post(f"first of {len(order)}", parent_id=root["id"])
        order.append(first["id"])
        for _ in range(30):
            order.append((await world.post(f"answer {len(order)}", parent_id=first["id"]))["id"])
    thread = await world.thread()
    shown = thread["comments"]
    assert len(shown) == 1 + REPLIES
    assert [reply["id"] for reply in await read_branch(world, shown[0], shown)] == order


@pytest.mark.parametrize("sort", SORTS)
async def test_permalink_far_below_opens_there_with_what_is_earlier(world: World, sort: str) -> None:
    made = await fill(world, 2 * ROOTS + 20, replies=1)
    walked = [root["id"] for root in await walk_roots(world, sort)]
    target = walked[ROOTS + 30]
    reader = Reader(world.client)
    page = await reader.open(f"/embed/blog?url={PAGE}&sort={sort}&comment={target}", "cross-site")
    roots = [item.get("id", "")[8:] for item in page.all(".//ol[@id='list']/li[@id]")]
    assert roots == walked[ROOTS + 30 : 2 * ROOTS + 30]
    assert "focused" in page.comment(target).get("class", "")
    page = await reader.follow("Show earlier")
    assert [item.get("id", "")[8:] for item in page.all(".//ol[@id='list']/li[@id]")] == walked[:ROOTS]
    assert set(walked) == set(made)


async def test_permalink_to_a_late_reply_opens_it_below_its_ancestors(world: World) -> None:
    root = await world.post("root")
    early = [await world.post(f"early {number}", parent_id=root["id"]) for number in range(REPLIES + 3)]
    parent = await world.post("parent", parent_id=root["id"])
    target = await world.post("target", parent_id=parent["id"])
    reader = Reader(world.client)
    page = await reader.open(f"/embed/blog?url={PAGE}&comment={target['id']}", "cross-site")
    assert page.comments() == [root["id"], parent["id"], target["id"]]
    page = await reader.follow("Show earlier replies")
    assert early[0]["id"] in page.comments()


async def test_permalink_to_nothing_is_not_found(world: World, cast: Cast) -> None:
    gone = await world.post(headers=cast.alice)
    await world.client.delete(f"/api/v1/blog/comments/{gone['id']}", headers=cast.alice)
    for comment in (gone["id"], "0123456789abc", "comment-0123456789abc"):
        answer = await world.client.get("/embed/blog", params={"url": PAGE, "comment": comment})
        assert answer.status_code == 404
        assert Html(answer.text).has_link("Back to the comments")


async def test_comment_of_another_page_is_not_opened_on_this_one(world: World) -> None:
    await world.post()
    other = await world.post(url="https://blog.example/other")
    answer = await world.client.get("/embed/blog", params={"url": PAGE, "comment": other["id"]})
    assert answer.status_code == 404


async def test_levels_beyond_paths_reach_are_kept_paged_and_shown(world: World) -> None:
    """320 ids fit into a path; what is deeper keeps its parent and stands under the ancestor at level 320."""
    rows = [_row(ids.first_id(world.clock()))]
    for level in range(1, 310):
        rows.append(_row(ids.first_id(world.clock()) + level, rows[-1]))
    await world.db.write(_add_all, world.blog.id, [{**row, "replies": 309 - row["depth"]} for row in rows])
    chain = [ids.encode(row["id"]) for row in rows]
    for level in range(310, 340):
        chain.append((await world.post(f"level {level}", parent_id=chain[-1]))["id"])
    thread = await world.thread()
    replies = await read_branch(world, thread["comments"][0], thread["comments"])
    assert [reply["id"] for reply in replies] == chain[1:]
    assert [reply["parent_id"] for reply in replies] == chain[:-1]
    assert [reply["depth"] for reply in replies] == [min(level, 320) for level in range(1, 340)]
    assert thread["comments"][0]["replies"] == 339
    reader = Reader(world.client)
    for deep in (chain[5], chain[339]):
        page = await reader.open(f"/embed/blog?url={PAGE}&comment={deep}", "cross-site")
        assert "focused" in page.comment(deep).get("class", "")


async def test_deleted_comment_keeps_its_place_only_while_replies_stand(world: World, cast: Cast) -> None:
    root = await world.post("root", headers=cast.alice)
    reply = await world.post("reply", headers=cast.alice, parent_id=root["id"])
    stays = (await world.client.delete(f"/api/v1/blog/comments/{root['id']}", headers=cast.alice)).json()
    assert (stays["author"], stays["html"], stays["status"]) == (None, "", "deleted")
    shown = (await world.thread())["comments"]
    assert [(row["id"], row["author"] is None) for row in shown] == [(root["id"], True), (reply["id"], False)]
    await world.client.delete(f"/api/v1/blog/comments/{reply['id']}", headers=cast.alice)
    assert (await world.thread())["comments"] == []


async def test_comment_that_a_moderator_removes_leaves_nothing_to_read(world: World, cast: Cast) -> None:
    root = await world.post("A secret word.", headers=cast.alice)
    await world.post("reply", parent_id=root["id"])
    await world.client.delete(f"/api/v1/blog/comments/{root['id']}", headers=cast.bob)
    shown = (await world.thread())["comments"][0]
    assert (shown["status"], shown["author"], shown["html"]) == ("rejected", None, "")
    document = await world.client.get("/embed/blog", params={"url": PAGE})
    assert "secret" not in document.text


async def test_held_comment_is_seen_by_its_author_alone(world: World, cast: Cast) -> None:
    await world.set_site("blog", hold="all")
    held = await world.post("Wait for it.", headers=cast.alice)
    assert held["status"] == "pending"
    assert (await world.thread())["comments"] == []
    for who, pending in ((cast.alice, [held["id"]]), (cast.dora, [])):
        me = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=who)
        assert [row["id"] for row in me.json()["pending"]] == pending


@pytest.mark.parametrize("seed", range(3))
async def test_counters_equal_a_recount_after_anything(sqlite_url: str, clock: Any, seed: int) -> None:
    async with open_world(sqlite_url, clock) as world:
        dice, cast, known = random.Random(seed), await make_cast(world), [(await world.post("first"))["id"]]
        for _ in range(120):
            await _do_anything(world, dice, cast, known)
        assert await world.db.read(_counted) == await world.db.read(_recounted)


async def _do_anything(world: World, dice: random.Random, cast: Cast, known: list[str]) -> None:
    comment = f"/api/v1/blog/comments/{dice.choice(known)}"
    deed = dice.choice(("post", "post", "reply", "reply", "edit", "delete", "like", "unlike", "hold"))
    token = dice.choice((cast.alice, cast.bob))
    text = {"text": f"{dice.random()}"}
    if deed == "hold":
        await world.set_site("blog", hold=dice.choice(("none", "all")))
    elif deed in ("post", "reply"):
        parent = {"parent_id": comment[-13:]} if deed == "reply" else {}
        answer = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, **text, **parent}, headers=token)
        if answer.status_code == 201:
            known.append(answer.json()["id"])
    elif deed == "edit":
        await world.client.patch(comment, json=text, headers=token)
    elif deed == "delete":
        await world.client.delete(comment, headers=token)
    else:
        await world.client.request("PUT" if deed == "like" else "DELETE", f"{comment}/like", headers=token)


def _counted(tx: Tx) -> tuple[int, dict[int, tuple[int, int, int]]]:
    c = models.comments.c
    rows = tx.conn.execute(sa.select(c.id, c.replies, c.likes, c.score)).all()
    count = tx.conn.execute(sa.select(models.pages.c.count)).scalar_one()
    return count, {row[0]: (row[1], row[2], row[3]) for row in rows}


def _recounted(tx: Tx) -> tuple[int, dict[int, tuple[int, int, int]]]:
    c = models.comments.c
    rows = tx.conn.execute(sa.select(c.id, c.path, c.status)).all()
    liked = [row[0] for row in tx.conn.execute(sa.select(models.likes.c.comment_id))]
    approved = [ids_in(path) for _, path, status in rows if status == "approved"]
    below = {row[0]: sum(row[0] in path[:-1] for path in approved) for row in rows}
    return len(approved), {row[0]: (below[row[0]], liked.count(row[0]), liked.count(row[0])) for row in rows}


READS = ("&own=1", "&comment={id}", "&own=1&reply={id}", "&replies={id}", "&likes={id}", "&cursor={cursor}")


async def _count_statements(world: World, root: str) -> list[int]:
    first, counts = await world.thread(sort="best"), []
    for read in READS:
        address = f"/embed/blog?url={PAGE}&sort=best" + read.format(id=root, cursor=first["next"] or "")
        with recorded(world) as statements:
            assert (await world.client.get(address)).status_code == 200
        counts.append(len([sql for sql, _ in statements if "FROM sites" not in sql]))  # known for a second
    return counts


async def test_number_of_statements_does_not_grow_with_the_thread(world: World) -> None:
    small = await fill(world, 5, replies=1)
    few = await _count_statements(world, small[0])
    large = await fill(world, 50, replies=REPLIES + 2, score=lambda _: 1)
    many = await _count_statements(world, large[10])
    assert (many[:-1], many[-1]) == (few[:-1], few[-1] + 1)  # a cursor by score seeks twice
    assert max(many) <= 9


LISTS = ("SCAN (subquery-1)", "SCAN CONSTANT ROW")  # of pages that are asked for, in the statement itself


async def test_every_reading_query_seeks_in_an_index(sqlite_url: str, clock: Any) -> None:
    async with open_world(sqlite_url, clock) as world:
        roots = await fill(world, 60, replies=15, score=lambda number: number % 4)
        await world.db.write(pins.set_pin, world.blog.id, ids.decode(roots[5]), world.clock())
        with recorded(world) as statements:
            for sort in SORTS:
                await walk_roots(world, sort)
                for read in READS:
                    address = f"/embed/blog?url={PAGE}&sort={sort}" + read.format(id=roots[3], cursor="")
                    assert (await world.client.get(address)).status_code == 200
            thread = await world.thread()
            await read_branch(world, thread["comments"][0], [])
            await world.client.get("/api/v1/blog/counts", params={"url": PAGE})
            page = thread["page"]["key"]
            news = await world.db.read(read_news, world.blog.id, page, 1)
            assert news is not None
            assert news.changes
            await world.db.read(list_versions, [(world.blog.id, page)])

        def explain(tx: Tx) -> list[tuple[str, str]]:
            return [
                (sql, row[3])
                for sql, parameters in statements
                for row in tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            ]

        plan = await world.db.read(explain)
        steps = {step for _, step in plan}
        for index in ("roots_by_time", "roots_by_score", "replies", "pinned", "changed"):
            assert any(f"INDEX ix_comments_{index} " in step for step in steps), index
        assert not [step for step in steps if step.startswith("SCAN") and step not in LISTS]
        # The one sort is of the first replies, at most ten and one for each root of a page.
        assert all("IN (SELECT root.id" in sql or "inner_reply" in sql for sql, step in plan if "TEMP B-TREE" in step)
        assert not [sql for sql, _ in plan if "count(" in sql.lower() or "RECURSIVE" in sql]


async def test_20000_comments_open_with_as_few_steps_as_300(sqlite_url: str, clock: Any) -> None:
    """Steps of SQLite's virtual machine stand for the rows that are read."""
    async with open_world(sqlite_url, clock) as world:
        roots = await fill(world, 150, replies=1)
        small = await _steps(world, roots[75])
        roots = await fill(world, 9_850, replies=1)
        large = await _steps(world, roots[5_000])
        assert large < 1.5 * small


async def _steps(world: World, comment: str) -> int:
    """How often SQLite called back, once in a hundred instructions, while the pages of a thread were read."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    def start(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(tick, 100)

    engine = engine_of(world)
    sa.event.listen(engine, "checkout", start)
    for sort in SORTS:
        first = await world.thread(sort=sort)
        await world.thread(sort=sort, cursor=first["next"])
        answer = await world.client.get("/embed/blog", params={"url": PAGE, "sort": sort, "comment": comment})
        assert answer.status_code == 200
    sa.event.remove(engine, "checkout", start)
    return count
