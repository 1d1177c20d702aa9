"""What must not work, whoever tries."""

from __future__ import annotations

import asyncio

import pytest

from auth.sessions import frame_cookie_name
from auth.tokens import new_token
from tests.auth.issuer import Issuer
from tests.auth.world import ARTICLE, BLOG, HOME, Browser, Clock, Service, location, query_of

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


@pytest.mark.parametrize(
    "state", ["", "?state=", f"?state={'A' * 43}", "?state=%00", f"?state={'A' * 5_000}", "?code=x"]
)
async def test_a_callback_with_a_foreign_state_is_refused(browser: Browser, state: str) -> None:
    await browser.to_provider(new_token())
    assert location(await browser.go(f"/auth/demo/callback{state}")) == "/auth/refused?why=used"


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
