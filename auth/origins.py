"""Origins and the addresses that lead back to a page (RFC 6454; URL Standard, 4.4).

Browsers forgive much that other readers of addresses do not: back-slashes, tabs, missing slashes, user names before
the host. So nothing is repaired here; an address is plain, or it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_URL_LENGTH = 2_000
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<rest>[/?#][!-\[\]-~]*)?",  # printable ASCII without the back-slash
    re.IGNORECASE,
)


def origin_of(url: str) -> str | None:
    """The origin of a plain absolute http(s) address as a browser writes it, or None for anything else."""
    match = _URL.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None
    if match is None or ".." in match["host"]:
        return None
    scheme, host, port = match["scheme"].lower(), match["host"].lower(), match["port"]
    if port is None or port == _DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def return_url(url: str, origins: Iterable[str]) -> str:
    """`url` if its origin is one of `origins`, each with and without `www.` (as in frame-ancestors), else ""."""
    origin = origin_of(url)
    return url if origin is not None and origin in _with_www(origins) else ""


def _with_www(origins: Iterable[str]) -> set[str]:
    allowed = set()
    for origin in origins:
        scheme, _, host = origin.partition("://")
        bare = host.removeprefix("www.")
        allowed |= {f"{scheme}://{bare}", f"{scheme}://www.{bare}"}
    return allowed


def host_of(url: str) -> str:
    """The host (and port) that a person may be shown; "" for an address that is not plain."""
    return (origin_of(url) or "").partition("://")[2]


def is_loopback(url: str) -> bool:
    """Whether a plain address stays on this machine by its name alone."""
    host = host_of(url).rpartition(":")[0] if re.search(r":[0-9]+$", host_of(url)) else host_of(url)
    return host == "localhost" or host.endswith(".localhost") or host == "[::1]" or _is_127(host)


def _is_127(host: str) -> bool:
    return re.fullmatch(r"127(?:\.[0-9]{1,3}){3}", host) is not None
