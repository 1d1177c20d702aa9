"""Signing in by e-mail, as a reader does it in P."""

from __future__ import annotations

import re
from html import unescape

import httpx2

from auth.tokens import new_token
from tests.auth.world import Browser, location, query_of
from tests.support.mail import Mailbox

ANN = "ann@example.org"


async def open_email_window(browser: Browser, secret: str | None, **fields: str) -> str:
    """Press the envelope in W; the window's id, on the page that asks for the address."""
    page = await browser.go(location(await browser.open_window(secret, "email", **fields)))
    assert "E-mail address" in page.text, page.headers
    return query_of(str(page.url))["w"]


async def ask(browser: Browser, window: str, email: str = ANN) -> httpx2.Response:
    """Type the address; the answer to the form."""
    return await browser.submit("/auth/email/code", w=window, email=email)


async def ask_for_code(browser: Browser, secret: str | None, email: str = ANN, **fields: str) -> str:
    """From the click in W to the page that asks for the code; the window's id."""
    window = await open_email_window(browser, secret, **fields)
    assert location(await ask(browser, window, email)) == f"/auth/email/code?w={window}"
    return window


async def type_code(browser: Browser, window: str, code: str, **fields: str) -> httpx2.Response:
    return await browser.submit("/auth/email/check", w=window, code=code, **fields)


async def sign_in(browser: Browser, mailbox: Mailbox, email: str = ANN, name: str = "Ann Reed", **fields: str) -> None:
    """All of it, in W and P."""
    window = await ask_for_code(browser, secret := new_token(), email, **fields)
    answer = await type_code(browser, window, (await mailbox.next()).code, name=name)
    assert location(answer) == f"/auth/done?w={window}"
    assert (await browser.ask(secret, fields.get("site", "blog")))["status"] == "done"


def alert(page: httpx2.Response) -> str:
    """What the page says is wrong; "" if nothing is."""
    found = re.findall(r'<p[^>]* role="alert">(.*?)</p>', page.text)
    assert len(found) <= 1
    return unescape(found[0]) if found else ""


def hidden(page: httpx2.Response) -> dict[str, str]:
    """The hidden fields of the page's first form."""
    form = page.text.partition("<form")[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"


async def press(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """The button of the page's first form, with nothing typed."""
    action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
    assert action, page.text
    return await browser.submit(action[1], **hidden(page))
