"""Figures that are taken several times, in rounds with what they are compared to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    median: float
    low: float
    high: float


class Effort(NamedTuple):
    """How much is done of everything."""

    rounds: int = 5
    floor: int = 1_000  # floor requests in a round, at least
    reads: int = 6_000  # in a round
    views: int = 30
    replies: int = 100  # in a round
    posts: int = 300
    across: int = 100  # posts that are told by another process
    posting_seconds: float = 2  # in a round
    sign_ins: int = 30  # in a round
    waiting_seconds: float = 4  # in a round
    of_peers: int = 30  # requests of each kind, in a round
    loads: int = 7  # of a page in a browser, for each system
    starts: int = 7
    sizes: tuple[int, ...] = (100, 1_000, 10_000, 100_000)  # of threads; the first is 100
    queue: int = 100_000
    growth: int = 30  # requests of each kind, in a round


QUICK = Effort(
    rounds=2,
    floor=200,
    reads=400,
    views=5,
    replies=10,
    posts=40,
    across=20,
    posting_seconds=1,
    sign_ins=5,
    waiting_seconds=2,
    of_peers=5,
    loads=1,
    starts=2,
    sizes=(100, 2_000),
    queue=2_000,
    growth=5,
)


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def ratios(values: Sequence[float], floors: Sequence[float]) -> Spread:
    """Of each round its own ratio: what slows the machine down for a while slows both."""
    return spread([value / floor for value, floor in zip(values, floors, strict=True)])


def percentile(values: Sequence[float], percent: int) -> float:
    """By the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
