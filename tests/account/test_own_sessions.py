"""Where one is signed in, and ending that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auth.sessions import PAGE_COOKIE, new_frame_session
from auth.tokens import hash_token
from tests.support.accounts import Person
from tests.support.html import text_of
from tests.support.service import HOME, PAGE, World
from widget.store import sessions

NewPerson = Callable[[], Person]
SIGN_IN = "Sign in to see your account"


async def frame_of(world: World, person: Person) -> dict[str, str]:
    """A frame of the blog in that browser, signed in from its first-party session; the header of its token."""
    parent = hash_token(person.cookies[PAGE_COOKIE])
    found: Any = await world.db.read(sessions.get_session, parent, world.clock())
    token, row = new_frame_session(found.person_id, world.blog.id, "forge", world.clock(), device="Firefox on Linux")
    await world.db.write(sessions.add_session, row._replace(parent_hash=parent))
    return {"Authorization": f"Bearer {token}"}


async def is_known(world: World, session: dict[str, str]) -> bool:
    answer = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=session)
    return answer.json()["person"] is not None


def listed(person: Person) -> list[str]:
    return [text_of(item) for item in person.page.all(".//section[@aria-labelledby='sessions']//li")]


async def test_sessions_are_listed_with_where_and_since_when(
    person: Person, new_person: NewPerson, world: World
) -> None:
    await new_person().sign_in("ann")
    world.clock.pass_seconds(24 * 3600)
    await person.sign_in("ann")
    await frame_of(world, person)
    await person.account()
    assert sorted(listed(person)) == [
        "An unknown browser, this service This one since 16 January 2027, last seen 16 January 2027",
        "An unknown browser, this service since 15 January 2027, last seen 15 January 2027 End",
        "Firefox on Linux, blog since 16 January 2027, last seen 16 January 2027 End",
    ]


async def test_session_that_was_idle_too_long_is_not_listed(
    person: Person, new_person: NewPerson, world: World
) -> None:
    await new_person().sign_in("ann")
    world.clock.pass_seconds(60 * 24 * 3600 + 1)
    await person.sign_in("ann")
    assert len(listed(person)) == 1


async def test_person_ends_a_session_elsewhere_with_its_frame(
    person: Person, new_person: NewPerson, world: World
) -> None:
    elsewhere = new_person()
    await elsewhere.sign_in("ann")
    frame = await frame_of(world, elsewhere)
    await person.sign_in("ann")
    [end] = person.page.all(".//button[@aria-label='End: Firefox on Linux, blog']")
    await person.press_button(end)
    assert person.notice == "The session has ended."
    assert not await is_known(world, frame)
    assert (await elsewhere.account()).text(".//h1") == SIGN_IN
    assert len(listed(person)) == 1


async def test_person_ends_a_frame_of_this_browser_and_stays_signed_in_here(person: Person, world: World) -> None:
    await person.sign_in("ann")
    frame = await frame_of(world, person)
    await person.account()
    await person.choose("End")
    assert person.notice == "The session has ended."
    assert not await is_known(world, frame)
    assert len(listed(person)) == 1


async def test_person_ends_all_others(person: Person, new_person: NewPerson, world: World) -> None:
    elsewhere = new_person()
    await elsewhere.sign_in("ann")
    frame = await frame_of(world, elsewhere)
    await person.sign_in("ann")
    await person.choose("End all others")
    assert person.notice == "All other sessions have ended."
    assert not await is_known(world, frame)
    assert (await elsewhere.account()).text(".//h1") == SIGN_IN
    assert len(listed(person)) == 1


async def test_session_of_somebody_else_cannot_be_ended(person: Person, new_person: NewPerson) -> None:
    other = new_person()
    await other.sign_in("bea")
    await new_person().sign_in("bea")
    page = await other.account()
    handle = page.one(".//button[@name='session']").get("value", "")
    await person.sign_in("ann")
    person.address = "/account"
    await person.send({"action": "end", "session": handle})
    assert person.answer.status_code == 404
    assert person.alert == "That session has ended already."
    await other.account()
    assert len(listed(other)) == 2


async def test_person_logs_out_here_or_everywhere(person: Person, new_person: NewPerson) -> None:
    elsewhere = new_person()
    await elsewhere.sign_in("ann")
    await person.sign_in("ann")
    page = await person.choose("Log out")
    assert page.text(".//h1") == "You are signed out"
    assert (await person.account()).text(".//h1") == SIGN_IN
    assert (await elsewhere.account()).text(".//h1") == "Your account"
    await person.sign_in("ann")
    await person.choose("Log out everywhere")
    assert (await elsewhere.account()).text(".//h1") == SIGN_IN


async def test_frame_session_opens_nothing_of_the_account(person: Person, world: World) -> None:
    await person.sign_in("ann")
    frame = await frame_of(world, person)
    token = frame["Authorization"].removeprefix("Bearer ")
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    for headers in (frame, {"Cookie": f"{PAGE_COOKIE}={token}", **ours}):
        for address in ("/account", "/account/export", "/account/erase"):
            answer = await world.client.get(address, headers=headers)
            assert SIGN_IN in answer.text, (address, headers)
        answer = await world.client.post("/account", data={"action": "end_others"}, headers={**headers, "Origin": HOME})
        assert answer.status_code == 403
