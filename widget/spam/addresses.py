"""Lists of who is not welcome, as owners write them: a line is a network, an e-mail address or a domain.

203.0.113.7         an address, or a network such as 203.0.113.0/24 or 2001:db8::/48
eve@mail.example    the author's e-mail address
pills.example       a domain with all below it: of the e-mail address, the website, or a link in the text
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from widget.spam.submission import Submission
from widget.spam.words import MAX_LINES, BadList

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_EMAIL = re.compile(rf"[^\s@]{{1,64}}@{_DOMAIN.pattern}")


def check_list(text: str) -> tuple[str, ...]:
    """The lines in lower case, without blank ones. Raises `BadList` for the first that is none of the three."""
    lines = tuple(line.strip().lower() for line in text.splitlines() if line.strip())
    if len(lines) > MAX_LINES:
        raise BadList(f"A list has at most {MAX_LINES:,} lines; this one has {len(lines):,}.")
    for number, line in enumerate(lines, 1):
        network = _network(line)
        if network is not None and network.prefixlen < 8:
            raise BadList(f"Line {number} ({line}) is a network of more addresses than anybody should block.")
        if network is None and not _EMAIL.fullmatch(line) and not _DOMAIN.fullmatch(line):
            raise BadList(f"Line {number} ({line[:100]}) is no network, e-mail address or domain.")
    return lines


def find(lines: Sequence[str], submission: Submission) -> str:
    """The first line that a comment's author or links are on, "" if none."""
    if not lines:
        return ""
    address = _network(submission.address)
    email = submission.email.lower()
    hosts = {email.rpartition("@")[2], *(_host(url) for url in (submission.website, *submission.links))}
    named = {email, *(domain for host in hosts for domain in _domains(host))} - {""}
    networks = _networks(tuple(lines)) if address else {}
    for line in lines:
        network = networks.get(line)
        if line in named or (network and address and network.version == address.version and network.overlaps(address)):
            return line
    return ""


def _domains(host: str) -> list[str]:
    """A host, and all above it."""
    parts = host.split(".")
    return [".".join(parts[start:]) for start in range(len(parts))]


@functools.lru_cache(maxsize=256)
def _networks(lines: tuple[str, ...]) -> dict[str, Network]:
    """Those of the lines that are networks: reading them takes as long as all other checks of a comment."""
    return {line: network for line in lines if (network := _network(line))}


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
