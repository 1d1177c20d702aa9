"""What the settings of a site take, and what is said of a value that cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from widget.names import clean_name
from widget.spam import addresses, words
from widget.spam.words import BadList

MAX_BADGE = 30  # characters
_CONTROL = re.compile(r"[\x00-\x1f]")


class Kind(NamedTuple):
    """How a value is written and read; `control` is the field that asks for it: flag, choice, number, lines, text."""

    control: str
    parse: Callable[[str], Any]  # raises ValueError, which says what is taken
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0


def one_of(*choices: str) -> Kind:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return Kind("choice", parse, choices)


def _flag(value: str) -> bool:
    if value not in ("on", "off"):
        raise ValueError("on or off")
    return value == "on"


def number(low: int, high: int) -> Kind:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return Kind("number", parse, low=low, high=high)


def _list(takes: str, check: Callable[[str], Sequence[str]]) -> Kind:
    def parse(value: str) -> str:
        try:
            return "\n".join(check(value))
        except BadList as error:
            raise ValueError(takes) from error

    return Kind("lines", parse)


def _address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s\"<>\\]{1,1900}", value):
        raise ValueError("an http or https address, or nothing")
    return value


def _providers(value: str) -> str:
    names = value.replace(",", " ").split()
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name) for name in names):
        raise ValueError("names of providers")
    return " ".join(dict.fromkeys(names))


def _badge(value: str) -> str:
    if _CONTROL.search(value) or len(badge := clean_name(value, MAX_BADGE + 1)) > MAX_BADGE:
        raise ValueError(f"up to {MAX_BADGE} characters, or nothing")
    return badge


ON_OFF = Kind("flag", _flag)
ADDRESS = Kind("text", _address)
BADGE = Kind("text", _badge)
PROVIDERS = Kind("text", _providers)
WORDS = _list("words or /patterns/, a line each", words.check_list)
BLOCKED = _list("networks, e-mail addresses or domains, a line each", addresses.check_list)
