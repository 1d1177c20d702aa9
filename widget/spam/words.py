"""Word lists, as owners write them: a line is a word, several words, or a pattern between slashes.

    casino           the word, in any case
    cheap pills      these words behind each other, whatever signs stand between them
    viagr*           any word that begins so
    /v[i1l]agra/     a regular expression

Patterns are run by RE2, whose time is linear in the text whatever the pattern (Cox, "Regular Expression Matching Can Be
Simple And Fast"); what it cannot do (back-references, look-around) is refused when the list is saved.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re2

MAX_LINES = 2_000
MAX_LINE = 200  # characters
MAX_PATTERNS = 200  # of the lines
MAX_PROGRAM = 8 << 20  # bytes that a list may take, compiled
MAX_STEPS = 350_000  # of all patterns, by what each has alone: as many as fit into `MAX_PROGRAM`
_TOO_LARGE = "The patterns of this list are too large together."
_WORD = re.compile(r"[^\W_]+")
_LISTED = re.compile(r"[^\W_]+\*?|\*")
_HARMLESS = ("", "Quite.", "2 pieces of bread, please!", "¿Qué?")  # a pattern that fits all of these fits anything


class _Unusable(ValueError):
    """What RE2 says against a pattern."""


class BadList(ValueError):
    """A line that cannot be used; the message says which, and why."""


def check_list(text: str) -> tuple[str, ...]:
    """The lines of a list without blank ones. Raises `BadList` for the first that is wrong.

    Patterns take it some hundred milliseconds at most: call it in a thread.
    """
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(lines) > MAX_LINES:
        raise BadList(f"A list has at most {MAX_LINES:,} lines; this one has {len(lines):,}.")
    patterns = sum(map(_is_pattern, lines))
    if patterns > MAX_PATTERNS:
        raise BadList(f"A list has at most {MAX_PATTERNS} patterns; this one has {patterns}.")
    steps = 0
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise BadList(f"Line {number} is longer than {MAX_LINE} characters.")
        steps += _check_line(number, line)
        if steps > MAX_STEPS:  # before more are compiled for nothing
            raise BadList(_TOO_LARGE)
    try:
        _patterns(lines)
    except _Unusable as error:
        raise BadList(_TOO_LARGE) from error
    return lines


def _check_line(number: int, line: str) -> int:
    """How many steps a pattern has; 0 for words."""
    if not line.isprintable():
        raise BadList(f"Line {number} has a character that cannot be seen.")
    if not _is_pattern(line):
        if not _WORD.search(line):
            raise BadList(
                f"Line {number} ({line}) has no letter and no digit; write signs as a pattern, as in /{line}/."
            )
        return 0
    try:
        pattern = _compile(line[1:-1])
    except _Unusable as error:
        raise BadList(f"Line {number} ({line}) is no pattern that can be used: {error}.") from error
    if pattern.search("") or all(pattern.search(text) for text in _HARMLESS[1:]):
        raise BadList(f"Line {number} ({line}) fits nearly every text.")
    return int(pattern.programsize)


def find(lines: Sequence[str], text: str) -> str:
    """What in the text is on the list, as it is written there (words in lower case); "" if nothing is."""
    if not lines:
        return ""
    plain = _plain(text)
    words, patterns = _words(tuple(lines)), _patterns(tuple(lines))
    found = (words and words.search(f" {' '.join(_WORD.findall(plain.casefold()))} ")) or (
        patterns and patterns.search(plain)
    )
    return str(found.group()).strip() if found else ""


@functools.lru_cache(maxsize=256)
def _words(lines: tuple[str, ...]) -> re2._Regexp | None:
    """For a text of words in lower case, with a space before and behind each."""
    phrases = [
        " ".join(word.replace("*", "[^ ]*") for word in _LISTED.findall(_plain(line).casefold()))
        for line in lines
        if not _is_pattern(line)
    ]
    return _compile(f" (?:{'|'.join(phrases)}) ") if phrases else None


@functools.lru_cache(maxsize=256)
def _patterns(lines: tuple[str, ...]) -> re2._Regexp | None:
    patterns = [f"(?:{line[1:-1]})" for line in lines if _is_pattern(line)]
    return _compile("|".join(patterns)) if patterns else None


def _compile(pattern: str) -> re2._Regexp:
    import re2  # noqa: PLC0415  (memory that sites without lists need not pay for)

    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MAX_PROGRAM
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        (said,) = error.args
        raise _Unusable(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from error


def _is_pattern(line: str) -> bool:
    return len(line) > 2 and line.startswith("/") and line.endswith("/")


def _plain(text: str) -> str:
    """Full-width and other forms of a letter are the letter."""
    return unicodedata.normalize("NFKC", text)
