"""Linking a further identity, joining two accounts that way, and unlinking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from auth.sessions import PAGE_COOKIE
from auth.tokens import hash_token
from tests.support.accounts import Person
from tests.support.counters import check_counters
from tests.support.html import text_of
from tests.support.service import HOME, PAGE, SHOP, World
from widget import ids
from widget.db import Tx
from widget.store import attempts, comments, people
from widget.store.people import Person as Member

NewPerson = Callable[[], Person]
JOIN = "These are two accounts. Join them?"
SHOP_PAGE = f"{SHOP}/tea"


async def names(world: World, url: str = PAGE, site: str = "blog") -> list[str]:
    """Of the authors on a page."""
    answer = await world.client.get(f"/api/v1/{site}/thread", params={"url": url})
    return [row["author"]["name"] for row in answer.json()["comments"]]


async def document(world: World) -> str:
    """The page as everybody gets it, cached."""
    return str((await world.client.get("/embed/blog", params={"url": PAGE})).text)


async def liked_by(world: World, comment_id: str) -> list[str]:
    answer = await world.client.get(f"/api/v1/blog/comments/{comment_id}/likes")
    return [person["name"] for person in answer.json()["people"]]


async def member(world: World, comment_id: str) -> Member:
    """The author of a comment on the blog."""

    def read(tx: Tx) -> Member:
        comment = comments.get_comment(tx, world.blog.id, ids.decode(comment_id) or 0)
        assert comment is not None
        assert comment.person_id is not None
        found = people.get_person(tx, world.blog.id, comment.person_id)
        assert found is not None
        return found

    found: Member = await world.db.read(read)
    return found


async def test_identity_that_nobody_has_is_linked_and_signs_in(person: Person, new_person: NewPerson) -> None:
    await person.sign_in("ann")
    await person.link("ann-of-the-mill", "mill")
    assert person.notice == "The account is linked to yours. You can sign in with it from now on."
    elsewhere = new_person()
    page = await elsewhere.sign_in("ann-of-the-mill", "mill")
    ways = page.text(".//section[@aria-labelledby='ways']")
    assert "Forge Ann ann@example.org" in ways
    assert "Mill Ann-Of-The-Mill ann-of-the-mill@example.org (not proved)" in ways


async def test_two_accounts_become_one_with_all_that_was_theirs(
    person: Person, new_person: NewPerson, world: World
) -> None:
    other = new_person()
    await other.sign_in("bea", "mill")
    theirs = [await other.comment("Bea's."), await other.comment("Bea's, in the shop.", url=SHOP_PAGE, site="shop")]
    await person.sign_in("ann")
    mine = await person.comment("Ann's.")
    for comment in (theirs[0], mine):
        await person.like(comment)
        await other.like(comment)
    page = await person.link("bea", "mill")
    assert page.text(".//h1") == JOIN
    halves = [text_of(item) for item in page.all(".//main//li")]
    assert halves == ["Ann (Forge; 1 comment)", "Bea (Mill; 2 comments)"]
    assert await names(world) == ["Bea", "Ann"]
    assert "<bdi>Bea</bdi>" in await document(world)
    await person.choose("Join them")
    assert person.notice == "The two accounts are one."
    assert await names(world) == ["Ann", "Ann"]
    assert "<bdi>Bea</bdi>" not in await document(world)
    assert await names(world, SHOP_PAGE, "shop") == ["Ann"]
    for comment in (theirs[0], mine):
        assert await liked_by(world, comment) == ["Ann"]
    await check_counters(world)
    assert (await other.account()).text(".//*[@class='me']//b") == "Ann"
    assert (await new_person().sign_in("bea", "mill")).text(".//*[@class='me']//b") == "Ann"


async def test_joining_keeps_the_longer_ban_and_the_higher_role(
    person: Person, new_person: NewPerson, world: World
) -> None:
    other = new_person()
    await other.sign_in("bea", "mill")
    theirs = await member(world, await other.comment())
    await person.sign_in("ann")
    comment = await person.comment()
    mine = await member(world, comment)
    for who, role, banned_until in ((mine, "moderator", 5), (theirs, "author", 7)):
        await world.db.write(people.set_standing, world.blog.id, who.id, role=role, banned_until=banned_until)
    await world.db.write(people.set_standing, world.shop.id, theirs.id, banned_until=9)
    await person.link("bea", "mill")
    await person.choose("Join them")
    joined = await member(world, comment)
    assert (joined.id, joined.role, joined.banned_until) == (mine.id, "moderator", 7)
    in_shop = await world.db.read(people.get_person, world.shop.id, mine.id)
    assert (in_shop.role, in_shop.banned_until) == ("reader", 9)
    assert await world.db.read(people.get_person, world.blog.id, theirs.id) is None


async def proposed(person: Person, new_person: NewPerson) -> str:
    """Ann has proved to be Bea too, and is asked; the window's id."""
    await new_person().sign_in("bea", "mill")
    await person.sign_in("ann")
    page = await person.link("bea", "mill")
    assert page.text(".//h1") == JOIN
    return page.one(".//input[@name='w']").get("value", "")


