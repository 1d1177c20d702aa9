"""Taking over what one wrote as a guest: by a proved address, and a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.accounts import Person
from tests.support.counters import check_counters
from tests.support.html import text_of
from tests.support.service import BLOG, PAGE, SHOP, World
from widget import models
from widget.db import Tx
from widget.store import people

NewPerson = Callable[[], Person]
ANN = {"name": "Annie", "email": "ann@example.org"}
OTHER = f"{BLOG}/posts/cheese"
GUESTS = ".//section[@aria-labelledby='guest']"


async def names(world: World, url: str = PAGE) -> list[str]:
    """Of the authors on a page."""
    return [row["author"]["name"] for row in (await world.thread(url=url))["comments"]]


async def as_guest(world: World, url: str = PAGE, **guest: str) -> tuple[str, dict[str, str]]:
    """A comment by a guest of that address; its id, and the session's header."""
    body = {"url": url, "text": f"At {world.clock.time}.", "guest": {**ANN, **guest}}
    world.clock.pass_seconds(0.001)
    answer = await world.client.post("/api/v1/blog/comments", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], {"Authorization": f"Bearer {answer.headers['palaver-token']}"}


async def me(world: World, session: dict[str, str]) -> Any:
    answer = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=session)
    return answer.json()["person"]


async def kinds(world: World) -> list[str]:
    def read(tx: Tx) -> list[str]:
        return list(tx.conn.execute(sa.select(models.people.c.kind).order_by(models.people.c.kind)).scalars())

    found: list[str] = await world.db.read(read)
    return found


async def test_guest_comments_of_a_proved_address_are_offered_page_by_page(person: Person, world: World) -> None:
    await as_guest(world)
    await as_guest(world)
    await as_guest(world, OTHER)
    page = await person.sign_in("ann")
    items = [text_of(item) for item in page.all(f"{GUESTS}//li")]
    assert items == [
        f"{OTHER} blog, 1 comment This is mine",
        f"{PAGE} blog, 2 comments These are mine",
    ]
    assert [link.get("href") for link in page.all(f"{GUESTS}//li//a")] == [OTHER, PAGE]
    assert await names(world) == ["Annie", "Annie"], "nothing moves without a click"


async def test_person_claims_one_page_and_the_other_stays(person: Person, world: World) -> None:
    await as_guest(world)
    await as_guest(world, OTHER)
    await person.sign_in("ann")
    await person.press_button(person.page.one(f".//button[@aria-label='This is mine: {PAGE}']"))
    assert person.notice == "The comments are yours."
    assert (await names(world), await names(world, OTHER)) == (["Ann"], ["Annie"])
    assert len(person.page.all(f"{GUESTS}//li")) == 1


async def test_person_claims_all_pages_at_once(person: Person, world: World) -> None:
    for url in (PAGE, PAGE, OTHER):
        await as_guest(world, url)
    await world.post("Somebody else's.")
    await person.sign_in("ann")
    await person.choose("All of them are mine")
    assert not person.page.all(GUESTS)
    assert (await names(world), await names(world, OTHER)) == (["Ann", "Ann", "Gwen"], ["Ann"])
    assert await kinds(world) == ["guest", "member"], "who has nothing left is gone"


async def test_claimed_comment_is_changed_by_its_author_and_shows_no_provider(person: Person, world: World) -> None:
    comment, _ = await as_guest(world)
    await person.sign_in("ann")
    await person.choose("This is mine")
    shown = (await world.thread())["comments"][0]
    assert (shown["author"]["name"], shown["author"]["provider"]) == ("Ann", "")
    page = await person.open(f"/thread/blog?url={PAGE}")
    assert page.comment(comment).find(".//a[@class='edit']") is not None


async def test_sessions_of_the_guest_end(person: Person, world: World) -> None:
    _, session = await as_guest(world)
    assert (await me(world, session))["name"] == "Annie"
    await person.sign_in("ann")
    await person.choose("This is mine")
    assert await me(world, session) is None


async def test_sessions_of_a_guest_end_where_only_one_page_is_claimed(person: Person, world: World) -> None:
    _, session = await as_guest(world)
    await world.post("There too.", headers=session, url=OTHER, guest=ANN)
    await person.sign_in("ann")
    await person.press_button(person.page.one(f".//button[@aria-label='This is mine: {PAGE}']"))
    assert await names(world, OTHER) == ["Annie"]
    assert await me(world, session) is None


