"""Pages that are one: found, merged after a look at what will be, split again, or told apart."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member
from tests.support.counters import check_counters
from tests.support.database import recorded
from tests.support.html import text_of
from tests.support.service import BLOG, World

ONE, OTHER, EMPTY = f"{BLOG}/posts/rye", f"{BLOG}/posts/rye.html", f"{BLOG}/posts/spelt"


@pytest.fixture
async def two(world: World, bob: Member) -> None:
    """A page with two comments and one that looks like it with one."""
    await world.set_site("blog", hold="none")
    for text in ("One.", "Two."):
        await world.post(text, url=ONE, title="Rye")
    await world.post("Three.", url=OTHER, title="Rye bread")


async def texts(world: World, url: str) -> list[str]:
    return sorted(comment["html"].strip() for comment in (await world.thread(url=url))["comments"])


def reasons(bob: Member) -> list[str]:
    return [text_of(pair) for pair in bob.page.all(".//ul[@class='pairs']/li/p")]


@pytest.mark.usefixtures("two")
async def test_pages_are_merged_after_a_look_and_split_again(world: World, bob: Member) -> None:
    before = await texts(world, ONE), await texts(world, OTHER)
    await bob.open("/admin/pages/alike")
    assert reasons(bob) == ["Their addresses are the same but for the ending."]
    await bob.follow("Merge: Rye, Rye bread")
    assert bob.page.text(".//h1") == "Merge two pages"
    shown = bob.page.text(".//main")
    assert all(told in shown for told in ("Rye bread", OTHER, "1 comment", ONE, "2 comments", "3 comments will be at"))
    merge = bob.page.one(".//main//button")
    bob.address = bob.page.one(".//main//form").get("action", "")
    await bob.open(bob.address)
    await bob.do(merge.get("value", ""))
    assert bob.told == ["Rye bread merged into another page."]
    assert await texts(world, ONE) == await texts(world, OTHER) == sorted(before[0] + before[1])
    await bob.follow("Rye")
    split = bob.page.one(".//ul[@class='pagelist']//button")
    assert text_of(split) == "Split: Rye bread"
    await bob.do(split.get("value", ""))
    assert (await texts(world, ONE), await texts(world, OTHER)) == before
    assert not bob.page.all(".//ul[@class='pagelist']")
    await check_counters(world)


@pytest.mark.usefixtures("two")
async def test_page_moves_to_an_address_without_comments(world: World, bob: Member) -> None:
    await bob.open("/admin/pages?q=rye.html")
    await bob.follow("Rye bread")
    page = bob.address
    await bob.open(f"{page}/merge?to={EMPTY}")
    assert bob.page.text(".//h1") == "Move a page"
    move = bob.page.one(".//main//button").get("value", "")
    assert move == f"move {EMPTY}"
    await bob.open(page)
    await bob.do(move)
    assert await texts(world, EMPTY) == await texts(world, OTHER) == ["<p>Three.</p>"]
    await bob.undo()
    assert await texts(world, EMPTY) == []
    assert await texts(world, OTHER) == ["<p>Three.</p>"]


@pytest.mark.parametrize(
    ("to", "status", "told"),
    [
        ("https://evil.example/", 422, "evil.example is not an address of this site"),
        (OTHER, 422, "The page is there already."),
        ("", 422, "The page's address"),
        ("javascript:alert(1)", 422, "The page's address"),
    ],
)
@pytest.mark.usefixtures("two")
async def test_address_that_cannot_be_is_refused_where_it_was_typed(
    bob: Member, to: str, status: int, told: str
) -> None:
    await bob.open("/admin/pages?q=rye.html")
    await bob.follow("Rye bread")
    await bob.open(f"{bob.address}/merge?to={to}")
    assert bob.answer.status_code == status
    assert bob.alert.startswith(told)
    assert bob.page.one(".//input[@name='to']").get("value") == to


@pytest.mark.usefixtures("two")
async def test_pages_that_are_told_apart_are_asked_about_no_more_until_it_is_undone(world: World, bob: Member) -> None:
    await bob.open("/admin/pages/alike")
    await bob.do(bob.page.one(".//ul[@class='pairs']//button").get("value", ""))
    assert bob.told == ["Rye told apart from another page that looks like it."]
    assert bob.page.text(".//p[@class='empty']") == "No two pages of blog look alike."
    await bob.undo()
    assert len(reasons(bob)) == 1
    await bob.undo()
    assert reasons(bob) == []


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ((f"{BLOG}/a", "", None), (f"{BLOG}/a?ref=1", "", None), "but for what follows “?”."),
        ((f"{BLOG}/a", "", None), (f"{BLOG}/A", "", None), "but for capitals."),
        ((f"{BLOG}/a", "", None), ("https://old.example/a/amp", "", None), "but for the host and the ending."),
        ((f"{BLOG}/a", "", None), (f"{BLOG}/a", "", "17"), "one is named by it, the other by an id of its own."),
        ((f"{BLOG}/a", "Bread", None), (f"{BLOG}/b", "bread", None), "Both have the same title."),
    ],
)
async def test_pages_that_look_alike_are_found_with_the_reason(
    world: World, bob: Member, first: tuple[str, str, str | None], second: tuple[str, str, str | None], why: str
) -> None:
    await world.set_site("blog", hold="none", origins=f"{BLOG},https://old.example")
    for url, title, page_id in (first, second):
        await world.post("Bread.", url=url, title=title, id=page_id)
    await bob.open("/admin/pages/alike")
    [told] = reasons(bob)
    assert told.endswith(why)


async def test_pages_that_have_little_in_common_are_not_asked_about(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    for number in range(7):  # a title that stands on all pages says nothing
        await world.post("Bread.", url=f"{BLOG}/{number}", title="My site")
    await bob.open("/admin/pages/alike")
    assert reasons(bob) == []


async def test_number_of_statements_does_not_grow_with_the_pairs(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    numbers = []
    for round_ in range(2):
        for number in range(4):
            for ending in ("", ".html"):
                await world.post("Bread.", url=f"{BLOG}/{round_}-{number}{ending}")
        with recorded(world) as statements:
            await bob.open("/admin/pages/alike")
        numbers.append((len(statements), len(reasons(bob))))
    assert numbers[0][0] == numbers[1][0]
    assert [found for _, found in numbers] == [4, 8]
