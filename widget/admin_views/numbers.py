"""Numbers as plots: bars in the coordinates of an SVG, for a style attribute is let in by no policy of ours."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from widget.admin_views.addresses import page_address, path_of
from widget.ids import rfc3339
from widget.moderation.numbers import DAY, Numbers

WIDTH, HEIGHT = 600, 120  # of a plot, with room for nothing else
GAP = 0.2  # of a bar's place
DECIDED = {"approve": "Approved", "reject": "Deleted", "spam": "Marked as spam", "hold": "Held", "keep": "Kept"}


class BarView(msgspec.Struct, frozen=True):
    """A bar's part, from top to bottom."""

    kind: str  # rest, held or spam
    x: float
    y: float
    width: float
    height: float


class SliceView(msgspec.Struct, frozen=True):
    """A row of the table beside the plot."""

    time: str
    name: str
    comments: int
    held: int
    spam: int


class BusyView(msgspec.Struct, frozen=True):
    name: str
    url: str
    comments: int
    width: float  # of `WIDTH`


class NumbersView(msgspec.Struct, frozen=True):
    comments: int
    held: int
    spam: int
    most: int  # in a slice: the plot's upper edge
    bars: list[BarView]
    slices: list[SliceView]
    decided: list[tuple[str, int]]
    busiest: list[BusyView]


def numbers_view(found: Numbers) -> NumbersView:
    most = max(row.comments for row in found.slices)
    busiest = max((page.comments for page in found.busiest), default=1)
    return NumbersView(
        comments=sum(row.comments for row in found.slices),
        held=sum(row.held for row in found.slices),
        spam=sum(row.spam for row in found.slices),
        most=most,
        bars=_bars(found, most),
        slices=_slices(found),
        decided=[(label, found.decisions.get(verb, 0)) for verb, label in DECIDED.items()],
        busiest=[
            BusyView(
                page.title or path_of(page.url) or page.key,
                page_address(found.site, page.page_id),
                page.comments,
                round(page.comments / busiest * WIDTH, 1),
            )
            for page in found.busiest
        ],
    )


def _bars(found: Numbers, most: int) -> list[BarView]:
    """Spam stands below, what was held upon it, the rest on top."""
    bars, place = [], WIDTH / len(found.slices)
    for row in found.slices:
        left, bottom = row.place * place + place * GAP / 2, float(HEIGHT)
        parts = {"spam": row.spam, "held": row.held, "rest": row.comments - row.held - row.spam}
        for kind, number in parts.items():
            if number:
                height = number / most * HEIGHT
                bottom -= height
                width = place * (1 - GAP)
                bars.append(BarView(kind, round(left, 1), round(bottom, 1), round(width, 1), round(height, 1)))
    return bars


def _slices(found: Numbers) -> list[SliceView]:
    times = (found.since + row.place * found.period.length for row in found.slices)
    named = zip(times, found.slices, strict=True)
    return [
        SliceView(rfc3339(time), _name(time, found.period.length), row.comments, row.held, row.spam)
        for time, row in named
    ]


def _name(time: int, length: int) -> str:
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return f"{moment.day} {moment:%B}" if length >= DAY else f"{moment.day} {moment:%B, %H:00}"
