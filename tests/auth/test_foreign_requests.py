"""Requests that come from elsewhere, or bring what is none of ours: nothing happens, and nobody learns anything."""

from __future__ import annotations

import pytest

from auth.tokens import new_token
from tests.auth.issuer import Issuer
from tests.auth.world import ARTICLE, HOME, Browser, Service, location


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind will do: nothing here depends on it."""
    return sqlite_url


FOREIGN_STARTS = {
    "no origin": {},
    "null": {"Origin": "null"},
    "empty": {"Origin": ""},
    "the host page": {"Origin": "https://blog.example", "Sec-Fetch-Site": "cross-site"},
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "our scheme but http": {"Origin": "http://comments.example"},
    "our port spelt out": {"Origin": "https://comments.example:443"},
    "another port": {"Origin": "https://comments.example:8443"},
    "a slash after it": {"Origin": "https://comments.example/"},
    "a longer host": {"Origin": "https://comments.example.evil.example"},
    "a host that ends in ours": {"Origin": "https://evil-comments.example"},
    "a host under ours": {"Origin": "https://www.comments.example", "Sec-Fetch-Site": "same-site"},
    "a dot after it": {"Origin": "https://comments.example."},
    "upper case": {"Origin": "https://COMMENTS.example"},
    "two of them": {"Origin": "https://comments.example, https://evil.example"},
    "same-origin without Origin (a link)": {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"},
}


@pytest.mark.parametrize("headers", FOREIGN_STARTS.values(), ids=FOREIGN_STARTS.keys())
async def test_a_start_from_elsewhere_is_refused_and_its_page_does_not_hold_the_secret(
    browser: Browser, headers: dict[str, str]
) -> None:
    secret = new_token()
    answer = await browser.start(secret, "demo", headers)
    assert location(answer) == "/auth/refused?why=not_ours"
    assert "set-cookie" not in answer.headers
    page = await browser.go(location(answer))
    assert page.status_code == 403
    assert secret not in page.text
    assert "<form" not in page.text
    assert (await browser.ask(secret)) == {"status": "waiting"}


async def test_a_frame_in_webkit_may_start_though_it_is_called_cross_site(browser: Browser) -> None:
    headers = {"Origin": HOME, "Sec-Fetch-Site": "cross-site"}
    assert location(await browser.start(new_token(), "demo", headers)).startswith("/auth/window?w=")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
async def test_a_link_cannot_start(browser: Browser, method: str) -> None:
    url = f"/auth/demo/start?secret={new_token()}&site=blog"
    answer = await browser.window.request(method, url, headers={"Origin": HOME, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "secret", ["", "short", "A" * 43 + "=", "A" * 44, "!" * 43, "A" * 42 + "B", "é" * 43, "A" * 9_000]
)
async def test_a_start_with_what_is_no_secret_is_refused(browser: Browser, secret: str) -> None:
    assert location(await browser.open_window(secret)).startswith("/auth/refused?why=")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"provider": "nobody"}, "unknown_provider"),
        ({"site": "nowhere"}, "unknown_site"),
        ({"site": ""}, "unknown_site"),
    ],
)
async def test_a_start_for_nobody_or_nowhere_is_refused(browser: Browser, fields: dict[str, str], why: str) -> None:
    assert location(await browser.open_window(new_token(), **fields)) == f"/auth/refused?why={why}"


@pytest.mark.parametrize("path", ["/auth/redeem", "/auth/cancel", "/auth/logout", "/auth/window"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://blog.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": HOME, "Sec-Fetch-Site": "same-site"},
        {"Origin": HOME, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HOME, "Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://www.comments.example"},
    ],
)
async def test_a_change_from_elsewhere_is_refused(browser: Browser, path: str, headers: dict[str, str]) -> None:
    await browser.who()
    await browser.sign_in()
    for jar in (browser.frame, browser.window):
        answer = await jar.post(path, json={"secret": new_token(), "site": "blog"}, headers=headers)
        assert answer.status_code == 403
    assert await browser.who() == "Mara Lindqvist"


@pytest.mark.parametrize(
    "state", ["", "?state=", f"?state={'A' * 43}", "?state=%00", f"?state={'A' * 5_000}", "?code=x"]
)
async def test_a_callback_with_a_foreign_state_is_refused(browser: Browser, state: str) -> None:
    await browser.to_provider(new_token())
    assert location(await browser.go(f"/auth/demo/callback{state}")) == "/auth/refused?why=used"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://blog.example"},
        {"Origin": "https://blog.example"},
    ],
)
async def test_the_host_pages_own_fetch_reads_nothing_with_the_frames_cookie(
    browser: Browser, headers: dict[str, str]
) -> None:
    await browser.who()
    await browser.sign_in()
    answer = await browser.frame.get("/api/v1/blog/me", headers=headers)
    assert answer.status_code == 403


async def test_a_programs_cookies_count_for_nothing(browser: Browser) -> None:
    await browser.who()
    await browser.sign_in()
    assert (await browser.frame.get("/api/v1/blog/me")).json()["name"] is None
    assert (await browser.frame.post("/auth/logout", json={"site": "blog"})).status_code == 200
    assert await browser.who() == "Mara Lindqvist"


async def test_a_program_may_use_a_bearer_token(browser: Browser, service: Service) -> None:
    await browser.sign_in()
    program = Browser(service).frame
    headers = {"Authorization": f"Bearer {browser.tokens['blog']}"}
    assert (await program.get("/api/v1/blog/me", headers=headers)).json()["name"] == "Mara Lindqvist"


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "javascript:alert(1)", "//blog.example/", "", "\\", "x" * 5_000]
)
async def test_a_page_that_is_not_the_sites_is_neither_linked_nor_gone_to(browser: Browser, url: str) -> None:
    for secret in (new_token(), None):
        callback = await browser.choose_person(await browser.to_provider(secret, url=url, choose="1"))
        done = location(await browser.go(callback))
        assert done.startswith("/auth/done?w=")
        page = await browser.go(done)
        assert "You are signed in on <bdi>blog.example</bdi>" in page.text
        assert "<a " not in page.text


async def test_a_page_of_the_site_under_another_origin_is_not_linked(browser: Browser) -> None:
    """The site's thread is found from http too; the way back is only to what is exactly on the list."""
    url = "http://blog.example/2026/article"
    callback = await browser.choose_person(await browser.to_provider(new_token(), url=url))
    page = await browser.go(location(await browser.go(callback)))
    assert "You are signed in on <bdi>blog.example</bdi>" in page.text
    assert "<a " not in page.text


