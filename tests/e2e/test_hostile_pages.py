"""A host page, a frame beside ours, or a stranger's page tries what it must not."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, Frame, Page, expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.window import MARA, expect_account, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


LISTEN = """() => {
    window.heard = [];
    addEventListener("message", ({data}) => heard.push(data?.mark));
}"""
TELL = """([selector, home, messages]) => {
    const frame = document.querySelector(selector);
    for (const message of messages) frame.contentWindow.postMessage({palaver: 1, ...message}, home);
}"""
WORDS = ("session", "token", "redeem", "secret", "signin", "signout", "logout", "cancel", "post", "like", "ready")
SENSELESS = ("resize", "scroll", "constructor", "__proto__", "")
FORGE = """async (asked) => {
    for (const [address, body] of asked) {
        const options = body ? {method: "POST", body: new URLSearchParams(body)} : {};
        await fetch(address, {...options, mode: "no-cors", credentials: "include"}).catch(() => {});
    }
}"""


async def tell(page: Page, home: str, *messages: dict[str, Any]) -> None:
    """The host page sends messages to the comments' frame."""
    await page.evaluate(TELL, ['iframe[title="Comments"]', home, list(messages)])


async def listen(where: Page | Frame) -> None:
    """Note the marks of all messages from now on, after the product's own listener has seen them."""
    await where.evaluate(LISTEN)


async def heard(where: Page | Frame, mark: str) -> None:
    await where.wait_for_function("mark => heard.includes(mark)", arg=mark)


async def watch_network(page: Page) -> tuple[asyncio.Queue[str], asyncio.Queue[int]]:
    """The cookies that the page sends and the statuses it gets from now on, also of answers kept from it."""
    session = await page.context.new_cdp_session(page)
    cookies, statuses = asyncio.Queue[str](), asyncio.Queue[int]()
    session.on("Network.requestWillBeSentExtraInfo", lambda sent: cookies.put_nowait(sent["headers"].get("Cookie", "")))
    session.on("Network.responseReceivedExtraInfo", lambda answer: statuses.put_nowait(answer["statusCode"]))
    await session.send("Network.enable")
    return cookies, statuses


async def expect_refused(page: Page, title: str) -> None:
    """The browser shows its own error in that frame, and nothing of ours."""
    element = await page.wait_for_selector(f'iframe[title="{title}"]')
    found = await element.content_frame() if element else None
    assert found is not None
    await found.wait_for_url("chrome-error://chromewebdata/")
    assert await found.locator("article").count() == 0


async def test_messages_of_the_host_page_sign_nobody_in_or_out(reader: Reader, demo: Demo, url: str) -> None:
    await reader.open(url)
    await sign_in(reader)
    frame = await reader.frame()
    await listen(frame)
    kept = await frame.evaluate("JSON.stringify(localStorage)")
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    token = "A" * 43
    forged = [
        {"type": kind, "token": token, "secret": token, "id": "0" * 13, "status": "done", "text": "Forged."}
        for kind in (*WORDS, *SENSELESS)
    ]
    await tell(reader.page, demo.home, *forged, {"type": "comment", "id": '"><img src=x>'}, {"mark": "last"})
    await heard(frame, "last")
    await expect_account(reader, MARA)
    assert await frame.evaluate("JSON.stringify(localStorage)") == kept
    assert [address for address in asked if "/static/" not in address] == []


async def test_messages_of_a_frame_beside_ours_are_not_heard(reader: Reader, blog: Blog, demo: Demo) -> None:
    neighbour = blog.add_document("neighbour", "Another frame of the same page.")
    beside = f'<iframe title="Neighbour" src="{neighbour}"></iframe>'
    await reader.open(blog.add("with-a-neighbour", before=beside))
    frame, page = await reader.frame(), reader.page
    theme = await frame.evaluate("document.documentElement.dataset.theme")
    height = await frame.evaluate("innerHeight")
    for place in (frame, page):
        await listen(place)
    sender = next(other for other in page.frames if other.url == neighbour)
    dark = {"type": "look", "look": {"theme": "dark"}, "mark": "to the frame"}
    await sender.evaluate("([home, m]) => parent.frames[1].postMessage({palaver: 1, ...m}, home)", [demo.home, dark])
    large = {"type": "resize", "height": 4321, "mark": "to the page"}
    await sender.evaluate("m => parent.postMessage({palaver: 1, ...m}, '*')", large)
    await heard(frame, "to the frame")
    await heard(page, "to the page")
    assert await frame.evaluate("document.documentElement.dataset.theme") == theme
    assert await frame.evaluate("innerHeight") == height
    await tell(page, demo.home, dark)
    await expect(reader.thread.locator("html")).to_have_attribute("data-theme", "dark")


async def test_host_page_cannot_use_the_cookie_of_its_frame(reader: Reader, demo: Demo, url: str, seed: Seed) -> None:
    comment_id = await seed.post(url, "Like me.")
    await reader.open(url)
    await sign_in(reader)
    form = f"{demo.home}/embed/demo?url={url}"
    forged = [
        (f"{demo.home}/api/v1/demo/me?url={url}", None),
        (f"{demo.home}/auth/logout", {"site": "demo"}),
        (form, {"action": "signout"}),
        (form, {"action": "like", "comment": comment_id}),
        (form, {"action": "post", "text": "Forged."}),
    ]
    cookies, statuses = await watch_network(reader.page)
    await reader.page.evaluate(FORGE, forged)
    for _ in forged:
        sent = await asyncio.wait_for(cookies.get(), 8)
        assert re.search(r"__Host-palaver-\w{13}=", sent)  # it was there, and did not count
        assert await asyncio.wait_for(statuses.get(), 8) == 403
    await reader.page.reload()
    await reader.text.click()
    await expect_account(reader, MARA)
    await expect(reader.comment("Like me.").get_by_role("button", name="Like")).not_to_have_attribute(
        "aria-pressed", "true"
    )
    assert await seed.count(url) == 1


@pytest.mark.parametrize("host", ["stranger.localhost", "localhost"])
async def test_stranger_cannot_frame_the_comments(page: Page, blog: Blog, url: str, host: str, seed: Seed) -> None:
    await seed.post(url, "For the blog alone.")
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    tag = f'data-site="demo" data-url="{url}"'
    written = f'<iframe title="Written" src="{blog.frame_address(url)}"></iframe>'
    address = blog.add(f"stranger-{host}", tag=tag, before=written).replace("127.0.0.1", host)
    await page.goto(address, wait_until="load")
    for title in ("Written", "Comments"):
        await expect_refused(page, title)
    assert len([error for error in errors if "frame-ancestors http://127.0.0.1" in error]) == 2


@pytest.mark.parametrize("path", ["/thread/demo?url={url}", "/auth/refused", "/", "/privacy"])
async def test_nobody_frames_the_services_own_pages(page: Page, blog: Blog, demo: Demo, url: str, path: str) -> None:
    address = demo.home + path.format(url=url)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    await page.goto(blog.add_document("framing", f'<iframe title="Ours" src="{address}"></iframe>'))
    await expect_refused(page, "Ours")
    assert len([error for error in errors if "frame-ancestors 'none'" in error]) == 1
