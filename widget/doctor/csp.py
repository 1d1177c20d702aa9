"""Whether a Content-Security-Policy lets something in (CSP Level 3, 6.7). Only as far as a doctor needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from widget.url_parts import BadUrl, split_url

# What stands in where a directive is missing (CSP, 6.8.3).
_FALLBACKS = {
    "script-src-elem": ("script-src-elem", "script-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
    "frame-src": ("frame-src", "child-src", "default-src"),
}
_SOURCE = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9_.-]+)(?::(\d+|\*))?(/[^?#]*)?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def forbidding(policies: Iterable[str], directive: str, url: str, *, page: str, nonces: Sequence[str] = ()) -> str:
    """The part of a policy that keeps `url` out of `page`, or "". All policies must let it in (CSP, 3).

    `directive` is `script-src-elem`, `connect-src` or `frame-src`; `nonces` are those of the script tag.
    """
    for policy in policies:
        directives = parse_policy(policy)
        name = next((name for name in _FALLBACKS[directive] if name in directives), None)
        if name is not None and not _lets_in(directives[name], url, page=page, nonces=nonces):
            return f"{name} {' '.join(directives[name])}".strip()
    return ""


def parse_policy(policy: str) -> dict[str, list[str]]:
    """Directives and their values; of a repeated one the first counts (CSP, 2.2.1)."""
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *values = part.split() or [""]
        if name:
            directives.setdefault(name.lower(), values)
    return directives


def _lets_in(sources: Sequence[str], url: str, *, page: str, nonces: Sequence[str]) -> bool:
    lower = [source.lower() for source in sources]
    if any(f"'nonce-{nonce}'" in sources for nonce in nonces if nonce):
        return True
    if "'strict-dynamic'" in lower:  # then neither hosts nor schemes count (CSP, 6.7.1.1)
        return False
    return any(_matches(source, url, page) for source in lower)


def _matches(source: str, url: str, page: str) -> bool:
    try:
        parts, own = split_url(url), split_url(page)
    except BadUrl:
        return False
    if source == "'self'":
        return (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    if source == "*":
        return True
    if source in {"https:", "http:"}:
        return parts.scheme == source[:-1] or (source == "http:" and parts.scheme == "https")
    match = _SOURCE.fullmatch(source)
    return match is not None and _matches_host(match, parts.scheme, parts.netloc, parts.path or "/", own.scheme)


def _matches_host(match: re.Match[str], scheme: str, netloc: str, path: str, own_scheme: str) -> bool:
    wanted_scheme, wanted_host, wanted_port, wanted_path = match.groups()
    host, _, port = netloc.partition(":")
    if scheme != (wanted_scheme or own_scheme) and not (scheme == "https" and (wanted_scheme or own_scheme) == "http"):
        return False
    if wanted_host.startswith("*"):
        if not host.endswith(wanted_host[1:]):
            return False
    elif host != wanted_host:
        return False
    if wanted_port != "*" and (port or _DEFAULT_PORTS[scheme]) != (wanted_port or _DEFAULT_PORTS[scheme]):
        return False
    return not wanted_path or path == wanted_path or (wanted_path.endswith("/") and path.startswith(wanted_path))