async def test_joining_happens_once_whoever_presses_twice(person: Person, new_person: NewPerson, world: World) -> None:
    window = await proposed(person, new_person)
    headers = {
        "Origin": HOME,
        "Sec-Fetch-Site": "same-origin",
        "Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items()),
    }
    form = {"action": "join", "w": window}
    answers = await asyncio.gather(*(world.client.post("/account", data=form, headers=headers) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409, 409]
    page = await person.account()
    assert len(page.all(".//section[@aria-labelledby='ways']//li")) == 2


async def test_link_is_redeemed_by_its_own_session_once_and_in_time(
    person: Person, new_person: NewPerson, world: World
) -> None:
    window = await proposed(person, new_person)
    session, since = hash_token(person.cookies[PAGE_COOKIE]), world.clock() - 1
    for wrong in ((window, since, hash_token("another")), (window, since + 1, session), ("another", since, session)):
        assert await world.db.write(attempts.redeem_link, *wrong) is None
    assert await world.db.write(attempts.redeem_link, window, since, session) is not None
    assert await world.db.write(attempts.redeem_link, window, since, session) is None


@pytest.mark.parametrize("missing", ["window", "session", "time"])
async def test_joining_needs_both_proofs(person: Person, new_person: NewPerson, world: World, missing: str) -> None:
    window = await proposed(person, new_person)
    if missing == "window":
        person.cookies = {PAGE_COOKIE: person.cookies[PAGE_COOKIE]}
    elif missing == "session":
        kept = {name: value for name, value in person.cookies.items() if name != PAGE_COOKIE}
        await person.sign_in("ann")
        person.cookies |= kept
    else:
        world.clock.pass_seconds(600)
        kept = dict(person.cookies)
        await person.sign_in("ann")
        person.cookies = {**kept, **person.cookies}
    assert (await person.open(f"/account?w={window}")).text(".//h1") == "Your account"
    person.address = "/account"
    await person.send({"action": "join", "w": window})
    assert person.answer.status_code == 409
    assert person.alert == "That sign-in was used, or is too long ago. Please link the account again."
    assert (await new_person().sign_in("bea", "mill")).text(".//*[@class='me']//b") == "Bea"


async def test_stale_session_cannot_begin_to_link(person: Person, world: World) -> None:
    await person.sign_in("ann")
    world.clock.pass_seconds(600)
    page = await person.choose("Mill")
    assert person.answer.status_code == 403
    assert page.text(".//*[@role='alert']") == (
        "That needs a sign-in of the last ten minutes. Please sign in again first."
    )


async def test_account_of_a_sites_own_cannot_be_joined(person: Person, new_person: NewPerson, world: World) -> None:
    window = await proposed(person, new_person)

    def make_own(tx: Tx) -> None:
        tx.conn.exec_driver_sql("UPDATE identities SET provider = 'sso' WHERE subject = 'bea'")

    await world.db.write(make_own)
    await person.open(f"/account?w={window}")
    await person.choose("Join them")
    assert person.answer.status_code == 403
    assert person.alert == "An account of a site's own cannot be joined with others."


async def test_failed_link_leads_back_to_the_account(person: Person) -> None:
    page = await person.sign_in("ann")
    await person.press_button(page.one(".//button[@formaction='/auth/mill/start']"))
    state = person.state
    page = await person.open(f"/auth/mill/callback?error=access_denied&state={state}", "cross-site")
    assert page.text(".//*[@role='alert']") == "You did not agree at Mill, so nobody was signed in."
    assert page.link("Back to your account") == "/account"


async def test_person_unlinks_an_identity_and_its_sessions_end(
    person: Person, new_person: NewPerson, world: World
) -> None:
    await person.sign_in("ann")
    await person.link("ann-of-the-mill", "mill")
    elsewhere = new_person()
    await elsewhere.sign_in("ann-of-the-mill", "mill")
    page = await person.account()
    await person.press_button(page.one(".//button[@aria-label='Unlink Mill, Ann-Of-The-Mill']"))
    assert person.notice == "The account is no longer linked to yours."
    assert (await elsewhere.account()).text(".//h1") == "Sign in to see your account"
    await elsewhere.sign_in("ann-of-the-mill", "mill")
    assert elsewhere.page.text(".//*[@class='me']/p") == "Ann-Of-The-Mill 0 comments"
    assert len((await person.account()).all(".//section[@aria-labelledby='ways']//li")) == 1


async def test_only_way_to_sign_in_cannot_be_unlinked(person: Person, world: World) -> None:
    await person.sign_in("ann")
    page = await person.link("ann-of-the-mill", "mill")
    forge, mill = (
        button.get("value", "") for button in page.all(".//button[@name='identity']") if button.text == "Unlink"
    )
    headers = {
        "Origin": HOME,
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"{PAGE_COOKIE}={person.cookies[PAGE_COOKIE]}",
    }
    answers = await asyncio.gather(
        *(
            world.client.post("/account", data={"action": "unlink", "identity": identity}, headers=headers)
            for identity in (forge, mill)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert "This is the only way you can sign in." in max(answers, key=lambda answer: answer.status_code).text
    page = await person.account()
    assert len(page.all(".//section[@aria-labelledby='ways']//li")) == 1
    assert not [button for button in page.all(".//button") if button.text == "Unlink"]
