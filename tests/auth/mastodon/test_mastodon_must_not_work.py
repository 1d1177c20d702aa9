"""What must not work with a server that anybody can run: speaking for another, and leading us where we do not go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from auth.outbound import MAX_BYTES
from auth.tokens import new_token
from tests.auth.mastodon.fediverse import APPS, HOST, TOKEN, Bend, Fediverse, Instance, name_server, window_of
from tests.auth.world import Browser, leaves_for, location


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind will do: what is kept of a server is tried on both in test_clients.py."""
    return sqlite_url


async def refused(browser: Browser, secret: str) -> bool:
    return (await browser.ask(secret))["status"] == "cancelled" and await browser.who() is None


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/@mira",
        "https://social.example.evil.example/@mira",
        "https://social.example:8443/@mira",
        "http://social.example/@mira",
        "https://mira@social.example/@mira",
        "https://social.example\\@other.example/",
        "//social.example/@mira",
        "javascript:alert(1)",
        "@mira@social.example",
    ],
)
async def test_a_server_speaks_for_nobody_elsewhere(browser: Browser, social: Instance, url: str) -> None:
    social.account["url"] = url
    authorize = leaves_for(await name_server(browser, secret := new_token()))
    page = await browser.go(location(await browser.go(social.agree(authorize), site="cross-site")))
    assert "could not be verified" in page.text
    assert await refused(browser, secret)


@pytest.mark.parametrize("url", [None, "", " ", 5, ["https://social.example/@mira"]])
async def test_a_server_that_does_not_say_who_it_is_signs_nobody_in(
    browser: Browser, social: Instance, url: Any
) -> None:
    social.account["url"] = url
    authorize = leaves_for(await name_server(browser, secret := new_token()))
    await browser.go(social.agree(authorize), site="cross-site")
    assert await refused(browser, secret)


async def test_one_servers_answer_is_none_at_anothers_callback(browser: Browser, fediverse: Fediverse) -> None:
    """Nor does the other server get the code (RFC 9700, 4.4)."""
    social, other = fediverse.instances[HOST], fediverse.instances["other.example"]
    for callback in ("/auth/mastodon/other.example/callback", "/auth/mastodon/callback", "/auth/idp/callback"):
        authorize = leaves_for(await name_server(browser, secret := new_token()))
        answer = social.agree(authorize).replace("/auth/mastodon/social.example/callback", callback)
        page = await browser.go(location(await browser.go(answer, site="cross-site")))
        assert "could not be verified" in page.text
        assert await refused(browser, secret)
    assert other.asked == []
    assert "GET /api/v1/accounts/verify_credentials" not in social.asked


