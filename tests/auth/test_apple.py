"""Signing in with Apple, whose answer comes by a form that another site posts, and so without our cookies."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from auth import Provider, known_provider
from auth.tokens import new_token
from tests.auth.apple import APPLE as ORIGIN
from tests.auth.apple import CLIENT, KEY_ID, PRIVATE_KEY, SUBJECT, TEAM, Apple
from tests.auth.world import Browser, Clock, Service, location
from widget.db import Database, Tx
from widget.models import identities

USER: dict[str, Any] = {"name": {"firstName": "Ann", "lastName": "Apple"}, "email": "unsigned@example.org"}
POSTED = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
KEYS = {"id": CLIENT, "team": TEAM, "key_id": KEY_ID, "private_key": PRIVATE_KEY}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind will do: what is kept of an answer is tried on both elsewhere."""
    return sqlite_url


@pytest.fixture
def apple(clock: Clock) -> Apple:
    return Apple(clock)


@pytest.fixture
def hosts(apple: Apple) -> dict[str, httpx2.AsyncBaseTransport]:
    return {ORIGIN: httpx2.ASGITransport(apple)}


@pytest.fixture
def providers() -> dict[str, Provider]:
    return {"apple": known_provider("apple", KEYS)}


async def post(service: Service, form: dict[str, str], provider: str = "apple") -> httpx2.Response:
    """The browser posts the answer; a Lax cookie does not go with it."""
    return await Browser(service).window.post(f"/auth/{provider}/callback", data=form, headers=POSTED)


async def sign_in(browser: Browser, service: Service, apple: Apple, user: dict[str, Any] | None) -> str:
    """All of it; the page that says that it is done."""
    authorize = await browser.to_provider(secret := new_token(), "apple", choose="1")
    ours = location(await post(service, apple.agree(authorize, user)))
    done = await browser.go(location(await browser.go(ours, site="cross-site")))
    assert (await browser.ask(secret))["status"] == "done"
    return done.text


async def refused(browser: Browser, secret: str) -> bool:
    return (await browser.ask(secret))["status"] == "cancelled" and await browser.who() is None


async def test_a_reader_signs_in_and_their_name_is_kept_for_it_comes_once(
    browser: Browser, service: Service, apple: Apple, db: Database
) -> None:
    assert "as <bdi>Ann Apple</bdi>" in await sign_in(browser, service, apple, USER)
    assert await browser.who() == "Ann Apple"
    assert "as <bdi>Ann Apple</bdi>" in await sign_in(browser, service, apple, None)
    assert await browser.who() == "Ann Apple"
    assert await db.read(_identities) == [
        (ORIGIN, SUBJECT, "Ann Apple", "abc@privaterelay.appleid.example", True),
    ]


def _identities(tx: Tx) -> list[tuple[object, ...]]:
    columns = (identities.c[name] for name in ("issuer", "subject", "name", "email", "email_verified"))
    return [tuple(row) for row in tx.conn.execute(sa.select(*columns))]


async def test_who_never_told_a_name_has_none(browser: Browser, service: Service, apple: Apple) -> None:
    assert "as <bdi>Anonymous</bdi>" in await sign_in(browser, service, apple, None)
    assert "as <bdi>Ann Apple</bdi>" in await sign_in(browser, service, apple, USER)


async def test_the_secret_is_signed_anew_and_lives_for_minutes(
    browser: Browser, service: Service, apple: Apple, clock: Clock
) -> None:
    await sign_in(browser, service, apple, USER)
    clock.forward(minutes=1)
    await sign_in(browser, service, apple, None)
    first, second = apple.secrets
    assert (first["iss"], first["sub"], first["aud"]) == (TEAM, CLIENT, ORIGIN)
    assert first["exp"] - first["iat"] == 300
    assert second["iat"] - first["iat"] == 60


