"""How well the classifier does on real comments, learning in the order in which they came (docs/spam.md)."""

from __future__ import annotations

import csv
import time
from collections import Counter
from html import unescape
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.require import fixtures
from widget.spam.bayes import SPAM, UNSURE, score, tokens_of
from widget.store.spam import Seen
from widget.text import plain_text, sanitise_html


class Labelled(NamedTuple):
    text: str
    spam: bool


class Figures(NamedTuple):
    precision: float
    recall: float


class Site:
    """What a site has learned, in memory."""

    def __init__(self) -> None:
        self._spam: Counter[str] = Counter()
        self._ham: Counter[str] = Counter()
        self._total = Seen(0, 0)

    def learn(self, comment: Labelled) -> None:
        (self._spam if comment.spam else self._ham).update(tokens_of(comment.text))
        self._total = Seen(self._total.spam + comment.spam, self._total.ham + (not comment.spam))

    def says(self, text: str) -> float | None:
        """What it makes of a text; None while it is silent."""
        seen = {token: Seen(self._spam[token], self._ham[token]) for token in tokens_of(text)}
        found = score(text, {token: counts for token, counts in seen.items() if any(counts)}, self._total)
        return found.spam if found else None


@pytest.fixture(scope="module")
def queue() -> list[Labelled]:
    """The comments of three videos, as if they were pages of one site that are read at the same time."""
    places: list[tuple[float, str, Labelled]] = []
    for file in sorted((fixtures() / "spam").glob("*.csv")):
        rows = _read(file)
        places += [(number / len(rows), file.name, row) for number, row in enumerate(rows)]
    return [row for *_, row in sorted(places, key=lambda place: place[:2])]


def _read(file: Path) -> list[Labelled]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [Labelled(_text(row["CONTENT"]), row["CLASS"] == "1") for row in csv.DictReader(lines)]


def _text(html: str) -> str:
    return plain_text(sanitise_html(unescape(html), line_breaks=True))


def taught(queue: list[Labelled], decisions: int) -> Site:
    site = Site()
    for comment in queue[:decisions]:
        site.learn(comment)
    return site


def figures(site: Site, comments: list[Labelled], threshold: float) -> Figures:
    marked = [comment for comment in comments if (site.says(comment.text) or 0) >= threshold]
    right = sum(comment.spam for comment in marked)
    return Figures(right / max(1, len(marked)), right / sum(comment.spam for comment in comments))


def test_fifty_decisions_are_too_few_to_speak(queue: list[Labelled]) -> None:
    site = taught(queue, 50)
    assert {site.says(comment.text) for comment in queue[50:]} == {None}


@pytest.mark.parametrize(
    ("decisions", "threshold", "least"),
    [
        (200, UNSURE, Figures(0.89, 0.85)),
        (200, SPAM, Figures(0.97, 0.60)),
        (1_000, UNSURE, Figures(0.96, 0.85)),
        (1_000, SPAM, Figures(1.00, 0.70)),
    ],
)
def test_site_that_decided_finds_most_of_what_follows(
    queue: list[Labelled], decisions: int, threshold: float, least: Figures
) -> None:
    found = figures(taught(queue, decisions), queue[decisions:], threshold)
    print(f"after {decisions:,} decisions, from {threshold}: {found.precision:.3f} right, {found.recall:.3f} found")
    assert found.precision >= least.precision
    assert found.recall >= least.recall


def test_a_comment_costs_less_than_a_millisecond(queue: list[Labelled]) -> None:
    site = taught(queue, 1_000)
    start = time.process_time()
    for comment in chain(queue, queue):
        site.says(comment.text)
    cost = (time.process_time() - start) / (2 * len(queue))
    print(f"{cost * 1000:.3f} ms")
    assert cost < 0.001
