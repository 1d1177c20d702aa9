"""Mail as it leaves us: what is in it, how it is brought to the server, and what is told when it is not."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.support.mail import PASSWORD, USER, Mailbox, certificates, running_mail_server
from tests.support.service import Clock
from widget.mail import Mailer
from widget.mail_settings import MailServer, Sender, parse_mail_from, parse_mail_url

HOST = "comments.example"
SENDER = Sender("Comments, by us", "comments", "blog.example")
TO = "ann@example.org"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def mailer(server: MailServer, tls: ssl.SSLContext = NO_TLS, sender: Sender = SENDER) -> Mailer:
    return Mailer(server, sender, host=HOST, tls=tls, clock=Clock())


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with running_mail_server() as running:
        yield running


async def test_mail_says_who_when_and_what_in_text_and_html(mailbox: Mailbox) -> None:
    assert await mailer(mailbox.server).send(TO, "A subject", "Text.\n", "<p>Text.</p>\n")
    arrived = await mailbox.next()
    message = arrived.message
    assert (arrived.sender, arrived.recipient) == ("comments@blog.example", TO)
    assert message["From"] == '"Comments, by us" <comments@blog.example>'
    assert message["To"] == TO
    assert message["Subject"] == "A subject"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == datetime.fromtimestamp(Clock().time / 1000, UTC)
    assert str(message["Message-ID"]).endswith(f"@{HOST}>")
    assert message.get_content_type() == "multipart/alternative"
    assert (arrived.part("plain"), arrived.part("html")) == ("Text.\n", "<p>Text.</p>\n")
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
    }


async def test_mail_holds_every_letter_and_long_lines(mailbox: Mailbox) -> None:
    text = "Grüße 👋 " + "x" * 2_000 + "\n.\nafter a line with a dot\n"
    sender = Sender("Grüße", "comments", "blog.example")
    assert await mailer(mailbox.server, sender=sender).send(TO, "Grüße 👋", text, "<p>é</p>")
    arrived = await mailbox.next()
    assert (arrived.subject, arrived.text) == ("Grüße 👋", text)
    assert arrived.message["From"].addresses[0].display_name == "Grüße"


@pytest.mark.parametrize("implicit", [False, True])
async def test_mail_is_encrypted_and_the_server_is_told_the_password(tmp_path: Path, implicit: bool) -> None:
    ours, trusted = certificates(tmp_path)
    async with running_mail_server(ours, implicit=implicit, login=True) as mailbox:
        server = MailServer("127.0.0.1", mailbox.port, "implicit" if implicit else "starttls", USER, PASSWORD)
        assert await mailer(server, trusted).send(TO, "A subject", "Text.", "Text.")
        assert (await mailbox.next()).encrypted


@pytest.mark.parametrize("implicit", [False, True])
async def test_server_with_an_unknown_certificate_gets_no_mail(
    tmp_path: Path, implicit: bool, caplog: pytest.LogCaptureFixture
) -> None:
    ours, _ = certificates(tmp_path)
    async with running_mail_server(ours, implicit=implicit) as mailbox:
        server = MailServer("127.0.0.1", mailbox.port, "implicit" if implicit else "starttls", USER, PASSWORD)
        assert not await mailer(server, ssl.create_default_context()).send(TO, "A subject", "Text.", "Text.")
        assert mailbox.empty
    assert "certificate" in caplog.text.lower()


async def test_server_without_starttls_gets_neither_mail_nor_password(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    server = MailServer("127.0.0.1", mailbox.port, "starttls", USER, PASSWORD)
    assert not await mailer(server).send(TO, "A subject", "Text.", "Text.")
    assert mailbox.empty
    assert "STARTTLS" in caplog.text


async def test_wrong_password_is_told_in_the_log_without_it(caplog: pytest.LogCaptureFixture) -> None:
    async with running_mail_server(login=True) as mailbox:
        server = MailServer("127.0.0.1", mailbox.port, "none", USER, "do-not-tell")
        assert not await mailer(server).send(TO, "A subject", "Text.", "Text.")
    assert "SMTPAuthenticationError 535" in caplog.text
    assert "do-not-tell" not in caplog.text


@pytest.mark.parametrize("answer", ["550 No such person", "451 Later", "550 <ann@example.org> is not here"])
async def test_refused_address_is_in_no_log(mailbox: Mailbox, caplog: pytest.LogCaptureFixture, answer: str) -> None:
    mailbox.refusal = answer
    assert not await mailer(mailbox.server).send(TO, "A subject", "Text.", "Text.")
    assert f"SMTPRecipientsRefused {answer[:3]}" in caplog.text
    assert "ann" not in caplog.text


async def test_server_that_is_down_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server = MailServer("127.0.0.1", closed.getsockname()[1], "none")
        assert not await mailer(server).send(TO, "A subject", "Text.", "Text.")
    (record,) = [record for record in caplog.records if record.name == "palaver.mail"]
    assert record.levelno == logging.ERROR
    assert "SMTPConnectError" in record.getMessage()


@pytest.mark.parametrize("subject", ["A\r\nBcc: eve@example.net", "A\nBcc: eve@example.net", "A\rBcc: eve"])
async def test_line_break_in_a_header_is_refused(mailbox: Mailbox, subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        await mailer(mailbox.server).send(TO, subject, "Text.", "Text.")
    assert mailbox.empty


@pytest.mark.parametrize("to", ["a..b@example.org", ".a@example.org", "a!#$%&'*+/=?^_`{|}~-@xn--mller-kva.example"])
async def test_odd_address_gets_its_mail_and_nobody_else(mailbox: Mailbox, to: str) -> None:
    assert await mailer(mailbox.server).send(to, "A subject", "Text.", "Text.")
    arrived = await mailbox.next()
    assert arrived.recipient.replace('"', "") == to
    assert [address.addr_spec.replace('"', "") for address in arrived.message["To"].addresses] == [to]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", None),
        ("smtp://mail.example", MailServer("mail.example", 587, "starttls")),
        ("smtp://Mail.Example:25/", MailServer("mail.example", 25, "starttls")),
        ("smtp://me:p%40ss%2Fw%3Ard@mail.example", MailServer("mail.example", 587, "starttls", "me", "p@ss/w:rd")),
        (
            "smtp://me%40blog.example:pw@mail.example",
            MailServer("mail.example", 587, "starttls", "me@blog.example", "pw"),
        ),
        ("SMTPS://mail.example", MailServer("mail.example", 465, "implicit")),
        ("smtps://127.0.0.1:4650", MailServer("127.0.0.1", 4650, "implicit")),
        ("smtp://localhost:25", MailServer("localhost", 25, "none")),
        ("smtp://[::1]:25", MailServer("::1", 25, "none")),
        ("smtp://192.0.2.1", MailServer("192.0.2.1", 587, "starttls")),
        ("smtp://localhost.example", MailServer("localhost.example", 587, "starttls")),
    ],
)
def test_owner_names_the_server_and_mail_is_encrypted_off_this_machine(url: str, server: MailServer | None) -> None:
    assert parse_mail_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example", "http://mail.example", "smtp://", "smtp://me@mail.example", "smtp://me:p@ss@mail.example"),
        *("smtp://mail.example:0", "smtp://mail.example:65536", "smtp://mail.example/path", "smtp://mail.example?a"),
        *("smtp://a b", "smtp://mail.example\r\n", "smtp://-mail.example"),
    ],
)
def test_server_that_cannot_be_meant_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"^smtp://USER:PASSWORD@HOST:587 or smtps://"):
        parse_mail_url(url)


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("", None),
        ("comments@blog.example", Sender("", "comments", "blog.example")),
        ("<comments@blog.example>", Sender("", "comments", "blog.example")),
        ("Comments <comments@blog.example>", Sender("Comments", "comments", "blog.example")),
        ('"Ann & Co., Ltd." <c@blog.example>', Sender("Ann & Co., Ltd.", "c", "blog.example")),
        ("Grüße <c@blog.example>", Sender("Grüße", "c", "blog.example")),
    ],
)
def test_owner_says_who_mail_is_from(text: str, sender: Sender | None) -> None:
    assert parse_mail_from(text) == sender


@pytest.mark.parametrize(
    "text",
    ["comments", "a@b, c@d", "A <a@b> <c@d>", "A\r\nBcc: x <a@b.example>", "A <a@b.example>\nBcc: x", "<a@b", "a@"],
)
def test_sender_that_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^an address, or Name <address>$"):
        parse_mail_from(text)
