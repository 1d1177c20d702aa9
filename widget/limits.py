"""How often one address may do something. Counted in memory, in each process for itself, or by Redis for all of them
(`sharing.py`). Without Redis several processes allow as many times more, which is accepted, for what must hold
everywhere (one like each, one comment per key) holds in the database.

The algorithm is GCRA (ITU-T I.371): one number for each address and rule, and no timer.
"""

from __future__ import annotations

import functools
import ipaddress
import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from widget.errors import TooMany

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_ADDRESS = 100  # characters, with zone and port
MAX_ENTRIES = 50_000  # about 10 MB; beyond it the longest untouched entry is forgotten


class Rule(NamedTuple):
    """`burst` at once, then one more every `every` milliseconds. `doing` completes “You are …”."""

    burst: int
    every: int
    doing: str


# An address may be a school or an office, so the numbers are those of a busy room rather than of one person.
RULES = {
    "post": Rule(10, 15_000, "posting comments"),
    "post as": Rule(10, 15_000, "posting comments"),  # one person, from wherever
    "post on page": Rule(60, 1_000, "posting comments"),  # whoever they are
    "post on site": Rule(300, 200, "posting comments"),
    "edit": Rule(20, 5_000, "changing comments"),
    "like": Rule(40, 2_000, "liking comments"),
    "preview": Rule(30, 2_000, "asking for previews"),
    "permalink": Rule(60, 1_000, "following links of another system"),
    "report": Rule(10, 60_000, "reporting comments"),
    "sign-in": Rule(20, 15_000, "signing in"),
    "mail": Rule(5, 600_000, "asking for mails"),  # to one e-mail address, whoever asks
    "picture": Rule(5, 60_000, "fetching pictures"),  # one person
    "doctor": Rule(5, 20_000, "having pages looked at"),  # one person
    "export": Rule(3, 60_000, "asking for your data"),  # one person
}


class Counts(Protocol):
    """Where it is counted how often somebody did something."""

    async def count(self, rule: str, key: str, now: int) -> int:
        """Count one act of `key` at `now` (Unix ms): 0, or the milliseconds to wait where it is too early; such an act
        counts nothing.
        """
        ...


class Limits:
    """`enabled=False` is the documented switch `limits=off`; `settings.py` refuses it off loopback."""

    def __init__(self, enabled: bool, counts: Counts | None = None) -> None:
        self.enabled = enabled
        self._counts = counts or CountsInMemory()

    async def check(self, rule: str, key: str, now: int) -> None:
        """Count one act of `key` at `now`, in milliseconds. Raises `TooMany`; a refused act counts nothing."""
        wait = await self._counts.count(rule, key, now) if self.enabled else 0
        if wait > 0:
            raise _too_many(RULES[rule].doing, math.ceil(wait / 1_000))


class CountsInMemory:
    """Of this process alone."""

    def __init__(self) -> None:
        self._full_again: OrderedDict[tuple[str, str], int] = OrderedDict()  # when the burst is whole again, in ms

    async def count(self, rule: str, key: str, now: int) -> int:
        burst, every, _ = RULES[rule]
        window = burst * every
        full_again = max(self._full_again.get((rule, key), 0), now)
        if full_again > now + window:  # the clock was set back
            full_again = now
        wait = full_again + every - (now + window)
        if wait <= 0:
            self._full_again[rule, key] = full_again + every
            self._full_again.move_to_end((rule, key))
            if len(self._full_again) > MAX_ENTRIES:
                self._full_again.popitem(last=False)
        return max(wait, 0)


def _too_many(doing: str, seconds: int) -> TooMany:
    wait = "a second" if seconds == 1 else f"{seconds} seconds"
    return TooMany(f"You are {doing} faster than we can take. Please try again in {wait}.", retry_after=seconds)


def client_address(peer: str, forwarded_for: str | None, trusted: Sequence[Network]) -> str:
    """Who is counted: the rightmost address of X-Forwarded-For that is no trusted proxy, for each proxy appends the
    address it saw and everything to the left of that is the client's own claim.

    IPv6 comes back as its /64, which is what one customer holds. `peer` is the connection's own address, and comes back
    as it is where it is none (a Unix socket).
    """
    address = _parse(peer)
    if address is None:
        return peer
    hops = forwarded_for.split(",") if forwarded_for else []
    while hops and _is_trusted(address, trusted):
        before = _parse(hops.pop())
        if before is None:
            break
        address = before
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _parse(text: str) -> Address | None:
    """An address, with or without brackets and port (RFC 7239, 6); IPv4 mapped into IPv6 is IPv4."""
    return _parse_short(text) if len(text) <= MAX_ADDRESS else None


@functools.lru_cache(maxsize=1_000)
def _parse_short(text: str) -> Address | None:
    """Remembered, for a reader sends several requests, and a proxy all of them."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