async def test_a_server_that_was_left_for_another_cannot_finish(browser: Browser, fediverse: Fediverse) -> None:
    social, other = fediverse.instances[HOST], fediverse.instances["other.example"]
    page = await browser.go(location(await browser.open_window(secret := new_token(), "mastodon")))
    first = leaves_for(await browser.submit("/auth/mastodon/server", w=window_of(page), server=HOST))
    second = leaves_for(await browser.submit("/auth/mastodon/server", w=window_of(page), server="other.example"))
    assert location(await browser.go(social.agree(first), site="cross-site")) == "/auth/refused?why=used"
    await browser.go(other.agree(second), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"


async def test_its_answer_is_worth_nothing_in_another_browser(
    browser: Browser, other_browser: Browser, social: Instance
) -> None:
    authorize = leaves_for(await name_server(browser, secret := new_token()))
    answer = await other_browser.go(social.agree(authorize), site="cross-site")
    assert location(answer) == "/auth/refused?why=wrong_window"
    assert await refused(browser, secret)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://blog.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
async def test_only_our_own_form_names_a_server(browser: Browser, social: Instance, headers: dict[str, str]) -> None:
    page = await browser.go(location(await browser.open_window(new_token(), "mastodon")))
    form = {"w": window_of(page), "server": HOST}
    assert (await browser.window.post("/auth/mastodon/server", data=form, headers=headers)).status_code == 403
    assert social.asked == []


async def test_only_the_windows_own_browser_names_a_server(
    browser: Browser, other_browser: Browser, social: Instance
) -> None:
    page = await browser.go(location(await browser.open_window(new_token(), "mastodon")))
    answer = await other_browser.submit("/auth/mastodon/server", w=window_of(page), server=HOST)
    assert location(answer) == "/auth/refused?why=wrong_window"
    assert social.asked == []


async def test_another_providers_window_names_no_server(browser: Browser, social: Instance) -> None:
    window = location(await browser.open_window(new_token(), "demo")).partition("w=")[2]
    answer = await browser.submit("/auth/mastodon/server", w=window, server=HOST)
    assert location(answer) == "/auth/refused?why=wrong_window"
    assert social.asked == []


async def test_a_server_with_a_private_address_is_not_reached(browser: Browser) -> None:
    page = await name_server(browser, new_token(), "inside.example")
    assert page.status_code == 422
    assert "inside.example did not answer" in page.text


def _json(body: Any, status: int = 200) -> Bend:
    return lambda _request: Response(json.dumps(body), status, media_type="application/json")


BENT: dict[str, Bend] = {
    "redirects elsewhere": lambda _request: RedirectResponse("https://other.example/api/v1/apps", 307),
    "redirects inside": lambda _request: RedirectResponse("http://127.0.0.1/", 302),
    "a huge answer": lambda _request: Response(b"[" * (MAX_BYTES + 1), media_type="application/json"),
    "deep": lambda _request: Response(b"[" * 100_000, media_type="application/json"),
    "compressed": lambda _request: Response(b"\x1f\x8b", headers={"content-encoding": "gzip"}),
    "a page": lambda _request: PlainTextResponse("<html>", media_type="text/html"),
    "a list": _json([]),
    "nothing in it": _json({}),
    "no secret": _json({"client_id": "x"}),
    "an empty secret": _json({"client_id": "x", "client_secret": ""}),
    "numbers": _json({"client_id": 5, "client_secret": 6}),
    "line breaks": _json({"client_id": "a\r\nb", "client_secret": "x"}),
    "endless": _json({"client_id": "x" * 501, "client_secret": "x"}),
    "an error": _json({"error": "Validation failed"}, 422),
    "closed": _json({}, 503),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT.keys())
async def test_a_server_that_registers_wrongly_is_told_and_left(
    browser: Browser, fediverse: Fediverse, bend: Bend
) -> None:
    social, other = fediverse.instances[HOST], fediverse.instances["other.example"]
    social.bent["/api/v1/apps"] = bend
    page = await name_server(browser, new_token())
    assert page.status_code == 422
    assert '<p class="error" id="error" role="alert">social.example' in page.text
    assert social.asked.count(APPS) == 1
    assert other.asked == []


@pytest.mark.parametrize("name", ["redirects elsewhere", "a huge answer", "deep", "a page", "a list", "nothing in it"])
@pytest.mark.parametrize("path", ["/oauth/token", "/api/v1/accounts/verify_credentials"])
async def test_a_server_that_answers_wrongly_later_signs_nobody_in(
    browser: Browser, fediverse: Fediverse, path: str, name: str
) -> None:
    social, other = fediverse.instances[HOST], fediverse.instances["other.example"]
    authorize = leaves_for(await name_server(browser, secret := new_token()))
    social.bent[path] = BENT[name]
    await browser.go(social.agree(authorize), site="cross-site")
    assert await refused(browser, secret)
    assert social.asked.count(TOKEN) == 1
    assert other.asked == []


@pytest.mark.parametrize("document", [[], {}, {"scopes_supported": "profile"}, {"scopes_supported": [5, None]}])
async def test_a_server_that_describes_itself_wrongly_is_asked_as_an_older_one(
    browser: Browser, social: Instance, document: Any
) -> None:
    social.bent["/.well-known/oauth-authorization-server"] = _json(document)
    await name_server(browser, new_token())
    assert [app["scopes"] for app in social.apps.values()] == ["read:accounts"]
