"""What must not work, whoever tries: a sign-in redeemed, finished or used by anybody but who began it."""

from __future__ import annotations

import asyncio

import pytest

from auth.sessions import frame_cookie_name
from auth.tokens import new_token
from tests.auth.issuer import Issuer
from tests.auth.world import BLOG, HOME, Browser, Clock, Service, location, query_of


async def test_a_start_with_a_known_secret_is_refused_for_everybody(browser: Browser, other_browser: Browser) -> None:
    secret = new_token()
    await browser.open_window(secret)
    for one in (browser, other_browser):
        answer = await one.open_window(secret)
        assert location(answer) == "/auth/refused?why=used"
        assert "set-cookie" not in answer.headers
    await browser.ask(secret, path="/auth/cancel")
    assert location(await browser.open_window(secret)) == "/auth/refused?why=used"


async def test_one_secret_started_twice_at_once_opens_one_window(browser: Browser) -> None:
    secret = new_token()
    answers = await asyncio.gather(*(browser.open_window(secret) for _ in range(8)))
    opened = [answer for answer in answers if location(answer).startswith("/auth/window")]
    assert len(opened) == 1


async def test_a_window_without_its_cookie_goes_nowhere(browser: Browser, other_browser: Browser) -> None:
    window = location(await browser.open_window(new_token()))
    assert location(await other_browser.go(window)) == "/auth/refused?why=wrong_window"
    done = window.replace("/auth/window", "/auth/done")
    assert location(await other_browser.go(done)).startswith("/auth/refused")


async def test_a_window_cookie_opens_no_other_window(browser: Browser, other_browser: Browser) -> None:
    mine = query_of(HOME + location(await browser.open_window(new_token())))["w"]
    theirs = query_of(HOME + location(await other_browser.open_window(new_token())))["w"]
    token = browser.window.cookies[f"__Host-palaver-window-{mine}"]
    browser.window.cookies.set(f"__Host-palaver-window-{theirs}", token, domain="comments.example")
    assert location(await browser.go(f"/auth/window?w={theirs}")) == "/auth/refused?why=wrong_window"


async def test_an_attempt_is_redeemed_once(browser: Browser, other_browser: Browser) -> None:
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    answers = await asyncio.gather(*(browser.ask(secret) for _ in range(8)))
    assert [answer["status"] for answer in answers] == ["done"] * 8
    assert sum("token" in answer for answer in answers) == 1
    assert await other_browser.ask(secret) == {"status": "done"}  # it asks who it is, and is nobody
    assert await other_browser.who() is None


async def test_an_attempt_is_not_redeemed_late(browser: Browser, clock: Clock) -> None:
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    clock.forward(minutes=5)
    assert (await browser.ask(secret))["status"] == "expired"
    assert await browser.who() is None


async def test_an_attempt_is_not_redeemed_after_cancel(browser: Browser) -> None:
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    assert (await browser.ask(secret, path="/auth/cancel"))["status"] == "cancelled"
    assert (await browser.ask(secret))["status"] == "cancelled"
    assert await browser.who() is None


async def test_an_attempt_is_not_redeemed_with_another_secret(browser: Browser) -> None:
    await browser.go(await browser.choose_person(await browser.to_provider(new_token())))
    assert await browser.ask(new_token()) == {"status": "waiting"}
    answer = await browser.fetch("POST", "/auth/redeem", json={"secret": "x", "site": "blog"})
    assert answer.status_code == 400


async def test_an_attempt_is_not_redeemed_or_cancelled_for_another_site(browser: Browser) -> None:
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    assert (await browser.ask(secret, "shop"))["status"] == "expired"
    await browser.ask(secret, "shop", path="/auth/cancel")
    assert (await browser.ask(secret, "blog"))["status"] == "done"


async def test_an_attempt_is_not_redeemed_after_its_first_party_session_was_ended(browser: Browser) -> None:
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    await browser.submit("/auth/logout")
    assert (await browser.ask(secret))["status"] == "expired"


async def test_a_providers_address_begun_in_one_browser_is_not_finished_in_another(
    browser: Browser, other_browser: Browser
) -> None:
    """The one who began could otherwise be signed in as whoever was lured, or lure them into their own account."""
    authorize = await browser.to_provider(secret := new_token())
    callback = await other_browser.choose_person(authorize, "yuki")
    answer = await other_browser.go(callback)
    assert location(answer) == "/auth/refused?why=wrong_window"
    assert "set-cookie" not in answer.headers
    assert (await browser.ask(secret))["status"] == "cancelled"
    assert location(await browser.go(callback)) == "/auth/refused?why=used"
    assert (await other_browser.go("/me")).json()["name"] is None


