"""Sending mail, one message at a time, by the owner's server (RFC 5321). What is in it, its caller knows."""

from __future__ import annotations

import logging
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from widget.db import Clock
from widget.mail_settings import MailServer, Sender

logger = logging.getLogger("palaver.mail")
TIMEOUT_SECONDS = 20  # for each step of the conversation


class Mailer:
    """`host` is our own, as the server and the message's id name it; `tls` are the certificates to trust."""

    def __init__(self, server: MailServer, sender: Sender, *, host: str, tls: ssl.SSLContext, clock: Clock) -> None:
        self._server = server
        self._sender = sender
        self._host = host
        self._tls = tls
        self._clock = clock

    async def send(self, to: str, subject: str, text: str, html: str) -> bool:
        """Whether the server took it; a failure is logged, without the address. `to` is one that `clean_email` gave."""
        import aiosmtplib  # noqa: PLC0415  (a service without mail needs none)

        server = self._server
        try:
            await aiosmtplib.send(
                self._message(to, subject, text, html),
                hostname=server.host,
                port=server.port,
                username=server.user or None,
                password=server.password or None,
                local_hostname=self._host,
                use_tls=server.tls == "implicit",
                start_tls=server.tls == "starttls",
                tls_context=self._tls if server.tls != "none" else None,
                timeout=TIMEOUT_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            failure = _told(error)
        else:
            return True
        logger.error("a mail was not sent: %s", failure)
        return False

    def _message(self, to: str, subject: str, text: str, html: str) -> EmailMessage:
        """Every header is set through the library's own types, which refuse line breaks."""
        local, _, host = to.rpartition("@")
        message = EmailMessage()
        message["From"] = Address(self._sender.name, self._sender.local, self._sender.host)
        message["To"] = Address(username=local, domain=host)
        message["Subject"] = subject
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock() / 1000, UTC))
        message["Message-ID"] = make_msgid(domain=self._host)
        message["Auto-Submitted"] = "auto-generated"  # no vacation notes, please (RFC 3834, 5)
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        return message


def _told(error: Exception) -> str:
    """What the log may hold of it: of a server's answer the code alone, for its words may repeat the address."""
    answer = next(iter(getattr(error, "recipients", ())), error)
    code = getattr(answer, "code", None)
    return f"{type(error).__name__} {code}" if code else f"{type(error).__name__}: {error}"
