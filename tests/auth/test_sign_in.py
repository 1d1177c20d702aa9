"""Signing in, from the button in the comment form to the session in its frame."""

from __future__ import annotations

import asyncio

import pytest

from auth.tokens import new_token
from tests.auth.conftest import Limit
from tests.auth.issuer import Issuer
from tests.auth.world import ARTICLE, HOME, Browser, Clock, Service, location, query_of


async def test_a_reader_signs_in_and_the_frame_says_who(browser: Browser) -> None:
    assert await browser.who() is None  # this answer sets the probe
    secret = new_token()
    authorize = await browser.to_provider(secret)
    assert await browser.ask(secret) == {"status": "waiting"}
    callback = await browser.choose_person(authorize)
    done = await browser.go(location(await browser.go(callback)))
    assert "You are signed in on <bdi>blog.example</bdi> as <bdi>Mara Lindqvist</bdi>" in done.text
    assert f'href="{ARTICLE}"' in done.text
    assert await browser.ask(secret) == {"status": "done"}  # no token in the body
    assert await browser.who() == "Mara Lindqvist"


async def test_a_reader_whose_frame_keeps_no_cookies_gets_a_token_and_no_cookie(service: Service) -> None:
    browser = Browser(service, keeps_frame_cookies=False)
    assert await browser.who() is None
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    answer = await browser.fetch("POST", "/auth/redeem", json={"secret": secret, "site": "blog"})
    assert "set-cookie" not in answer.headers
    browser.tokens["blog"] = answer.json()["token"]
    assert await browser.who() == "Mara Lindqvist"


async def test_a_reader_redeems_with_a_form_too(browser: Browser) -> None:
    secret = new_token()
    await browser.go(await browser.choose_person(await browser.to_provider(secret)))
    answer = await browser.fetch("POST", "/auth/redeem", data={"secret": secret, "site": "blog"})
    assert answer.json()["status"] == "done"


async def test_a_returning_reader_continues_by_one_click(browser: Browser) -> None:
    await browser.sign_in()
    secret = new_token()
    page = await browser.go(location(await browser.open_window(secret, site="shop", url="https://shop.example/a")))
    assert "Continue as <bdi>Mara Lindqvist</bdi>" in page.text
    assert "<bdi>shop.example</bdi>" in page.text
    assert "Demo" in page.text
    assert await browser.ask(secret, "shop") == {"status": "waiting"}  # never without the click
    done = await browser.submit("/auth/window", w=query_of(str(page.url))["w"])
    assert location(done).startswith("/auth/done?w=")
    assert (await browser.ask(secret, "shop"))["status"] == "done"
    assert await browser.who("shop") == "Mara Lindqvist"
    assert await browser.who("blog") == "Mara Lindqvist"


async def test_a_reader_who_is_not_the_one_named_goes_to_the_provider_to_choose(browser: Browser) -> None:
    await browser.sign_in("mara")
    page = await browser.go(location(await browser.open_window(secret := new_token())))
    assert "Not you?" in page.text
    leaving = await browser.go(f"{page.url}&choose=1")
    authorize = leaving.text.split("0; url=")[1].split('"')[0].replace("&amp;", "&")
    assert query_of(authorize)["prompt"] == "login"
    await browser.go(await browser.choose_person(authorize, "yuki"))
    await browser.ask(secret)
    assert await browser.who() == "Yuki Brandt"


async def test_a_reader_who_changes_the_account_is_not_offered_the_old_one(browser: Browser) -> None:
    await browser.sign_in("mara")
    await browser.sign_in("tomas", choose="1")
    assert await browser.who() == "Tomás Okafor"
    page = await browser.go(location(await browser.open_window(new_token())))
    assert "Mara" not in page.text


async def test_the_earlier_session_of_the_frame_ends_with_a_new_sign_in(service: Service) -> None:
    browser = Browser(service, keeps_frame_cookies=False)
    await browser.sign_in("mara")
    first = browser.tokens["blog"]
    await browser.sign_in("yuki", choose="1")
    assert first != browser.tokens["blog"]
    browser.tokens["blog"] = first
    assert await browser.who() is None


async def test_a_guest_who_signs_in_is_no_guest_any_more(browser: Browser) -> None:
    await browser.who()
    await browser.fetch("POST", "/api/v1/blog/guest")
    assert await browser.who() == "Greta Guest"
    await browser.sign_in()
    assert await browser.who() == "Mara Lindqvist"


