"""A sign-in that was begun on a page of `/admin` ends there, and nowhere else."""

from __future__ import annotations

import pytest

from tests.auth.world import Browser, location

WANTED = "/admin/people/my-blog/0123456789abc?cursor=a_b-c&q=100%25"


async def test_moderator_comes_back_to_the_page_that_was_asked_for(browser: Browser) -> None:
    callback = await browser.choose_person(await browser.to_provider(None, **{"for": "admin", "back": WANTED}))
    assert location(await browser.go(callback)) == WANTED


@pytest.mark.parametrize(
    "back",
    [
        "",
        "//evil.example/admin",
        "https://evil.example/admin",
        "/admin.evil.example",
        "/admin@evil.example",
        "/administrator",
        "/account",
        "/admin/../auth/start",
        "/admin/%2e%2e/account",
        "/admin/\\evil.example",
        "/admin?next=\\evil",
        "/admin\r\nSet-Cookie: a=b",
        "/admin?q=\n",
        "/admin//evil.example",
        "/admin#fragment",
        "/admin?q=" + "x" * 2_000,
    ],
)
async def test_no_other_address_is_taken(browser: Browser, back: str) -> None:
    callback = await browser.choose_person(await browser.to_provider(None, **{"for": "admin", "back": back}))
    assert location(await browser.go(callback)) == "/admin"


async def test_moderator_who_turns_back_at_the_provider_is_led_back_too(browser: Browser) -> None:
    authorize = await browser.to_provider(None, **{"for": "admin", "back": WANTED})
    state = authorize.partition("state=")[2].partition("&")[0]
    answer = await browser.go(f"/auth/demo/callback?error=access_denied&state={state}")
    refused = await browser.go(location(answer))
    assert refused.status_code == 403
    assert f'href="{WANTED.replace("&", "&amp;")}">Back to <bdi>the management page' in refused.text
