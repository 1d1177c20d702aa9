"""A classifier that learns from a site's own decisions. Pure: counts are handed in.

For each token of a comment it is known in how many spam comments and in how many others it was. From that follows how
much it speaks for spam, drawn towards "don't know" where it was seen seldom; the most telling tokens are combined by
Fisher's method, once for and once against (G. Robinson, "A Statistical Approach to the Spam Problem", Linux Journal
107, 2003; as SpamBayes does). So the score is near 0.5 where there is little to go by, or the evidence is mixed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from widget.store.spam import Seen

MAX_TOKENS = 300  # of one comment
MAX_TOKEN = 100  # characters
TELLING = 30  # tokens that count
MIN_DISTANCE = 0.1  # what is nearer to "don't know" does not count
STRENGTH = 0.45  # of the belief that a token means nothing, in comments
ENOUGH = 20  # decisions of either kind, before it says anything
SPAM, UNSURE = 0.99, 0.9

_ADDRESS = r"(?:https?://|www\.)\S+"
_TOKEN = re.compile(rf"({_ADDRESS})|([^\W_]+(?:['’][^\W_]+)*)|([^\w\s])", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/?#\s]+)")


class Score(NamedTuple):
    """`spam` is 0 to 1; `words` are the most telling tokens, the strongest first, each with what it alone would say."""

    spam: float
    words: list[tuple[str, float]]


def tokens_of(text: str) -> list[str]:
    """What is counted of a comment, each once: words, pairs of words, hosts it links to, signs, shouting, length."""
    found = _tokens(unicodedata.normalize("NFKC", text))
    return list(dict.fromkeys(token[:MAX_TOKEN] for token in found))[:MAX_TOKENS]


def _tokens(text: str) -> Iterator[str]:
    words = []
    for address, word, sign in _TOKEN.findall(text):
        if address:
            host = _HOST.match(address.lower())
            yield f"host:{host[1] if host else address.lower()}"
            words.append("(link)")
        elif word:
            words.append(word.casefold())
            if len(word) > 3 and word.isupper():
                yield "(capitals)"
        else:
            yield sign
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
    yield f"(length {len(words).bit_length()})"


def score(text: str, seen: Mapping[str, Seen], total: Seen) -> Score | None:
    """How much a comment looks like the site's spam; None before `ENOUGH` was decided. `total` counts comments."""
    if min(total) < ENOUGH:
        return None
    said = [(token, _says(seen[token], total)) for token in tokens_of(text) if token in seen]
    telling = sorted(
        (pair for pair in said if abs(pair[1] - 0.5) >= MIN_DISTANCE), key=lambda pair: -abs(pair[1] - 0.5)
    )
    telling = telling[:TELLING]
    degrees = 2 * len(telling)
    against = 1 - _chi_square_tail(-2 * sum(math.log(1 - says) for _, says in telling), degrees)
    for_ = 1 - _chi_square_tail(-2 * sum(math.log(says) for _, says in telling), degrees)
    return Score((against - for_ + 1) / 2, telling)


def _says(seen: Seen, total: Seen) -> float:
    """Between 0 and 1, neither of them reached: how much a token speaks for spam."""
    spam, ham = seen.spam / total.spam, seen.ham / total.ham
    number = seen.spam + seen.ham
    alone = spam / (spam + ham) if number else 0.5
    return (STRENGTH * 0.5 + number * alone) / (STRENGTH + number)


def _chi_square_tail(value: float, degrees: int) -> float:
    """The chance that chi-square with an even number of degrees is at least `value`."""
    term = total = math.exp(-value / 2)
    for step in range(1, degrees // 2):
        term *= value / 2 / step
        total += term
    return min(total, 1.0)
