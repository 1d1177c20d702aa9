"""A whole run of sign-ins, and what is left of it: no token, code, secret or e-mail address in a log line, in an
address that a browser keeps, or in the Referer of a request to anybody else.
"""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import sqlalchemy as sa

from auth.tokens import new_token
from tests.auth.mailed import ANN, another, ask_for_code, type_code
from tests.auth.mailed import sign_in as sign_in_by_mail
from tests.auth.test_other_issuers import answered, pypi_url
from tests.auth.world import ARTICLE, HOME, Browser, location, query_of
from tests.support.mail import Mailbox, running_mail_server
from tests.support.service import Clock, World, open_world
from tests.test_sso import Site, signed
from widget import site_verbs
from widget.db import unix_ms
from widget.logs import JsonFormatter
from widget.mail_settings import Sender
from widget.settings import OidcKeys

__all__ = ["pypi_url"]
WORDS = "Nobody else needs to read this sentence."


class Watched(Browser):
    """A browser that remembers what is secret, and every address it was sent to or stayed at."""

    def __init__(self, world: World) -> None:
        super().__init__(world.app)
        self.secrets: dict[str, str] = {}
        self.kept: list[str] = []  # the address bar, once a page is there
        for client in (self.frame, self.window):
            client.event_hooks["response"].append(self._see)

    def hide(self, name: str, value: str) -> str:
        self.secrets[name] = value
        return value

    async def _see(self, response: httpx2.Response) -> None:
        if response.status_code != 303:
            self.kept.append(str(response.url))
        for cookie in response.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            if len(value) > 20:
                self.hide(f"cookie {name} {len(self.secrets)}", value)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with running_mail_server() as running:
        yield running


@pytest.fixture
async def world(sqlite_url: str, mailbox: Mailbox, pypi_url: str) -> AsyncIterator[World]:
    clock = Clock()
    clock.time = unix_ms()
    issuer = OidcKeys("pypi", pypi_url, "palaver", "the-client-secret-of-pypi", "Pypi")
    sender = Sender("C", "c", "blog.example")
    async with open_world(
        sqlite_url, clock, public_url=HOME, oidc={"pypi": issuer}, mail_url=mailbox.server, mail_from=sender
    ) as opened:
        await opened.set_site("blog", sso="on")
        yield opened


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the service would write on standard error at its most talkative."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    ours = logging.getLogger("palaver")
    before = ours.level
    logging.getLogger().addHandler(handler)
    ours.setLevel(logging.DEBUG)
    yield written
    logging.getLogger().removeHandler(handler)
    ours.setLevel(before)


async def full_run(world: World, browser: Watched, mailbox: Mailbox) -> None:
    await by_provider(browser)
    await by_mail(browser, mailbox)
    await by_the_sites_account(world, browser)
    await as_a_guest(world, browser)
    await with_mistakes(browser)


async def by_provider(browser: Watched) -> None:
    await browser.fetch("GET", f"/api/v1/blog/me?url={ARTICLE}")
    secret = browser.hide("V", new_token())
    authorize = await browser.to_provider(secret, "pypi")
    for name in ("state", "nonce", "code_challenge"):
        browser.hide(name, query_of(authorize)[name])
    callback = await answered(authorize, sub="ada")
    browser.hide("code", query_of(callback)["code"])
    done = await browser.go(location(await browser.go(callback, site="cross-site")))
    assert "Ada Moss" in done.text
    assert (await browser.ask(secret))["status"] == "done"
    assert location(await browser.go(callback, site="cross-site")).startswith("/auth/refused"), "replayed"


async def by_mail(browser: Watched, mailbox: Mailbox) -> None:
    window = await ask_for_code(
        browser, browser.hide("V by mail", new_token()), browser.hide("address", ANN), choose="1"
    )
    mail = await mailbox.next()
    browser.hide("mail's code", mail.code)
    browser.hide("mail's code, joined", mail.code.replace(" ", ""))
    browser.hide("mail's link", query_of(mail.link)["t"])
    await type_code(browser, window, another(mail.code))
    assert location(await type_code(browser, window, mail.code, name="Ann")).startswith("/auth/done")
    mailbox.refusal = f"550 no mailbox for {ANN} here"
    await ask_for_code(browser, new_token(), ANN, choose="1")
    mailbox.refusal = ""