async def test_a_callback_is_not_replayed(browser: Browser) -> None:
    callback = await browser.choose_person(await browser.to_provider(new_token()))
    answers = await asyncio.gather(*(browser.go(callback) for _ in range(6)))
    assert sum("set-cookie" in answer.headers for answer in answers) == 1
    assert location(await browser.go(callback)) == "/auth/refused?why=used"


@pytest.mark.parametrize("callback_of", ["other", "demo", "nobody"])
async def test_state_of_one_issuer_is_refused_at_anothers_callback(
    browser: Browser, issuer: Issuer, callback_of: str
) -> None:
    authorize = await browser.to_provider(secret := new_token(), "idp")
    callback = issuer.agree(authorize).replace("/auth/idp/", f"/auth/{callback_of}/")
    issuer.asked.clear()
    answer = await browser.go(callback, site="cross-site")
    assert "set-cookie" not in answer.headers
    assert issuer.asked == []  # no code went anywhere
    assert (await browser.ask(secret))["status"] == "cancelled"


async def test_a_window_that_took_too_long_finishes_nothing(browser: Browser, clock: Clock) -> None:
    authorize = await browser.to_provider(secret := new_token())
    clock.forward(minutes=9.5)
    callback = await browser.choose_person(authorize)
    clock.forward(minutes=0.5)
    answer = await browser.go(callback)
    assert "longer than ten minutes" in (await browser.go(location(answer))).text
    assert (await browser.ask(secret))["status"] == "cancelled"


async def test_a_window_that_was_left_open_goes_nowhere_after_ten_minutes(browser: Browser, clock: Clock) -> None:
    window = location(await browser.open_window(secret := new_token()))
    clock.forward(minutes=10)
    assert "longer than ten minutes" in (await browser.go(location(await browser.go(window)))).text
    assert (await browser.ask(secret))["status"] == "cancelled"


async def test_a_frame_that_waits_for_ever_is_told_that_it_expired(browser: Browser, clock: Clock) -> None:
    await browser.open_window(secret := new_token())
    clock.forward(minutes=10)
    assert (await browser.ask(secret))["status"] == "expired"


async def test_continue_as_needs_the_windows_cookie_and_a_session(browser: Browser, other_browser: Browser) -> None:
    await browser.sign_in("mara")
    secret = new_token()
    window = query_of(HOME + location(await other_browser.open_window(secret)))["w"]
    assert location(await browser.submit("/auth/window", w=window)) == "/auth/refused?why=wrong_window"
    assert location(await other_browser.submit("/auth/window", w=window)) == f"/auth/window?w={window}"
    assert await other_browser.ask(secret) == {"status": "waiting"}


async def test_continue_as_does_nothing_for_a_program(browser: Browser) -> None:
    await browser.sign_in()
    window = query_of(HOME + location(await browser.open_window(new_token())))["w"]
    assert (await browser.window.post("/auth/window", data={"w": window})).status_code == 403


async def test_the_first_party_session_says_nothing_in_a_frame(browser: Browser, service: Service) -> None:
    """The two may share a jar (one registrable domain, or WebKit), and nothing depends on it."""
    await browser.go(await browser.choose_person(await browser.to_provider(new_token())))
    browser.frame.cookies.update(browser.window.cookies)
    assert await browser.who() is None
    token = browser.window.cookies["__Host-palaver"]
    browser.frame.cookies.set(frame_cookie_name(BLOG.id), token, domain="comments.example")
    assert await browser.who() is None
    browser.tokens["blog"] = token
    assert await browser.who() is None


async def test_a_frame_session_says_nothing_on_our_own_pages(browser: Browser) -> None:
    await browser.who()
    await browser.sign_in()
    token = browser.frame.cookies[frame_cookie_name(BLOG.id)]
    browser.window.cookies.set("__Host-palaver", token, domain="comments.example")
    assert (await browser.go("/me")).json()["name"] is None


async def test_the_session_of_one_site_is_none_on_another(browser: Browser) -> None:
    await browser.sign_in()
    browser.tokens["shop"] = browser.tokens["blog"]
    assert await browser.who("blog") == "Mara Lindqvist"
    assert await browser.who("shop") is None
