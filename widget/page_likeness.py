"""Why two pages look like one, in a sentence."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

_ENDING = re.compile(r"(/|\.html?|\.php|\.amp|/amp)+$", re.IGNORECASE)


class Named(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...


class _Address(NamedTuple):
    host: str
    path: str
    query: str


def why_alike(one: Named, other: Named) -> str:
    """What they share, and in what they differ."""
    title = one.title and one.title.casefold() == other.title.casefold()
    said = [*_addresses(one, other), *(["Both have the same title."] if title else [])]
    return " ".join(said) or "Their addresses are much alike."


def _addresses(one: Named, other: Named) -> list[str]:
    if not one.url or not other.url:
        return []
    if one.url == other.url:
        return ["Both have the same address: one is named by it, the other by an id of its own."]
    mine, theirs = _address(one.url), _address(other.url)
    if _bare(mine.path) != _bare(theirs.path):
        return []
    differs = {
        "the host": mine.host != theirs.host,
        "what follows “?”": mine.query != theirs.query,
        "the ending": _ENDING.sub("", mine.path).casefold() == _ENDING.sub("", theirs.path).casefold()
        and mine.path.casefold() != theirs.path.casefold(),
        "capitals": mine.path != theirs.path and mine.path.casefold() == theirs.path.casefold(),
    }
    names = [name for name, differ in differs.items() if differ] or ["the encryption"]
    return [f"Their addresses are the same but for {' and '.join(names)}."]


def _address(url: str) -> _Address:
    parts = urlsplit(url)
    return _Address(parts.netloc.lower(), parts.path, parts.query)


def _bare(path: str) -> str:
    return _ENDING.sub("", path).casefold()