async def by_the_sites_account(world: World, browser: Watched) -> None:
    site = Site(world, await site_verbs.sso_key(world.db, "blog", ("k" * 32,)))
    for key in (site.key, "another key"):
        token = browser.hide(f"site's token {key}", signed(key, site.claims(email="ida@example.org")))
        await browser.fetch("POST", "/auth/sso", json={"site": "blog", "token": token})
    browser.hide("site's key", site.key)
    browser.hide("address of the site's reader", "ida@example.org")


async def as_a_guest(world: World, browser: Watched) -> None:
    guest = {"name": "Gwen", "email": browser.hide("guest's address", "gwen.applegarth@example.org")}
    body = {"url": ARTICLE, "text": browser.hide("text", WORDS), "guest": guest}
    headers = {"Idempotency-Key": browser.hide("idempotency key", new_token())}
    answer = await world.client.post("/api/v1/blog/comments", json=body, headers=headers)
    assert answer.status_code == 201
    bearer = browser.hide("bearer token", answer.headers["palaver-token"])
    await world.client.get(f"/api/v1/blog/me?url={ARTICLE}", headers={"Authorization": f"Bearer {bearer}"})


async def with_mistakes(browser: Watched) -> None:
    """Secrets where they do not belong: somebody else's mistake shall not end in our log either."""
    lost = browser.hide("V in an address", new_token())
    await browser.window.get("/auth/refused", params={"secret": lost, "why": lost})
    await browser.window.get("/auth/window", params={"w": browser.hide("window's id that is none", new_token())})
    form = {"Origin": HOME, "Content-Type": "application/x-www-form-urlencoded"}
    await browser.window.post(f"/auth/email/start?secret={lost}", content=f"secret={lost}&site=no", headers=form)
    await browser.window.get("/auth/pypi/callback", params={"code": lost, "state": lost, "error": lost})
    await browser.fetch(
        "POST", "/auth/redeem", content=f'{{"secret": "{lost}", "site"', headers={"Cookie": f"x={lost}"}
    )


async def test_no_log_line_holds_what_is_secret(world: World, mailbox: Mailbox, log: io.StringIO) -> None:
    browser = Watched(world)
    await full_run(world, browser, mailbox)
    await break_the_database(world)
    body = {"url": ARTICLE, "text": WORDS, "guest": {"name": "Gwen", "email": browser.secrets["guest's address"]}}
    broken = await world.client.post("/api/v1/blog/comments", json=body)
    assert broken.status_code >= 500
    lines = log.getvalue()
    assert lines.count('"request_id"') > 20
    assert "start refused: unknown_site" in lines
    assert "a mail was not sent" in lines
    assert "no such table" in lines, "what broke is told"
    assert {name for name, value in browser.secrets.items() if value in lines} == set()
    assert len(browser.secrets) > 25


async def break_the_database(world: World) -> None:
    await world.db.write(lambda tx: tx.conn.execute(sa.text("ALTER TABLE people RENAME TO lost")) and None)


async def test_no_address_that_is_kept_holds_what_is_secret(world: World, mailbox: Mailbox) -> None:
    browser = Watched(world)
    await by_provider(browser)
    await by_mail(browser, mailbox)
    await sign_in_by_mail(browser, mailbox, choose="1")
    assert len(browser.kept) > 8
    for url in browser.kept:
        assert {name for name, value in browser.secrets.items() if value in url} == set(), url
        assert {name for name, _ in parse_qsl(urlsplit(url).query)} <= {"w", "url", "choose", "why"}, url


async def test_no_page_tells_others_where_its_reader_was(world: World, mailbox: Mailbox) -> None:
    browser = Watched(world)
    seen: list[httpx2.Response] = []

    async def see(response: httpx2.Response) -> None:
        seen.append(response)

    browser.window.event_hooks["response"].append(see)
    await by_provider(browser)
    await by_mail(browser, mailbox)
    policies = {response.headers.get("referrer-policy") for response in seen}
    assert policies == {"same-origin"}
    leave = [response.text for response in seen if "http-equiv" in response.text]
    assert leave
    assert all('rel="noreferrer"' in text for text in leave)
