"""Cookies: their names and attributes, as the browser is sent them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from auth.sessions import SESSION_SECONDS, frame_cookie, frame_cookie_name, page_cookie, probe_cookie
from auth.tokens import hash_token, is_token, new_token
from tests.auth.world import BLOG, Browser, Service, location
from widget import ids


def _attributes(cookie: str) -> tuple[str, set[str]]:
    name, *attributes = cookie.split("; ")
    return name.partition("=")[0], set(attributes)


ALWAYS = {"Path=/", "Secure", "HttpOnly"}  # what __Host- demands, and no script
AGE = f"Max-Age={SESSION_SECONDS}"


def test_the_frames_cookies_are_partitioned_and_ours_are_lax() -> None:
    framed = {*ALWAYS, AGE, "SameSite=None", "Partitioned"}
    assert _attributes(frame_cookie(5, "t")) == ("__Host-palaver-0000000000005", framed)
    assert _attributes(probe_cookie()) == ("__Host-palaver-probe", framed)
    assert _attributes(page_cookie("t")) == ("__Host-palaver", {*ALWAYS, AGE, "SameSite=Lax"})


def test_a_deleted_cookie_keeps_its_attributes() -> None:
    """A browser deletes a partitioned cookie only where it is told so as one."""
    assert _attributes(frame_cookie(5, ""))[1] == {*ALWAYS, "Max-Age=0", "SameSite=None", "Partitioned"}
    assert _attributes(page_cookie(""))[1] == {*ALWAYS, "Max-Age=0", "SameSite=Lax"}


async def test_every_cookie_of_a_sign_in_is_as_it_should_be(browser: Browser) -> None:
    start = await browser.open_window(secret := new_token())
    window, attributes = _attributes(start.headers["set-cookie"])
    assert location(start) == f"/auth/window?w={window.removeprefix('__Host-palaver-window-')}"
    assert attributes == {*ALWAYS, "Max-Age=600", "SameSite=Lax"}
    page = await browser.go(location(start))
    authorize = page.text.split("0; url=")[1].split('"')[0].replace("&amp;", "&")
    callback = await browser.go(await browser.choose_person(authorize))
    assert _attributes(callback.headers["set-cookie"]) == ("__Host-palaver", {*ALWAYS, AGE, "SameSite=Lax"})
    await browser.who()
    redeemed = await browser.fetch("POST", "/auth/redeem", json={"secret": secret, "site": "blog"})
    name, attributes = _attributes(redeemed.headers["set-cookie"])
    assert name == f"__Host-palaver-{ids.encode(BLOG.id)}"
    assert attributes == {*ALWAYS, AGE, "SameSite=None", "Partitioned"}


async def test_log_out_deletes_the_cookie_of_where_it_was_pressed(browser: Browser, service: Service) -> None:
    await browser.who()
    await browser.sign_in()
    framed = await browser.fetch("POST", "/auth/logout", json={"site": "blog"})
    assert framed.headers["set-cookie"] == frame_cookie(BLOG.id, "")
    paged = await browser.submit("/auth/logout")
    assert paged.headers["set-cookie"] == page_cookie("")


@settings(deadline=None)
@given(st.integers(0, (1 << 63) - 1))
def test_the_name_of_a_frames_cookie_ends_in_the_sites_id_as_it_is_written(site_id: int) -> None:
    assert frame_cookie_name(site_id) == f"__Host-palaver-{ids.encode(site_id)}"


def test_a_token_is_256_bits_in_one_spelling() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(map(is_token, tokens))
    assert not any(map(is_token, ("", "A" * 42, "A" * 44, "A" * 42 + "B", "A" * 43 + "\n", "ä" * 43)))
    assert hash_token("A" * 43) != hash_token("A" * 42 + "E")
