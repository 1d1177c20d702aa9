"""Addresses that begin with one thing and begin with another now: how `--map OLD=NEW` is read and followed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from widget.errors import Invalid
from widget.page_key import normalise_origin
from widget.url_parts import BadUrl, split_url

_MAPPING = re.compile(r"(https?://[^\s=]+|/[^\s=]*)=(https?://\S+|/\S*)", re.IGNORECASE)
_NAMED = re.compile(r"(?<=/):([a-z]+)(?![^/?#])")  # a whole part of the path
_PARTS = {"year": r"[0-9]{4}", "month": r"[0-9]{1,2}", "day": r"[0-9]{1,2}"}  # any other name: whatever a part can be


class Mapping(NamedTuple):
    """Addresses that begin with `old`, as far as a part of the path ends there, begin with `new` instead.

    Each is an address, or the beginning of a path on whatever host. `:name` in `old` is one whole part of the path,
    which stands in `new` where that has the same name.
    """

    old: str
    new: str


def parse_mapping(text: str) -> Mapping:
    """`https://old.example=https://blog.example`, `/blog/=/posts/`, `/:year/:slug=/:slug`. Raises `Invalid` for
    anything else.
    """
    found = _MAPPING.fullmatch(text)
    if found is None:
        sentence = f"“{text}” is not OLD=NEW, each an address (https://…) or the beginning of a path (/…)."
        raise Invalid(sentence, code="bad_mapping")
    old, new = (value if is_path(value) else normal_address(value) for value in found.groups())
    names = _NAMED.findall(old)
    if len(set(names)) < len(names) or not set(_NAMED.findall(new)) <= set(names):
        sentence = f"“{text}”: each :name stands once in OLD, and NEW has none that OLD has not."
        raise Invalid(sentence, code="bad_mapping")
    return Mapping(old, new)


class Mappings:
    """Several, of which the most particular counts; keeps which were used."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = [
            (mapping, _pattern(mapping.old)) for mapping in sorted(mappings, key=lambda each: -len(each.old))
        ]
        self._used: set[Mapping] = set()

    def moved(self, address: str) -> str:
        """By at most one mapping of an address, and then by at most one of a path. `address` is a `normal_address`."""
        for paths in (False, True):
            origin = origin_of(address)
            begin = len(origin) if paths else 0
            for mapping, pattern in self._mappings:
                found = pattern.match(address, begin)
                if is_path(mapping.old) == paths and found and _is_whole(mapping.old, address[found.end() :]):
                    self._used.add(mapping)
                    new = _filled(mapping.new, found)
                    address = (origin if is_path(mapping.new) else "") + _joined(new, address[found.end() :])
                    break
        return address

    def unused(self) -> list[Mapping]:
        """Those that no address began with."""
        return [mapping for mapping, _ in self._mappings if mapping not in self._used]


def _pattern(old: str) -> re.Pattern[str]:
    """Parts end at slashes, so that it takes time linear in the address."""
    literals = _NAMED.split(old)
    parts = [re.escape(literal) for literal in literals]
    parts[1::2] = [f"(?P<{name}>{_PARTS.get(name, '[^/?#]+')})" for name in literals[1::2]]
    return re.compile("".join(parts))


def _filled(new: str, found: re.Match[str]) -> str:
    return _NAMED.sub(lambda name: str(found[name[1]]), new)


def _is_whole(old: str, rest: str) -> bool:
    """Whether a part of the path ends where `old` ends."""
    return old.endswith("/") or not rest or rest[0] in "/?#"


def _joined(new: str, rest: str) -> str:
    return new + rest if rest[:1] in {"", "?", "#"} else f"{new.rstrip('/')}/{rest.lstrip('/')}"


def is_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//")


def normal_address(url: str) -> str:
    """With scheme and host as `normalise_origin` has them, so that addresses can be compared from the front. Raises
    `Invalid`.
    """
    try:
        parts = split_url(url.strip())
    except BadUrl as error:
        raise Invalid(f"The address “{url[:200]}” {error}.", code="bad_url") from None
    query, fragment = (
        "" if part is None else mark + part for mark, part in (("?", parts.query), ("#", parts.fragment))
    )
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}{fragment}"


def origin_of(address: str) -> str:
    parts = split_url(address)
    return normalise_origin(f"{parts.scheme}://{parts.netloc}")
