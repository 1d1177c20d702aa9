"""Several issuers at once: a subject belongs to its issuer, and so does an answer."""

from __future__ import annotations

import pytest

from auth.tokens import new_token
from tests.auth.issuer import ISSUER, Issuer
from tests.auth.world import Browser, location


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def _sign_in(browser: Browser, issuer: Issuer, provider: str, address: str) -> int:
    """The person's id."""
    issuer.claims = {"iss": address}
    authorize = await browser.to_provider(secret := new_token(), provider, choose="1")
    await browser.go(issuer.agree(authorize, issuer=address, iss=address), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"
    person: int = (await browser.me())["person"]
    return person


async def test_the_same_subject_of_two_issuers_is_two_persons(
    browser: Browser, other_browser: Browser, issuer: Issuer
) -> None:
    one = await _sign_in(browser, issuer, "idp", ISSUER)
    other = await _sign_in(browser, issuer, "other", f"{ISSUER}/other")
    assert one != other
    assert await _sign_in(other_browser, issuer, "idp", ISSUER) == one
    assert await _sign_in(other_browser, issuer, "other", f"{ISSUER}/other") == other


async def test_two_issuers_can_be_under_way_at_once(browser: Browser, issuer: Issuer) -> None:
    first, second = new_token(), new_token()
    at_one = await browser.to_provider(first, "idp")
    at_other = await browser.to_provider(second, "other")
    issuer.claims = {"iss": f"{ISSUER}/other"}
    await browser.go(issuer.agree(at_other, issuer=f"{ISSUER}/other", iss=f"{ISSUER}/other"), site="cross-site")
    assert (await browser.ask(second))["status"] == "done"
    issuer.claims = {"iss": ISSUER}
    await browser.go(issuer.agree(at_one), site="cross-site")
    assert (await browser.ask(first))["status"] == "done"


async def test_one_issuers_answer_is_none_at_anothers_callback(browser: Browser, issuer: Issuer) -> None:
    authorize = await browser.to_provider(secret := new_token(), "idp")
    callback = issuer.agree(authorize).replace("/auth/idp/", "/auth/other/")
    page = await browser.go(location(await browser.go(callback, site="cross-site")))
    assert "could not be verified" in page.text
    assert (await browser.ask(secret))["status"] == "cancelled"
    assert "/token" not in issuer.asked
