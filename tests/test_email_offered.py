"""Sign-in by e-mail as the service is set up: offered where there is a mail server, and limited."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from auth.tokens import new_token
from tests.auth.mailed import alert, ask, open_email_window, sign_in
from tests.auth.world import HOME, Browser, location
from tests.support.mail import Mailbox, running_mail_server
from tests.support.service import PAGE, Clock, World, open_world
from widget.mail_settings import MailServer, Sender

ENVELOPE = 'formaction="/auth/email/start" title="e-mail" aria-label="Log in with e-mail"'
SENDER = Sender("Comments", "comments", "blog.example")
NOBODY_THERE = MailServer("127.0.0.1", 9, "none")
LATE = """
import sys
from tests.support.service import settings
from widget.app import create_app
from widget.mail_settings import MailServer, Sender
create_app(settings("sqlite:///none.db", mail_url=MailServer("m.example", 25, "none"), mail_from=Sender("", "a", "b")))
print("aiosmtplib" in sys.modules)
"""


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with running_mail_server() as running:
        yield running


@pytest.fixture
async def mailing(sqlite_url: str, clock: Clock, mailbox: Mailbox) -> AsyncIterator[World]:
    async with open_world(
        sqlite_url, clock, public_url=HOME, limits=True, mail_url=mailbox.server, mail_from=SENDER
    ) as opened:
        yield opened


async def test_nobody_signs_in_by_mail_where_no_mail_server_is_set(sqlite_url: str, clock: Clock) -> None:
    async with open_world(sqlite_url, clock, public_url=HOME) as world:
        page = await world.client.get("/embed/blog", params={"url": PAGE})
        assert ENVELOPE not in page.text
        assert (await world.client.get("/auth/email/code")).status_code == 404
        answer = await Browser(world.app).open_window(new_token(), "email")
        assert location(answer) == "/auth/refused?why=unknown_provider"


async def test_sign_in_by_mail_is_offered_also_while_the_mail_server_is_down(sqlite_url: str, clock: Clock) -> None:
    async with open_world(sqlite_url, clock, public_url=HOME, mail_url=NOBODY_THERE, mail_from=SENDER) as world:
        page = await world.client.get("/embed/blog", params={"url": PAGE})
        assert ENVELOPE in page.text
        browser = Browser(world.app)
        window = await open_email_window(browser, new_token())
        assert location(await ask(browser, window)) == f"/auth/email/code?w={window}"
        assert "could not be sent" in alert(await browser.go(f"/auth/email/code?w={window}"))


async def test_reader_who_signed_in_by_mail_is_known_in_the_frame(mailing: World, mailbox: Mailbox) -> None:
    browser = Browser(mailing.app)
    await browser.fetch("GET", "/api/v1/blog/me")  # sets the probe
    await sign_in(browser, mailbox)
    me = await browser.fetch("GET", "/api/v1/blog/me", params={"url": PAGE})
    assert me.json()["person"]["name"] == "Ann Reed"
    assert me.json()["person"]["provider"] == "e-mail"


async def test_one_address_gets_five_mails_and_then_one_each_ten_minutes(
    mailing: World, mailbox: Mailbox, clock: Clock
) -> None:
    async def ask_anew(email: str) -> int:
        browser = Browser(mailing.app)
        return (await ask(browser, await open_email_window(browser, new_token()), email)).status_code

    assert [await ask_anew("Ann@example.org") for _ in range(5)] == [303] * 5
    assert await ask_anew("ann@EXAMPLE.org") == 429
    assert await ask_anew("bob@example.org") == 303
    clock.pass_seconds(600)
    assert [await ask_anew("ann@example.org") for _ in range(2)] == [303, 429]
    mails = [await mailbox.next() for _ in range(7)]
    assert [mail.recipient.partition("@")[0].lower() for mail in mails] == ["ann"] * 5 + ["bob", "ann"]
    assert mailbox.empty


async def test_log_holds_no_address_and_no_code(
    mailing: World, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "palaver")
    browser = Browser(mailing.app)
    window = await open_email_window(browser, new_token())
    await ask(browser, window)
    mail = await mailbox.next()
    await browser.go(mail.link)
    mailbox.refusal = "550 <ann@example.org> is not here"
    await ask(browser, window)
    told = [record for record in caplog.records if record.name.startswith("palaver")]
    assert {record.name for record in told} == {"palaver.request", "palaver.mail"}
    logged = "\n".join(str(record.__dict__) for record in told)
    assert not [secret for secret in ("ann@", mail.code, mail.link.partition("?t=")[2]) if secret in logged]


def test_service_that_starts_does_not_load_the_mail_library() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
