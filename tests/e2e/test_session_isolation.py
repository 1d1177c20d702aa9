"""The session is the frame's alone: no host page, address or log has it, and no cookie policy takes it away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Request, expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.reader import Reader
from tests.e2e.window import CHOICE, MARA, expect_account, expect_nobody, open_window, sign_in
from tests.support.chromium import running_chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


HEARING = """<script>
    window.heard = [];
    addEventListener("message", ({origin, data}) => heard.push({origin, text: JSON.stringify(data)}));
</script>"""


async def secret_of(reader: Reader) -> str:
    """What the form has ready for the next click."""
    secret: str = await reader.thread.locator("#signin [name=secret]").input_value()
    assert len(secret) == 43
    return secret


async def visit(reader: Reader, url: str) -> None:
    """Sign in, post, come back, post again, log out, come back: nobody, also to a new window."""
    await reader.open(url)
    await sign_in(reader)
    for text in ("The first.", "The second."):
        await reader.write(text)
        await reader.post()
        await expect(reader.comment(text).locator("header b")).to_have_text(MARA)
        await reader.page.reload()
        await reader.text.click()
        await expect_account(reader, MARA)
    await reader.button("Log Out").click()
    await expect_nobody(reader)
    await reader.page.reload()
    await reader.text.click()
    await expect_nobody(reader)
    await expect((await open_window(reader)).get_by_role("heading")).to_have_text(CHOICE)


async def test_session_is_a_cookie_of_this_frame_that_no_script_reads(reader: Reader, url: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    cookies = {cookie["name"]: cookie for cookie in await reader.page.context.cookies()}
    (name,) = [name for name in cookies if re.fullmatch("__Host-palaver-[0-9a-hjkmnp-tv-z]{13}", name)]
    session = cookies[name]
    assert (session["httpOnly"], session["secure"], session["sameSite"]) == (True, True, "None")
    assert session["partitionKey"] == "http://127.0.0.1"
    frame = await reader.frame()
    assert await frame.evaluate("document.cookie") == ""
    assert session["value"] not in await frame.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    unpartitioned = {name for name, cookie in cookies.items() if not cookie.get("partitionKey")}
    assert all(cookies[name]["sameSite"] == "Lax" for name in unpartitioned)


async def test_host_page_hears_no_session_secret_or_name(reader: Reader, blog: Blog, demo: Demo) -> None:
    await reader.open(blog.add("hearing", head=HEARING))
    await reader.text.click()
    secrets = [await secret_of(reader)]
    await sign_in(reader)
    secrets += [cookie["value"] for cookie in await reader.page.context.cookies() if len(cookie["value"]) > 1]
    await reader.write("Said by Mara.")
    await reader.post()
    await expect(reader.comment("Said by Mara.")).to_be_visible()
    await reader.text.click()
    await reader.button("Log Out").click()
    await expect_nobody(reader)
    heard = await reader.page.evaluate("heard")
    assert {"ready", "resize", "signin", "comment", "signout"} <= {
        kind for message in heard for kind in re.findall(r'"type":"(\w+)"', message["text"])
    }
    everything = " ".join(message["text"] for message in heard)
    everything += await reader.page.evaluate("document.documentElement.outerHTML + document.cookie")
    assert [word for word in (*secrets, *MARA.split(), "mara@") if word in everything] == []
    assert {message["origin"] for message in heard} == {demo.home}
    assert await reader.page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_secret_of_a_sign_in_is_in_no_address_and_no_log(reader: Reader, demo: Demo, url: str) -> None:
    requests: list[Request] = []
    reader.page.context.on("request", lambda request: requests.append(request))  # noqa: PLW0108  not a builtin
    await reader.open(url)
    await reader.text.click()
    secret = await secret_of(reader)
    await sign_in(reader)
    carried = {request.url for request in requests if secret in (request.post_data or "")}
    assert carried == {f"{demo.home}/auth/demo/start", f"{demo.home}/auth/redeem"}
    for request in requests:
        assert secret not in request.url
        assert secret not in str(request.headers)
    assert secret not in demo.log.read_text()
    assert secret not in await (await reader.frame()).evaluate("JSON.stringify(localStorage)")


@pytest.mark.parametrize(("mode", "control"), [(1, ""), (2, "control=1")], ids=["blocked", "allowed"])
async def test_reader_signs_in_whatever_third_party_cookies_may(
    tmp_path: Path, blog: Blog, mode: int, control: str
) -> None:
    blog.add_document("control", "A third party.", {"Set-Cookie": "control=1; Secure; SameSite=None"})
    third_party = f"{blog.origin.replace('127.0.0.1', 'localhost')}/control"
    url = blog.add(f"cookie-controls-{mode}", before=f'<iframe title="Control" src="{third_party}"></iframe>')
    async with running_chromium(tmp_path, {"profile": {"cookie_controls_mode": mode}}) as browser:
        reader = Reader(await browser.contexts[0].new_page())
        await visit(reader, url)
        cookies = reader.page.frame_locator('iframe[title="Control"]').locator("body")
        assert await cookies.evaluate("() => document.cookie") == control


async def test_reader_signs_in_from_a_page_that_isolates_itself(reader: Reader, blog: Blog) -> None:
    await visit(reader, blog.add("isolated", headers={"Cross-Origin-Opener-Policy": "same-origin"}))
