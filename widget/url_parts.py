"""Web addresses taken apart strictly (RFC 3986) and written in one normal form. Pure.

Not `urllib.parse`: that drops tabs and line breaks silently, lets back-slashes and user-info through, and raises
bare ValueErrors. What a browser would repair is refused here, for two programs that repair differently disagree
about whose page it is.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

import idna

# Parameters that say where a reader came from, not what the page shows. Names are compared in lower case.
TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_", "fb_action_", "_hs", "__hs", "__cf_chl_")
TRACKING_PARAMETERS = frozenset(
    """
    _branch_match_id _ga _gac _gl _kx _openstat dclid epik fb_ref fb_source fbclid gad_campaignid gad_source gbraid
    gclid gclsrc guccounter guce_referrer guce_referrer_sig hsctatracking igsh igshid li_fat_id mc_cid mc_eid mkt_tok
    msclkid oly_anon_id oly_enc_id pk_campaign pk_cid pk_content pk_keyword pk_kwd pk_medium pk_source rb_clickid
    rdt_cid ref_src ref_url s_cid sccid srsltid ttclid twclid vero_conv vero_id wbraid wickedid yclid ymclid ysclid
    """.split()  # noqa: SIM905 - sixty names, one on a line, would hide the code
)

MAX_HOST = 253  # characters (RFC 1035, 2.3.4)
DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL | re.ASCII)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\\\\\ud800-\udfff]")
# One escape, or one character that may not stand as it is (RFC 3986, 3.3 and 3.4).
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class BadUrl(ValueError):
    """Not a web address that we take. The text continues “The address …”, without a full stop."""


class SplitUrl(NamedTuple):
    """`netloc` is the lower-case ASCII host, with `:port` unless it is the scheme's own; the rest is as written."""

    scheme: str
    netloc: str
    path: str
    query: str | None
    fragment: str | None


def split_url(url: str) -> SplitUrl:
    """Take an http(s) address apart. Raises `BadUrl`."""
    if _FORBIDDEN.search(url):
        raise BadUrl("holds control characters or back-slashes")
    match = _URL.fullmatch(url)
    if match is None:
        raise BadUrl("does not start with https:// or http://")
    scheme, authority, path, query, fragment = match.groups()
    scheme = scheme.lower()
    return SplitUrl(scheme, _netloc(scheme, authority), path, query, fragment)


def _netloc(scheme: str, authority: str) -> str:
    if "@" in authority:
        raise BadUrl("holds a user name or password")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise BadUrl("has no valid host")
    host = _host(match[1])
    port = int(match[2] or DEFAULT_PORTS[scheme])
    if not 0 < port < 65_536:
        raise BadUrl("has a port that does not exist")
    return host if port == DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        except ValueError:
            raise BadUrl("has no valid host") from None
    host = _ascii_host(host)
    labels = host.split(".")
    if len(host) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadUrl("has no valid host")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):  # a browser reads it as an IPv4 address
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise BadUrl("has no valid host") from None
    return host


def _ascii_host(host: str) -> str:
    """IDNA as browsers do it (UTS 46, not transitional: ß stays ß). A browser's own addresses are ASCII already."""
    if host.isascii():
        return host.lower()
    if len(host) > MAX_HOST:
        raise BadUrl("has no valid host")
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except UnicodeError:  # idna.IDNAError is one
        raise BadUrl("has a host name that does not exist") from None


def is_loopback(url: str) -> bool:
    """Whether browsers reach `url` only on their own machine (W3C Secure Contexts, 3.1). Raises `BadUrl`."""
    host = split_url(url).netloc
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def normal_percent(text: str) -> str:
    """Percent-encoding in its normal form (RFC 3986, 6.2.2): capitals, and only what needs it.

    A `%` that starts no escape is one itself (`%25`), as browsers send it to servers that then read it so.
    """
    return _PERCENT.sub(_normal_escape, text)


def _normal_escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "".join(f"%{byte:02X}" for byte in match[0].encode())
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def encode_path(path: str) -> str:
    """A path in its normal form; "" is "/" (RFC 3986, 6.2.3)."""
    return normal_percent(path) or "/"


def remove_dot_segments(path: str) -> str:
    """RFC 3986, 5.2.4, for a path that starts with a slash."""
    segments: list[str] = []
    *before, last = path.split("/")[1:]
    for segment in before:
        if segment == "..":
            segments = segments[:-1]
        elif segment != ".":
            segments.append(segment)
    if last == "..":
        segments = segments[:-1]
    segments.append("" if last in {".", ".."} else last)
    return "/" + "/".join(segments)


def clean_query(query: str | None) -> list[str]:
    """The parameters of a query (`name=value` in normal form, in their order) without the tracking ones."""
    pairs = [normal_percent(pair) for pair in (query or "").split("&") if pair]
    return [pair for pair in pairs if not _is_tracking(pair.partition("=")[0].lower())]


def _is_tracking(name: str) -> bool:
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
