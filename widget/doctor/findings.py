"""What a check says: a sentence on what it saw, and what to do about it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["ok", "warning", "problem"]


class Finding(NamedTuple):
    level: Level
    what: str
    remedy: str = ""


def ok(what: str) -> Finding:
    return Finding("ok", what)


def warning(what: str, remedy: str = "") -> Finding:
    return Finding("warning", what, remedy)


def problem(what: str, remedy: str) -> Finding:
    return Finding("problem", what, remedy)
