"""Dates, numbers and tags, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from widget.counted import counted
from widget.moderation.judging import FOR_GOOD


def tags_of(kind: str | None, role: str, *, banned: bool, shadowed: bool, trusted: bool) -> list[str]:
    known = {
        kind or "": kind in ("guest", "imported"),
        role: role != "reader",
        "trusted": trusted,
        "banned": banned,
        "shadow-banned": shadowed,
    }
    return [tag for tag, holds in known.items() if holds]


def comments(number: int) -> str:
    return counted(number, "comment")


def readers(number: int) -> str:
    return counted(number, "reader")


def closing(closes_at: int | None) -> str:
    """When a page closes by itself, as `pages.closes_at` says it."""
    if closes_at is None:
        return "closes when the site says"
    return f"closes on {date(closes_at)}" if closes_at else "never closes by itself"


def until(time: int) -> str:
    return "for good" if time >= FOR_GOOD else f"until {date(time)}"


def date(time: int) -> str:
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