async def test_a_reader_without_scripts_ends_on_the_thread_page_and_the_frame_stays_a_guests(browser: Browser) -> None:
    callback = await browser.choose_person(await browser.to_provider(None, id="post-7"))
    thread = location(await browser.go(callback))
    assert thread == "/thread/blog?url=https%3A%2F%2Fblog.example%2F2026%2Farticle&id=post-7"
    assert (await browser.go("/me")).json()["name"] == "Mara Lindqvist"
    assert await browser.who() is None


async def test_a_reader_without_scripts_continues_on_the_thread_page(browser: Browser) -> None:
    await browser.sign_in()
    page = await browser.go(location(await browser.open_window(None)))
    assert "Continue as" in page.text
    answer = await browser.submit("/auth/window", w=query_of(str(page.url))["w"])
    assert location(answer).startswith("/thread/blog?")


async def test_a_reader_logs_out_in_the_frame_and_the_next_window_shows_no_name(browser: Browser) -> None:
    await browser.who()
    await browser.sign_in()
    answer = await browser.fetch("POST", "/auth/logout", json={"site": "blog"})
    assert answer.json() == {"status": "signed_out"}
    assert await browser.who() is None
    assert (await browser.go("/me")).json()["name"] is None
    page = await browser.go(location(await browser.open_window(new_token())))
    assert "Mara" not in page.text
    assert "Continue as" not in page.text


async def test_log_out_ends_the_session_on_the_server_though_the_browser_keeps_the_cookie(browser: Browser) -> None:
    await browser.who()
    await browser.sign_in()
    kept = dict(browser.frame.cookies)
    await browser.fetch("POST", "/auth/logout", json={"site": "blog"})
    browser.frame.cookies.update(kept)
    assert await browser.who() is None


async def test_log_out_still_finds_the_first_party_session_after_a_second_sign_in(browser: Browser) -> None:
    """The window's session is replaced by each sign-in; the first frame's log-out must end the one there is now."""
    await browser.who()
    await browser.sign_in("mara")
    await browser.sign_in("mara", site="shop", url="https://shop.example/", choose="1")
    await browser.fetch("POST", "/auth/logout", json={"site": "blog"})
    page = await browser.go(location(await browser.open_window(new_token())))
    assert "Mara" not in page.text


async def test_log_out_on_our_own_page_ends_the_sessions_of_its_frames(browser: Browser) -> None:
    await browser.who()
    await browser.sign_in()
    answer = await browser.submit("/auth/logout", thread="blog", url=ARTICLE)
    assert location(answer).startswith("/thread/blog?")
    assert await browser.who() is None
    assert (await browser.go("/me")).json()["name"] is None


async def test_log_out_everywhere_ends_all_browsers_sessions(browser: Browser, other_browser: Browser) -> None:
    for one in (browser, other_browser):
        await one.who()
        await one.sign_in("mara")
    answer = await browser.submit("/auth/logout", everywhere="1")
    assert "You are signed out" in answer.text
    assert await other_browser.who() is None
    assert (await other_browser.go("/me")).json()["name"] is None


async def test_a_frame_cannot_log_out_everywhere(browser: Browser, other_browser: Browser) -> None:
    for one in (browser, other_browser):
        await one.who()
        await one.sign_in("mara")
    await browser.fetch("POST", "/auth/logout", json={"site": "blog", "everywhere": "1"})
    assert await other_browser.who() == "Mara Lindqvist"


async def test_a_reader_who_says_no_is_told_so_in_the_window_and_in_the_frame(browser: Browser) -> None:
    callback = await browser.choose_person(await browser.to_provider(secret := new_token()), person="")
    page = await browser.go(location(await browser.go(callback)))
    sentence = "You did not agree at Demo, so nobody was signed in."
    assert sentence in page.text
    assert await browser.ask(secret) == {"status": "cancelled", "message": sentence}


async def test_a_reader_cancels_while_the_window_is_at_the_provider(browser: Browser) -> None:
    authorize = await browser.to_provider(secret := new_token())
    assert (await browser.ask(secret, path="/auth/cancel"))["status"] == "cancelled"
    answer = await browser.go(await browser.choose_person(authorize))
    assert "set-cookie" not in answer.headers
    assert "was cancelled" in (await browser.go(location(answer))).text
    assert (await browser.ask(secret))["status"] == "cancelled"


