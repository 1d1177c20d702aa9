"""The account's page: who may open it, and what its forms do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from auth.sessions import PAGE_COOKIE
from tests.support.accounts import Person
from tests.support.cast import Cast
from tests.support.database import recorded
from tests.support.html import Html, text_of
from tests.support.service import BLOG, HOME, PAGE, World

NewPerson = Callable[[], Person]
OURS = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
SIGN_IN = "Sign in to see your account"


async def author(world: World, url: str = PAGE) -> str:
    """Of the one comment on the page, as everybody gets it."""
    document = await world.client.get("/embed/blog", params={"url": url})
    return Html(document.text).text(".//article/header/b")


async def test_nobody_is_asked_to_sign_in(person: Person) -> None:
    page = await person.account()
    assert page.text(".//h1") == SIGN_IN
    labels = [text_of(button) for button in page.all(".//button")]
    assert labels == ["Forge", "Mill"]


async def test_somebody_who_signed_in_sees_their_account(person: Person) -> None:
    page = await person.sign_in("ann")
    assert (page.text(".//h1"), page.text(".//title")) == ("Your account", "Your account")
    assert page.text(".//*[@class='me']/p") == "Ann 0 comments"
    assert "Forge Ann ann@example.org, since 15 January 2027" in page.text(".//section[@aria-labelledby='ways']")


async def test_account_is_framed_by_nobody_and_kept_by_nobody(person: Person) -> None:
    for said in (await person.account(), await person.sign_in("ann")):
        headers = person.answer.headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], said
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "same-origin"
        assert "no-store" in headers["cache-control"]


async def test_sign_in_of_eleven_minutes_ago_is_asked_for_again(person: Person, world: World) -> None:
    await person.sign_in("ann")
    world.clock.pass_seconds(599)
    assert (await person.account()).text(".//h1") == "Your account"
    world.clock.pass_seconds(1)
    assert (await person.account()).text(".//h1") == SIGN_IN
    await person.sign_in("ann")
    assert (await person.account()).text(".//h1") == "Your account"


ACTIONS = ("rename", "follow", "picture", "draw", "unlink", "join", "claim", "end", "end_others")


@pytest.mark.parametrize("action", ACTIONS)
async def test_stale_session_changes_nothing(person: Person, world: World, action: str) -> None:
    await person.sign_in("ann")
    world.clock.pass_seconds(600)
    person.address = "/account"
    with recorded(world) as statements:
        page = await person.send({"action": action, "name": "Bea", "page": "all"})
    assert person.answer.status_code == 403
    assert "Sign in" in page.text(".//h1")
    assert not [sql for sql, _ in statements if sql.startswith(("UPDATE", "DELETE", "INSERT"))]


async def test_stale_session_keeps_the_name_that_was_typed(person: Person, new_person: NewPerson, world: World) -> None:
    await person.sign_in("ann")
    world.clock.pass_seconds(600)
    await person.choose("Save", name="Ann of the Mill")
    assert person.page.one(".//input[@name='name']").get("value") == "Ann of the Mill"
    other_window = new_person()
    other_window.cookies = person.cookies
    await other_window.sign_in("ann")
    page = await person.choose("Save")
    assert person.notice == "Your name is changed, on all your comments."
    assert page.text(".//*[@class='me']//b") == "Ann of the Mill"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://blog.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": HOME, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
@pytest.mark.parametrize("address", ["/account", "/account/erase"])
async def test_foreign_page_changes_nothing(
    person: Person, world: World, address: str, headers: dict[str, str]
) -> None:
    await person.sign_in("ann")
    cookie = {"Cookie": f"{PAGE_COOKIE}={person.cookies[PAGE_COOKIE]}"}
    form = {"action": "rename", "name": "Mallory", "sure": "yes"}
    answer = await world.client.post(address, data=form, headers={**headers, **cookie})
    assert answer.status_code == 403
    assert "This request did not come from our own page, so it was not carried out." in answer.text
    assert (await person.account()).text(".//*[@class='me']//b") == "Ann"


async def test_program_with_the_cookie_is_nobody(person: Person, world: World) -> None:
    await person.sign_in("ann")
    cookie = {"Cookie": f"{PAGE_COOKIE}={person.cookies[PAGE_COOKIE]}"}
    answer = await world.client.post("/account", data={"action": "rename", "name": "Mallory"}, headers=cookie)
    assert answer.status_code == 403
    assert SIGN_IN in (await world.client.get("/account", headers=cookie)).text


async def test_unknown_action_is_told(person: Person) -> None:
    await person.sign_in("ann")
    person.address = "/account"
    await person.send({"action": "promote"})
    assert person.answer.status_code == 422
    assert person.alert == "This form says nothing that can be done here."


async def test_what_an_address_says_is_never_shown(person: Person) -> None:
    await person.sign_in("ann")
    page = await person.open("/account?told=You+won")
    assert not page.all(".//*[@role='status']")
    assert "You won" not in person.answer.text


async def test_person_chooses_a_name_that_no_provider_changes(person: Person, world: World) -> None:
    await person.sign_in("ann")
    await person.comment()
    assert await author(world) == "Ann"
    await person.account()
    await person.choose("Save", name="  Ann \u202e of the   Mill ")
    assert await author(world) == "Ann of the Mill"
    await person.sign_in("ann", name="Ann Author")
    assert await author(world) == "Ann of the Mill"
    await person.choose("Use the name from Forge: Ann Author")
    assert await author(world) == "Ann Author"
    await person.sign_in("ann", name="Ann A.")
    assert await author(world) == "Ann A."


async def test_name_that_a_provider_changes_is_changed_on_every_page(person: Person, world: World) -> None:
    await person.sign_in("ann")
    for url in (PAGE, f"{BLOG}/posts/cheese"):
        await person.comment(url=url)
        assert await author(world, url) == "Ann"
    await person.sign_in("ann", name="Anna")
    for url in (PAGE, f"{BLOG}/posts/cheese"):
        assert await author(world, url) == "Anna"


@pytest.mark.parametrize("name", ["Bob", "BOB", "B\u043eb"])
async def test_name_that_looks_like_that_of_staff_is_refused(
    person: Person, world: World, cast: Cast, name: str
) -> None:
    await person.sign_in("ann")
    page = await person.choose("Save", name=name)
    assert person.answer.status_code == 422
    assert page.one(".//input[@name='name']").get("value") == name
    assert page.text(".//em") == (
        f"“{name}” is, or looks like, the name of somebody who looks after comments here. Choose another."
    )
    assert page.text(".//*[@class='me']//b") == "Ann"


async def test_staff_may_keep_the_name_they_have(person: Person, world: World, cast: Cast) -> None:
    await person.sign_in("bob")
    await person.choose("Save", name="Bob")
    assert person.notice == "Your name is changed, on all your comments."


async def test_name_that_shows_nothing_is_refused(person: Person) -> None:
    await person.sign_in("ann")
    page = await person.choose("Save", name="\u200b \u202e")
    assert person.answer.status_code == 422
    assert page.one(".//input[@name='name']").get("aria-invalid") == "true"
    assert page.text(".//em") == "Please tell the name that your comments shall be shown under."
    assert page.text(".//*[@class='me']//b") == "Ann"
