"""Where mail goes out and from whom: what the settings `mail_url` and `mail_from` hold."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import unquote

_URL = re.compile(
    r"(smtps?)://(?:([^\s:@/]+):([^\s:@/]+)@)?(\[[0-9a-f:.]+\]|[0-9a-z](?:[0-9a-z.-]*[0-9a-z])?)(?::([0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS = r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
_FROM = re.compile(rf"{_ADDRESS}|([^\x00-\x1f\x7f<>]*)<{_ADDRESS}>")
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """`tls` is spoken from the first byte ("implicit", RFC 8314) or by STARTTLS, without which nothing is sent; "none"
    is for this machine alone.
    """

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class Sender(NamedTuple):
    name: str  # "" where only the address is told
    local: str
    host: str


def parse_mail_url(value: str) -> MailServer | None:
    """`smtp://…` or `smtps://…`; None for "". Raises `ValueError` with what is expected."""
    if not value:
        return None
    match = _URL.fullmatch(value)
    port = int(match[5] or _PORTS[match[1].lower()]) if match else 0
    if match is None or not 0 < port < 65_536:
        raise ValueError("smtp://USER:PASSWORD@HOST:587 or smtps://…, with : / @ in a password as %3A %2F %40")
    scheme, host = match[1].lower(), match[4].lower().strip("[]")
    plain: Literal["starttls", "none"] = "none" if _is_loopback(host) else "starttls"
    tls = "implicit" if scheme == "smtps" else plain
    return MailServer(host, port, tls, unquote(match[2] or ""), unquote(match[3] or ""))


def parse_mail_from(value: str) -> Sender | None:
    """`Name <address>` or an address; None for "". Raises `ValueError` with what is expected."""
    if not value:
        return None
    match = _FROM.fullmatch(value.strip())
    if match is None:
        raise ValueError("an address, or Name <address>")
    return Sender((match[3] or "").strip(' "'), match[1] or match[4], match[2] or match[5])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