async def test_likes_of_guests_move_and_none_counts_twice(person: Person, world: World) -> None:
    comment = (await world.post("Likeable."))["id"]
    other = (await world.post("Also."))["id"]
    for _ in range(2):
        _, session = await as_guest(world)
        for liked in (comment, other):
            answer = await world.client.put(f"/api/v1/blog/comments/{liked}/like", headers=session)
            assert answer.status_code == 200
    await person.sign_in("ann")
    await person.like(comment)
    await person.account()
    await person.choose("These are mine")
    for liked in (comment, other):
        answer = await world.client.get(f"/api/v1/blog/comments/{liked}/likes")
        assert [each["name"] for each in answer.json()["people"]] == ["Ann"]
    await check_counters(world)


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("mill", {}),  # whose word on addresses does not count
        ("forge", {"email_verified": False}),
        ("forge", {"email": ""}),
        ("forge", {"email": "ANN@example.org"}),  # another mailbox, as far as anybody knows
        ("forge", {"email": "bann@example.org"}),
    ],
)
async def test_address_that_is_not_proved_claims_nothing(
    person: Person, world: World, provider: str, said: dict[str, Any]
) -> None:
    await as_guest(world)
    page = await person.sign_in("ann", provider, **said)
    assert not page.all(GUESTS)
    person.address = "/account"
    await person.send({"action": "claim", "page": "all"})
    assert await names(world) == ["Annie"]


async def test_guests_without_an_address_are_nobodys(person: Person, world: World) -> None:
    await world.set_site("blog", guest_email="optional")
    await as_guest(world, email="")
    await person.sign_in("ann", email="")
    person.address = "/account"
    await person.send({"action": "claim", "page": "all"})
    assert await names(world) == ["Annie"]


async def test_member_of_the_same_address_is_not_claimed(person: Person, new_person: NewPerson, world: World) -> None:
    other = new_person()
    await other.sign_in("bea", "mill", email="ann@example.org")
    await other.comment()
    page = await person.sign_in("ann")
    assert not page.all(GUESTS)
    person.address = "/account"
    await person.send({"action": "claim", "page": "all"})
    assert await names(world) == ["Bea"]


async def test_ban_of_a_guest_goes_with_what_they_wrote(person: Person, world: World) -> None:
    await as_guest(world)
    until = world.clock() + 10**9

    def ban(tx: Tx) -> None:
        guest = tx.conn.execute(sa.select(models.people.c.id)).scalar_one()
        people.set_standing(tx, world.blog.id, guest, banned_until=until)

    await world.db.write(ban)
    await person.sign_in("ann")
    await person.choose("This is mine")
    person.address = f"/thread/blog?url={PAGE}"
    page = await person.send({"action": "post", "text": "More."})
    assert person.answer.status_code == 403
    assert "You cannot take part on this site until 26 January 2027." in page.text(".//body")


async def test_person_of_an_import_is_claimed_on_every_site(person: Person, world: World) -> None:
    await as_guest(world)
    answer = await world.client.post("/api/v1/shop/comments", json={"url": f"{SHOP}/tea", "text": "Old.", "guest": ANN})
    assert answer.status_code == 201

    def as_imported(tx: Tx) -> None:
        tx.conn.execute(sa.update(models.people).values(kind="imported"))

    await world.db.write(as_imported)
    await person.sign_in("ann")
    await person.choose("All of them are mine")
    assert await names(world) == ["Ann"]
    tea = await world.client.get("/api/v1/shop/thread", params={"url": f"{SHOP}/tea"})
    assert tea.json()["comments"][0]["author"]["name"] == "Ann"


async def test_more_guests_than_one_unit_of_work_takes_are_all_claimed(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.joining.GUESTS", 2)
    for _ in range(5):
        await as_guest(world)
    await person.sign_in("ann")
    await person.choose("These are mine")
    assert await names(world) == ["Ann"] * 5
    assert await kinds(world) == ["member"]
    await check_counters(world)


@pytest.mark.parametrize("page", ["", "x", "0000000000000.0000000000000.1", "zzzzzzzzzzzzz.0000000000000"])
async def test_page_that_is_none_is_told(person: Person, page: str) -> None:
    await person.sign_in("ann")
    person.address = "/account"
    await person.send({"action": "claim", "page": page})
    assert person.answer.status_code == 422
    assert person.alert == "This form names no page."
