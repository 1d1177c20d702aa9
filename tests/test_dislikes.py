"""Dislikes, on sites that have them: counted apart from likes, and never both of one person."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.support.cast import Cast, Headers, cookie_of
from tests.support.html import Html, Reader
from tests.support.service import PAGE, World

FRAME = f"/embed/blog?url={quote(PAGE, safe='')}"
FRAGMENT = {"Palaver-Fragment": "1"}


@pytest.fixture
async def comment(world: World) -> str:
    """On a site where comments may be disliked."""
    await world.set_site("blog", votes="both")
    return str((await world.post())["id"])


async def ask(world: World, who: Headers, method: str, comment: str, what: str) -> tuple[int, int, bool, bool]:
    """Likes, score, and whether they like or dislike it now."""
    answer = await world.client.request(method, f"/api/v1/blog/comments/{comment}/{what}", headers=who)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return told["likes"], told["score"], told["liked"], told["disliked"]


async def me(world: World, who: Headers) -> dict[str, Any]:
    answer = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=who)
    told: dict[str, Any] = answer.json()
    return told


async def test_like_and_dislike_take_each_others_place(world: World, cast: Cast, comment: str) -> None:
    assert await ask(world, cast.bob, "PUT", comment, "like") == (1, 1, True, False)
    for _ in ("once", "again"):
        assert await ask(world, cast.alice, "PUT", comment, "dislike") == (1, 0, False, True)
    assert (await me(world, cast.alice))["disliked"] == [comment]
    assert await ask(world, cast.alice, "DELETE", comment, "like") == (1, 0, False, True)
    assert await ask(world, cast.alice, "PUT", comment, "like") == (2, 2, True, False)
    assert (await me(world, cast.alice))["disliked"] == []
    assert (await me(world, cast.alice))["liked"] == [comment]
    assert await ask(world, cast.alice, "DELETE", comment, "dislike") == (2, 2, True, False)
    assert await ask(world, cast.alice, "DELETE", comment, "like") == (1, 1, False, False)


async def test_names_are_those_who_like_it_alone(world: World, cast: Cast, comment: str) -> None:
    await ask(world, cast.bob, "PUT", comment, "like")
    await ask(world, cast.alice, "PUT", comment, "dislike")
    likers = await world.client.get(f"/api/v1/blog/comments/{comment}/likes")
    assert [person["name"] for person in likers.json()["people"]] == ["Bob"]


async def test_best_comes_first_by_likes_less_dislikes(world: World, cast: Cast, comment: str) -> None:
    other = (await world.post("Another."))["id"]
    for who in (cast.alice, cast.dora):
        await ask(world, who, "PUT", comment, "like")
    for who in (cast.bob, cast.charlie):
        await ask(world, who, "PUT", comment, "dislike")
    await ask(world, cast.alice, "PUT", other, "like")
    assert [row["id"] for row in (await world.thread(sort="best"))["comments"]] == [other, comment]


async def test_shared_document_shows_button_and_number_only_where_there_are_dislikes(
    world: World, cast: Cast, comment: str
) -> None:
    await ask(world, cast.alice, "PUT", comment, "dislike")
    page = Html((await world.client.get(FRAME)).text)
    assert [button.text for button in page.all(".//span[@class='likes']/button")] == ["Like", "Dislike"]
    assert page.text(".//span[@class='dislikes']") == "1 dislike"
    await ask(world, cast.bob, "PUT", comment, "dislike")
    assert Html((await world.client.get(FRAME)).text).text(".//span[@class='dislikes']") == "2 dislikes"
    await world.set_site("blog", votes="up")
    shared = (await world.client.get(FRAME)).text
    assert ("islike" in shared, "votes" in shared) == (False, False)
    assert (await world.thread())["comments"][0]["score"] == -2


async def test_reader_dislikes_without_scripts_and_takes_it_back(world: World, cast: Cast, comment: str) -> None:
    reader = Reader(world.client, **cookie_of(world, cast.alice))
    page = await reader.open(f"{FRAME}&own=1")
    for value, number in (("dislike", 1), ("undislike", 0)):
        form = page.one(f".//li[@id='comment-{comment}']/article/form[@class='acts']")
        page = await reader.press(form, value)
        assert reader.answer.status_code == 200
        assert len(page.all(".//span[@class='dislikes']")) == number
        pressed = page.all(".//button[@aria-pressed='true']")
        assert [button.text for button in pressed] == ["Dislike"] * number


async def test_fragment_after_a_dislike_has_both_buttons(world: World, cast: Cast, comment: str) -> None:
    form = {"action": "dislike", "comment": comment}
    answer = await world.client.post(FRAME, data=form, headers={**cast.alice, **FRAGMENT})
    buttons = Html(answer.text).all(".//button")
    assert [(button.get("value"), button.get("aria-pressed")) for button in buttons] == [
        ("like", None),
        ("undislike", "true"),
    ]


async def test_site_without_dislikes_takes_none_and_gives_back_old_ones(world: World, cast: Cast, comment: str) -> None:
    await ask(world, cast.alice, "PUT", comment, "dislike")
    await world.set_site("blog", votes="up")
    refused = await world.client.put(f"/api/v1/blog/comments/{comment}/dislike", headers=cast.bob)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "no_dislikes")
    assert await ask(world, cast.alice, "DELETE", comment, "dislike") == (0, 0, False, False)