async def test_nothing_of_ours_is_kept_framed_or_told_to_others(browser: Browser) -> None:
    window = await browser.go(location(await browser.open_window(new_token())))
    done = await browser.go(
        location(await browser.go(await browser.choose_person(await browser.to_provider(new_token()))))
    )
    offer = await browser.go(location(await browser.open_window(new_token())))
    refused = await browser.go("/auth/refused?why=not_ours")
    for page in (window, done, offer, refused):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert " style=" not in page.text
        assert "<style" not in page.text


async def test_a_redeemed_answer_is_personal(browser: Browser) -> None:
    answer = await browser.fetch("POST", "/auth/redeem", json={"secret": new_token(), "site": "blog"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"secret": 1}', "application/json", 400),
        (b'{"secret": "\xff"}', "application/json", 400),
        (b"[" * 8_000, "application/json", 400),
        (b"secret=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 100), "application/x-www-form-urlencoded", 400),
        (b"secret=" + b"A" * 8_192, "application/x-www-form-urlencoded", 413),
        (b"hello", "text/plain", 415),
        (b"", "multipart/form-data; boundary=x", 415),
    ],
)
async def test_a_body_that_is_none_is_refused(browser: Browser, body: bytes, content_type: str, status: int) -> None:
    answer = await browser.fetch("POST", "/auth/redeem", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_name_of_a_hostile_person_is_text(browser: Browser, issuer: Issuer) -> None:
    issuer.userinfo["name"] = '<script>alert("x")</script>'
    authorize = await browser.to_provider(new_token(), "idp", url=ARTICLE)
    done = await browser.go(location(await browser.go(issuer.agree(authorize), site="cross-site")))
    assert "<script>alert" not in done.text
    assert "&lt;script&gt;" in done.text