async def test_the_answer_stays_out_of_the_address(browser: Browser, service: Service, apple: Apple) -> None:
    form = apple.agree(await browser.to_provider(new_token(), "apple"), USER)
    answer = await post(service, form)
    assert location(answer) == f"/auth/apple/callback?state={form['state']}"
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_an_answer_is_taken_once(browser: Browser, service: Service, apple: Apple) -> None:
    form = apple.agree(await browser.to_provider(secret := new_token(), "apple"), USER)
    ours = location(await post(service, form))
    assert location(await post(service, {**form, "code": "another"})) == "/auth/refused?why=used"
    await browser.go(ours, site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"
    assert location(await post(service, form)) == "/auth/refused?why=used"
    assert location(await browser.go(ours, site="cross-site")) == "/auth/refused?why=used"


@pytest.mark.parametrize("state", ["", "A" * 43, "not-a-state", "%00", "A" * 500])
async def test_an_answer_with_an_unknown_state_is_refused(
    browser: Browser, service: Service, apple: Apple, state: str
) -> None:
    form = apple.agree(await browser.to_provider(new_token(), "apple"), USER, state=state)
    assert location(await post(service, form)) == "/auth/refused?why=used"


async def test_an_answer_that_comes_late_is_refused(
    browser: Browser, service: Service, apple: Apple, clock: Clock
) -> None:
    form = apple.agree(await browser.to_provider(new_token(), "apple"), USER)
    clock.forward(minutes=10)
    assert location(await post(service, form)) == "/auth/refused?why=used"


async def test_an_answer_that_is_too_large_is_not_kept(browser: Browser, service: Service, apple: Apple) -> None:
    form = apple.agree(await browser.to_provider(new_token(), "apple"), USER)
    assert location(await post(service, {**form, "user": "x" * 8_192})) == "/auth/refused?why=too_large"
    assert location(await post(service, form)).startswith("/auth/apple/callback?")


async def test_another_browser_cannot_finish_it(
    browser: Browser, other_browser: Browser, service: Service, apple: Apple
) -> None:
    """Not even who posted the answer: at our own GET the window's cookie is asked for, as with every provider."""
    authorize = await browser.to_provider(secret := new_token(), "apple")
    ours = location(await post(service, apple.agree(authorize, USER)))
    assert location(await other_browser.go(ours, site="cross-site")) == "/auth/refused?why=wrong_window"
    assert await refused(browser, secret)
    assert await other_browser.who() is None


async def test_a_state_without_a_posted_answer_signs_nobody_in(browser: Browser, apple: Apple) -> None:
    """What stands in the address counts for nothing, for Apple posts."""
    form = apple.agree(await browser.to_provider(secret := new_token(), "apple"), USER)
    url = str(httpx2.URL("/auth/apple/callback", params=form))
    page = await browser.go(location(await browser.go(url, site="cross-site")))
    assert "could not be understood" in page.text
    assert await refused(browser, secret)


async def test_providers_that_do_not_post_cannot_be_answered_for_so(
    browser: Browser, service: Service, apple: Apple
) -> None:
    form = apple.agree(await browser.to_provider(new_token(), "apple"), USER)
    for provider in ("idp", "demo", "nobody"):
        assert location(await post(service, form, provider)).startswith("/auth/refused?why=")
    assert location(await post(service, form)).startswith("/auth/apple/callback?")


async def test_a_reader_who_says_no_is_told_so(browser: Browser, service: Service, apple: Apple) -> None:
    form = apple.agree(await browser.to_provider(secret := new_token(), "apple"))
    ours = location(await post(service, {"state": form["state"], "error": "user_cancelled_authorize"}))
    await browser.go(ours, site="cross-site")
    assert (await browser.ask(secret))["message"] == "You did not agree at Apple, so nobody was signed in."


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"nonce": "another"}, {"iss": "https://evil.example"}])
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    browser: Browser, service: Service, apple: Apple, claims: dict[str, str]
) -> None:
    apple.claims = claims
    authorize = await browser.to_provider(secret := new_token(), "apple")
    await browser.go(location(await post(service, apple.agree(authorize, USER))), site="cross-site")
    assert await refused(browser, secret)