async def test_a_reader_cancels_before_the_window_goes_on(browser: Browser) -> None:
    window = location(await browser.open_window(secret := new_token()))
    await browser.ask(secret, path="/auth/cancel")
    assert "was cancelled" in (await browser.go(location(await browser.go(window)))).text


async def test_a_cancel_that_comes_too_late_says_that_it_is_done(browser: Browser) -> None:
    secret = await browser.sign_in()
    assert await browser.ask(secret, path="/auth/cancel") == {"status": "done"}


async def test_two_accounts_with_one_address_are_two_people(browser: Browser, issuer: Issuer, service: Service) -> None:
    issuer.userinfo |= {"name": "Jane", "email": "mara@example.org", "email_verified": True}
    await browser.who()
    await browser.sign_in("mara")
    mara = (await browser.me())["person"]
    authorize = await browser.to_provider(secret := new_token(), "idp", choose="1")
    await browser.go(issuer.agree(authorize), site="cross-site")
    await browser.ask(secret)
    assert await browser.who() == "Jane"
    assert (await browser.me())["person"] != mara


async def test_a_person_comes_back_as_the_same_person_under_a_new_name(
    browser: Browser, issuer: Issuer, service: Service
) -> None:
    people = []
    for name in ("Jane Doe", "Jane \u202eSmith\x00"):
        issuer.userinfo["name"] = name
        authorize = await browser.to_provider(secret := new_token(), "idp", choose="1")
        await browser.go(issuer.agree(authorize), site="cross-site")
        await browser.ask(secret)
        people.append((await browser.me())["person"])
    assert people[0] == people[1]
    assert await browser.who() == "Jane Smith"


@pytest.mark.parametrize(
    ("told", "shown"), [({"name": " \u200b"}, "jane"), ({}, "jane"), ({"preferred_username": ""}, "Anonymous")]
)
async def test_a_person_without_a_name_is_called_by_the_username_or_anonymous(
    browser: Browser, issuer: Issuer, told: dict[str, str], shown: str
) -> None:
    issuer.userinfo = {"sub": issuer.userinfo["sub"], "preferred_username": "jane", **told}
    authorize = await browser.to_provider(secret := new_token(), "idp")
    await browser.go(issuer.agree(authorize), site="cross-site")
    await browser.ask(secret)
    assert await browser.who() == shown


async def test_two_windows_of_a_newcomer_at_once_make_one_person(
    browser: Browser, other_browser: Browser, service: Service
) -> None:
    browsers = (browser, other_browser)
    secrets = [new_token(), new_token()]
    callbacks = [
        await one.choose_person(await one.to_provider(secret)) for one, secret in zip(browsers, secrets, strict=True)
    ]
    await asyncio.gather(*(one.go(callback) for one, callback in zip(browsers, callbacks, strict=True)))
    await asyncio.gather(*(one.ask(secret) for one, secret in zip(browsers, secrets, strict=True)))
    assert (await browser.me())["person"] == (await other_browser.me())["person"]


async def test_the_callback_leaves_no_code_in_the_address_bar(browser: Browser) -> None:
    callback = await browser.choose_person(await browser.to_provider(new_token()))
    assert set(query_of(callback)) == {"code", "state", "iss"}
    assert set(query_of(HOME + location(await browser.go(callback)))) == {"w"}


async def test_too_many_sign_ins_are_told_so_by_a_page_without_the_secret(browser: Browser, limit: Limit) -> None:
    limit.reached = True
    refused = location(await browser.open_window(new_token()))
    assert refused == "/auth/refused?why=too_many"
    assert "too many sign-ins" in (await browser.go(refused)).text


async def test_a_session_ends_after_half_a_year_however_often_it_is_used(browser: Browser, clock: Clock) -> None:
    await browser.who()
    await browser.sign_in()
    kept = dict(browser.frame.cookies)
    for _ in range(3):
        clock.forward(minutes=59 * 24 * 60)
        browser.frame.cookies.update(kept)
        assert await browser.who() == "Mara Lindqvist"
    clock.forward(minutes=3 * 24 * 60)
    browser.frame.cookies.update(kept)
    assert await browser.who() is None


async def test_a_session_ends_after_sixty_days_without_use(browser: Browser, clock: Clock) -> None:
    await browser.who()
    await browser.sign_in()
    kept = dict(browser.frame.cookies)
    clock.forward(minutes=61 * 24 * 60)
    browser.frame.cookies.update(kept)
    assert await browser.who() is None
