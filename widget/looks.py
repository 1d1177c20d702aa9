"""What a name looks like: names that can be taken for each other have the same look. Pure.

After the skeleton of UTS #39 (4, Confusable Detection), and coarser: case, blanks, punctuation and accents do not count
either, for a reader who skims a name sees none of them. The table of look-alike characters is Unicode's own, as
`confusable-homoglyphs` carries it.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

_BIDI = dict.fromkeys(map(ord, "\u200e\u200f"))  # the table has them around right-to-left characters

# A capital I is an l, a capital O a zero, so in all cases.
_TO_THE_EYE = str.maketrans({"i": "l", "1": "l", "0": "o", "w": "vv"})


def look_of(name: str) -> str:
    """The look of a name; "" only for "". The first call reads the table: a tenth of a second (`prepare`)."""
    return _look(name.casefold()) or name.casefold()


def can_pass_for(name: str) -> tuple[str, str]:
    """The looks of all names that this one can be taken for: its own, and what its capitals look like (a Cyrillic В is
    no b in small letters, but a Latin B).
    """
    return look_of(name), look_of("".join(_table().get(character, character) for character in name))


def _look(name: str) -> str:
    table = _table()
    letters = "".join(c for c in unicodedata.normalize("NFKD", name) if unicodedata.category(c)[0] in "LN")
    seen = "".join(table.get(letter, letter) for letter in letters)
    return seen.casefold().translate(_TO_THE_EYE)


def prepare() -> None:
    """Read the table now, in a thread, so that no request waits for it."""
    _table()


@functools.cache
def _table() -> dict[str, str]:
    """For each character that looks like others, what stands for all of them."""
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415 - reads a megabyte

    groups = _Groups()
    for one, others in confusables_data.items():
        for other in others:
            groups.join(one.translate(_BIDI), other["c"].translate(_BIDI))
    return {
        member: standing
        for group in groups.all()
        for standing in (min(group, key=_plainness),)
        for member in group
        if len(member) == 1 and member != standing
    }


def _plainness(text: str) -> tuple[bool, int, str]:
    """ASCII first; of that what has more characters (m looks like rn, and only one of the two can stand for both)."""
    return not (text.isascii() and text.isalnum()), -len(text), text


class _Groups:
    """Sets that grow together (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def _root(self, text: str) -> str:
        while (parent := self._parent.setdefault(text, text)) != text:
            text = parent
        return text

    def join(self, one: str, other: str) -> None:
        self._parent[self._root(one)] = self._root(other)

    def all(self) -> Iterable[list[str]]:
        groups: dict[str, list[str]] = {}
        for text in self._parent:
            groups.setdefault(self._root(text), []).append(text)
        return groups.values()
