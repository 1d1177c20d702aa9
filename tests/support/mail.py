"""A real mail server on this machine, and what arrives there."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import re
import ssl
import warnings
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from widget.mail_settings import MailServer

USER, PASSWORD = "palaver", "correct horse"
PATIENCE = 20  # seconds until a mail that does not come is given up


class Arrived(NamedTuple):
    sender: str  # as the envelope says; so is the recipient
    recipient: str
    message: EmailMessage
    encrypted: bool

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self.part("plain")

    @property
    def code(self) -> str:
        return self.subject.partition(": ")[2]

    @property
    def link(self) -> str:
        """The one address in it."""
        (found,) = re.findall(r"https?://\S+", self.text)
        return str(found)

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert isinstance(body, EmailMessage)
        return str(body.get_content()).replace("\r\n", "\n")


class Mailbox:
    """What aiosmtpd asks, and where it puts what it took. `refusal` is answered to every recipient while it is set."""

    def __init__(self, listening: asyncio.Server) -> None:
        self._listening = listening
        self.refusal = ""
        self._arrived: asyncio.Queue[Arrived] = asyncio.Queue()

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        assert server.transport is not None
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        (recipient,) = envelope.rcpt_tos
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        self._arrived.put_nowait(Arrived(envelope.mail_from or "", recipient, message, encrypted))
        return "250 OK"

    async def next(self) -> Arrived:
        """The longest waiting mail, once there is one."""
        return await asyncio.wait_for(self._arrived.get(), PATIENCE)

    @property
    def empty(self) -> bool:
        return self._arrived.empty()

    @property
    def port(self) -> int:
        port: int = self._listening.sockets[0].getsockname()[1]
        return port

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, "none")

    async def stop(self) -> None:
        """From now on nobody answers there."""
        self._listening.close()
        await self._listening.wait_closed()


@contextlib.asynccontextmanager
async def running_mail_server(
    certificate: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = False
) -> AsyncIterator[Mailbox]:
    """Listens on a free port; by STARTTLS alone with a certificate, unless `implicit`; `login` asks for a password."""
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        with warnings.catch_warnings():  # a password without TLS: it is the test that decides
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                mailbox,
                hostname="mail.example",
                loop=loop,
                tls_context=None if implicit else certificate,
                require_starttls=certificate is not None and not implicit,
                auth_required=login,
                auth_require_tls=False,
                authenticator=_authenticate,
            )

    listening = await loop.create_server(connection, "127.0.0.1", 0, ssl=certificate if implicit else None)
    mailbox = Mailbox(listening)
    try:
        yield mailbox
    finally:
        await mailbox.stop()


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == known, handled=False)


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's own, for 127.0.0.1 and signed by itself; and what a client trusts who trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))
