"""Signing in with Mastodon: the person names their server, we register there once, and it speaks for its own alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from auth.mastodon import server_of
from auth.tokens import new_token
from tests.auth.conftest import Limit
from tests.auth.mastodon.fediverse import HOST, METADATA, Fediverse, Instance, name_server, sign_in, window_of
from tests.auth.world import HOME, Browser, Clock, leaves_for, location, query_of
from widget.db import Database, Tx
from widget.models import clients, identities


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind will do: what is kept of a server is tried on both in test_clients.py."""
    return sqlite_url


async def test_a_reader_signs_in_with_their_server(browser: Browser, social: Instance, db: Database) -> None:
    page = await name_server(browser, secret := new_token(), "@mira@social.example")
    assert "Going to social.example" in page.text
    done = await browser.go(location(await browser.go(social.agree(leaves_for(page)), site="cross-site")))
    assert "as <bdi>Mira :verified:</bdi>" in done.text
    assert (await browser.ask(secret))["status"] == "done"
    assert (await browser.me())["provider"] == "mastodon"
    issuer, subject = f"https://{HOST}", f"https://{HOST}/@mira"
    assert await db.read(_identities) == [(issuer, subject, "mastodon", f"https://files.{HOST}/a.png", "", False)]
    [app] = social.apps.values()
    assert (app["client_name"], app["website"], app["scopes"]) == ("Comments on comments.example", HOME, "profile")


def _identities(tx: Tx) -> list[tuple[object, ...]]:
    columns = ("issuer", "subject", "provider", "avatar", "email", "email_verified")
    return [tuple(row) for row in tx.conn.execute(sa.select(*(identities.c[name] for name in columns)))]


async def test_the_app_is_registered_once_and_its_secret_kept_encrypted(
    browser: Browser, other_browser: Browser, social: Instance, db: Database
) -> None:
    await sign_in(browser, social)
    await sign_in(other_browser, social)
    assert (len(social.apps), social.asked.count(METADATA)) == (1, 1)
    [kept] = await db.read(lambda tx: list(tx.conn.execute(sa.select(clients))))
    assert (kept.server, kept.client_id, kept.scope) == (f"https://{HOST}", "client-0", "profile")
    assert b"secret-of" not in kept.client_secret


async def test_a_server_that_forgot_the_app_gets_a_new_one(
    browser: Browser, other_browser: Browser, social: Instance
) -> None:
    await sign_in(browser, social)
    social.apps = {"of-somebody-else": {"client_secret": "x"}}
    await sign_in(other_browser, social)
    assert set(social.apps) == {"of-somebody-else", "client-1"}


async def test_an_older_server_is_asked_for_the_narrowest_that_it_has(browser: Browser, social: Instance) -> None:
    social.scopes = None
    await sign_in(browser, social)
    assert [app["scopes"] for app in social.apps.values()] == ["read:accounts"]


async def test_who_wants_another_account_is_offered_it(browser: Browser, social: Instance) -> None:
    page = await name_server(browser, new_token(), choose="1")
    assert query_of(leaves_for(page))["force_login"] == "true"
    page = await name_server(browser, new_token())
    assert "force_login" not in leaves_for(page)


async def test_who_shows_no_name_has_their_username(browser: Browser, social: Instance) -> None:
    social.account["display_name"] = ""
    await sign_in(browser, social)
    assert await browser.who() == "mira"


async def test_the_same_name_on_two_servers_is_two_persons(
    browser: Browser, other_browser: Browser, fediverse: Fediverse
) -> None:
    persons = []
    for one, host in ((browser, HOST), (other_browser, "other.example"), (other_browser, HOST)):
        await sign_in(one, fediverse.instances[host], choose="1")
        persons.append((await one.me())["person"])
    assert persons[0] != persons[1]
    assert persons[0] == persons[2]


async def test_a_reader_who_says_no_is_told_so(browser: Browser, social: Instance) -> None:
    authorize = leaves_for(await name_server(browser, secret := new_token()))
    await browser.go(social.agree(authorize, code="", error="access_denied"), site="cross-site")
    assert (await browser.ask(secret))["message"] == "You did not agree at Mastodon, so nobody was signed in."


async def test_a_mistaken_name_can_be_corrected(browser: Browser, social: Instance) -> None:
    page = await name_server(browser, secret := new_token(), "sozial.example")
    assert page.status_code == 422
    assert "sozial.example did not answer" in page.text
    assert 'value="sozial.example"' in page.text
    page = await browser.submit("/auth/mastodon/server", w=window_of(page), server=HOST)
    await browser.go(social.agree(leaves_for(page)), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"


@pytest.mark.parametrize(
    "typed",
    [
        HOST,
        "Social.Example",
        " social.example ",
        "social.example.",
        "https://social.example",
        "HTTPS://social.example/",
        "http://social.example/@mira",
        "https://social.example/@mira?x#y",
        "@mira@social.example",
        "mira@social.example",
        "social.example/@mira",
    ],
)
def test_a_server_is_found_in_what_people_type(typed: str) -> None:
    assert server_of(typed) == "https://social.example"


def test_a_server_may_have_letters_beyond_ascii() -> None:
    assert server_of("@mira@Größe.example") == "https://xn--gre-6ka8i.example"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "mira",
        "localhost",
        "127.0.0.1",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "[::1]",
        "::1",
        "social.example:8443",
        "https://social.example:443/",
        "social.example@10.0.0.1",
        "https://@/",
        "a..example",
        "-a.example",
        "a_b.example",
        "social.example\\@evil.example",
        "social exam.ple",
        "social.example\n.evil",
        "x" * 64 + ".example",
        "x." * 127 + "example",
        "ftp://social.example",
        "javascript:alert(1)",
        "xn--.example\0",
        "☃" * 300 + ".example",
    ],
)
async def test_what_names_no_public_host_is_refused(typed: str) -> None:
    assert server_of(typed) == ""


async def test_a_name_that_is_none_is_told_and_nobody_is_asked(browser: Browser, fediverse: Fediverse) -> None:
    page = await name_server(browser, new_token(), '127.0.0.1"><script>')
    assert page.status_code == 422
    assert "That is not the name of a server." in page.text
    assert "<script>" not in page.text
    assert all(instance.asked == [] for instance in fediverse.instances.values())


async def test_too_many_servers_cannot_be_asked(browser: Browser, social: Instance, limit: Limit) -> None:
    page = await browser.go(location(await browser.open_window(new_token(), "mastodon")))
    limit.reached = True
    page = await browser.submit("/auth/mastodon/server", w=window_of(page), server=HOST)
    assert page.status_code == 429
    assert social.asked == []


async def test_a_window_that_is_too_old_asks_nobody(browser: Browser, social: Instance, clock: Clock) -> None:
    page = await browser.go(location(await browser.open_window(new_token(), "mastodon")))
    clock.forward(minutes=10)
    answer = await browser.submit("/auth/mastodon/server", w=window_of(page), server=HOST)
    assert location(answer).startswith("/auth/done?w=")
    assert social.asked == []
