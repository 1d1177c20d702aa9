"""Ids: 63-bit integers that sort by time; strings of 13 Crockford base32 characters outside.

42 bits of Unix milliseconds and 21 random bits. An id's time is its thing's creation time, so no table of content
keeps a second copy of it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # by ten bits: each page needs hundreds of ids
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_RANDOM_BITS = 21
BITS = (1 << _RANDOM_BITS) - 1  # the mask of those
_LENGTH = 13
MAX_TIME = (1 << 42) - 1
MAX_ID = (1 << 63) - 1


def new_id(now: int) -> int:
    """An id for something made at `now` (Unix milliseconds). The caller draws again on a clash."""
    return _compose(now, secrets.randbits(_RANDOM_BITS))


def imported_id(created_at: int, source_format: str, permalink_id: str) -> int:
    """The id of an imported thing: the same for the same source, so that importing again adds nothing."""
    return _compose(created_at, imported_bits(source_format, permalink_id))


def imported_bits(source_format: str, permalink_id: str) -> int:
    """What stands for the random bits in `imported_id`: all of it that a permalink of the old system tells."""
    digest = hashlib.sha256(f"{source_format}\0{permalink_id}".encode()).digest()
    return int.from_bytes(digest[:3], "big") >> 3


def hashed_id(*parts: str) -> int:
    """An id without a time, the same for the same parts: for people who come with an import."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big") >> 1


def _compose(time: int, low: int) -> int:
    return (min(max(time, 0), MAX_TIME) << _RANDOM_BITS) | low


def first_id(time: int) -> int:
    """The smallest id of that millisecond: `id >= first_id(t)` means “made at t or later”."""
    return _compose(time, 0)


def time_of(identifier: int) -> int:
    """Unix milliseconds at which the thing was made."""
    return identifier >> _RANDOM_BITS


def encode(identifier: int) -> str:
    """13 lower-case Crockford base32 characters, in the order of the integers."""
    return _ALPHABET[identifier >> 60] + "".join([_PAIRS[(identifier >> shift) & 1023] for shift in range(50, -1, -10)])


def decode(text: str) -> int | None:
    """The id that `encode` wrote, or None for anything else (another length, alphabet or over 63 bits)."""
    if len(text) != _LENGTH or text[0] > "7":
        return None
    identifier = 0
    for character in text:
        value = _VALUES.get(character)
        if value is None:
            return None
        identifier = identifier << 5 | value
    return identifier


def rfc3339(time: int) -> str:
    """RFC 3339 in UTC with milliseconds, as everywhere in JSON and HTML."""
    return f"{datetime.fromtimestamp(time // 1000, UTC).isoformat()[:19]}.{time % 1000:03d}Z"
